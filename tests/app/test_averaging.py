"""Averages of weights: what is averaged, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from earmark.api import Checkpoint, CheckpointError
from earmark.averaging import average
from earmark.checkpoints import TENSORS, read_checkpoint, write_checkpoint
from earmark.evaluation.training_clips import training_clips, write_hashes

FIRST = Checkpoint(
    path=Path(),
    model_id="toy/model",
    labels=("a", "b"),
    network={"width": 2},
    thresholds={"a": 0.2, "b": 0.4},
    metrics={"mAP": 0.5},
    origin="one run",
    trained_on="ESC-50",
    licence="MIT",
    created="2020-01-01T00:00:00+00:00",
)


@pytest.fixture
def stored(tmp_path):
    """Write a checkpoint of a network with one weight matrix, a half-precision bias and a counter."""

    def store(name, value, count=1, *, width=2, **changed):
        tensors = {
            "weight": np.full((width, 2), value, np.float32),
            "bias": np.full(2, value, np.float16),
            "steps": np.array(count, np.int64),
        }
        return write_checkpoint(tmp_path / name, tensors, replace(FIRST, **changed))

    return store


def test_weights_are_averaged_and_counters_are_the_last_ones(stored, tmp_path):
    members = [stored("one", 1.0, 10), stored("two", 2.0, 20), stored("three", 6.0, 30)]
    made = average(members, ["toy/one", "toy/two", "toy/three"], tmp_path / "mean")
    tensors = load_file(made.path / TENSORS)
    assert (tensors["weight"] == 3.0).all()
    assert (tensors["bias"] == 3.0).all()
    assert (tensors["bias"].dtype, tensors["steps"].item()) == (np.float16, 30)
    assert read_checkpoint(made.path, verify=True).labels == ("a", "b")


def test_the_new_one_says_of_what_it_is_made_and_claims_no_measurement(stored, tmp_path):
    members = [stored("one", 1.0), stored("two", 2.0, thresholds={"a": 0.4}, trained_on="AudioSet")]
    made = average(members, ["toy/one", "toy/two"], tmp_path / "mean")
    assert made.origin == "the mean of the weights of toy/one, toy/two"
    assert (made.metrics, made.trained_on, made.licence) == ({}, "ESC-50, AudioSet", "MIT")
    assert made.thresholds == {"a": pytest.approx(0.3), "b": 0.4}
    assert made.created > "2021"


def test_the_clips_of_every_member_are_those_that_the_new_one_was_trained_on(stored, tmp_path):
    members = [stored("one", 1.0), stored("two", 2.0), stored("three", 2.0)]
    for member, clips in zip(members, (("c", "a"), ("a", "b")), strict=False):
        write_hashes(member.path, clips)
    made = average(members, ["toy/one", "toy/two", "toy/three"], tmp_path / "mean")
    assert training_clips([made]) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"labels": ("a", "c")}, "toy/one and toy/two have different labels"),
        ({"labels": ("b", "a")}, "labels in different orders"),
        ({"model_id": "toy/other"}, "different networks"),
        ({"network": {"width": 3}}, "different networks"),
        ({"front_end": {"sample_rate": 8000}}, "different networks"),
        ({"width": 3}, "different shapes"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(stored, tmp_path, changed, what):
    members = [stored("one", 1.0), stored("two", 2.0, **changed)]
    with pytest.raises(CheckpointError, match=what):
        average(members, ["toy/one", "toy/two"], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_one_alone_is_no_average(stored, tmp_path):
    with pytest.raises(CheckpointError, match="two models or more"):
        average([stored("one", 1.0)], ["toy/one"], tmp_path / "mean")


def test_damaged_weights_are_named(stored, tmp_path):
    members = [stored("one", 1.0), stored("two", 2.0)]
    (members[1].path / TENSORS).write_bytes(b"{")
    with pytest.raises(CheckpointError, match=r"weights in .*two cannot be read"):
        average(members, ["toy/one", "toy/two"], tmp_path / "mean")
