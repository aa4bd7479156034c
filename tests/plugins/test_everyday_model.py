"""The bundled models, as they ship: their labels, and what they hear at first start."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

from earmark import audio_file, golden
from earmark.api import Clip, Heard, Want
from earmark.checkpoints import TENSORS, bundled, read_checkpoint
from earmark.host import plugin_of
from earmark_everyday import LABELS, SAMPLE_RATE
from earmark_everyday.ship import keep_answers

torch.set_num_threads(1)
DEMO = Path(str(files("earmark_resources"))) / "demo.flac"
SHIPPED = {each.name for each in (files("earmark_resources") / "models").iterdir()}
MISSED = {("mast/everyday", "rooster")}  # told first, too, but below its threshold: that model learnt from too little
HEARD = {"speech": 5.5, "rooster": 14.5, "crying_baby": 29.0}  # seconds of the demo at which each begins


@pytest.fixture(scope="module", params=sorted(SHIPPED | {"htsat-everyday"}))
def checkpoint(request):
    return bundled(request.param)


@pytest.fixture(scope="module")
def model(checkpoint):
    return import_module(f"earmark_{plugin_of(checkpoint.model_id)}").load(
        checkpoint.model_id, checkpoint, "cpu", "fp32"
    )


def hear(model, samples) -> Heard:
    """Return what is heard in one window, of which the samples are the beginning."""
    window = np.zeros(round(model.arguments.seconds * SAMPLE_RATE), np.float32)
    window[: len(samples)] = samples[: len(window)]
    (heard,) = model.hear([Clip(samples=window, sample_rate=SAMPLE_RATE)], Want())
    return heard


def test_its_golden_answers_are_what_shipping_it_writes(checkpoint, tmp_path):
    shutil.copytree(checkpoint.path, tmp_path / "shipped")
    (tmp_path / "shipped" / golden.FILE).unlink()
    keep_answers(read_checkpoint(tmp_path / "shipped"))
    there, written = (golden.read(folder, checkpoint.sha256) for folder in (checkpoint.path, tmp_path / "shipped"))
    assert golden.difference(there, written.answers) < 1e-4


def test_checkpoint_and_training_agree_on_the_labels(checkpoint):
    assert checkpoint.labels == LABELS
    assert set(checkpoint.thresholds) == set(LABELS)


def test_it_is_small_and_says_whose_sounds_it_heard(checkpoint):
    assert (checkpoint.path / TENSORS).stat().st_size <= 2.7e6
    assert "CC" in (checkpoint.path / "credits.md").read_text()
    assert checkpoint.model_id in (checkpoint.path / "card.md").read_text()


@pytest.mark.parametrize("label", HEARD)
def test_what_is_in_the_demo_is_heard_where_it_is(checkpoint, model, label):
    start = HEARD[label]
    heard = hear(model, audio_file.read(DEMO, sample_rate=SAMPLE_RATE, start=start, end=start + 3.5))
    scores = heard.scores if heard.frames is None else heard.frames.max(0)
    assert LABELS[int(np.argmax(scores))] == label
    is_heard = scores[LABELS.index(label)] >= checkpoint.thresholds[label]
    assert is_heard == ((checkpoint.model_id, label) not in MISSED)


@pytest.mark.parametrize("level", [0.0, 0.0003, 0.01])
def test_nothing_is_heard_in_silence_and_in_a_quiet_room(checkpoint, model, level):
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE * 6).cumsum() % 2 - 1
    heard = hear(model, (noise * level).astype(np.float32))
    scores = heard.scores if heard.frames is None else heard.frames.max(0)
    assert all(score < checkpoint.thresholds[label] for label, score in zip(LABELS, scores, strict=True))
