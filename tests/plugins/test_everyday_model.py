"""The bundled model, as it ships: its labels, and what it hears at first start."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

from earmark import audio_file, golden
from earmark.api import Clip, Want
from earmark.checkpoints import bundled, read_checkpoint
from earmark_everyday import LABELS, SAMPLE_RATE
from earmark_everyday.ship import keep_answers
from earmark_htsat.labels import EVERYDAY, EVERYDAY_SECONDS
from earmark_htsat.model import FAMILY
from earmark_torch.model import load_model

torch.set_num_threads(1)
DEMO = Path(str(files("earmark_resources"))) / "demo.flac"


@pytest.fixture(scope="module")
def checkpoint():
    return bundled("htsat-everyday")


def test_its_golden_answers_are_what_shipping_it_writes(checkpoint, tmp_path):
    shutil.copytree(checkpoint.path, tmp_path / "shipped")
    (tmp_path / "shipped" / golden.FILE).unlink()
    keep_answers(read_checkpoint(tmp_path / "shipped"))
    there, written = (golden.read(folder, checkpoint.sha256) for folder in (checkpoint.path, tmp_path / "shipped"))
    assert golden.difference(there, written.answers) < 1e-4


def frames_of(checkpoint, samples) -> dict[str, float]:
    """Return the highest frame score of each label in one window."""
    window = np.zeros(round(EVERYDAY_SECONDS * SAMPLE_RATE), np.float32)
    window[: len(samples)] = samples[: len(window)]
    model = load_model(FAMILY, checkpoint.model_id, checkpoint, "cpu", "fp32")
    (heard,) = model.hear([Clip(samples=window, sample_rate=SAMPLE_RATE)], Want())
    return dict(zip(checkpoint.labels, heard.frames.max(0).tolist(), strict=True))


def test_card_checkpoint_and_training_agree_on_the_labels(checkpoint):
    assert checkpoint.labels == EVERYDAY == LABELS
    assert set(checkpoint.thresholds) == set(LABELS)


@pytest.mark.parametrize(("label", "start"), [("speech", 5.5), ("rooster", 14.5), ("crying_baby", 29.0)])
def test_what_is_in_the_demo_is_heard_where_it_is(checkpoint, label, start):
    samples = audio_file.read(DEMO, sample_rate=SAMPLE_RATE, start=start, end=start + 3.5)
    assert frames_of(checkpoint, samples)[label] >= checkpoint.thresholds[label]


@pytest.mark.parametrize("level", [0.0, 0.0003, 0.01])
def test_nothing_is_heard_in_silence_and_in_a_quiet_room(checkpoint, level):
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE * 6).cumsum() % 2 - 1
    scores = frames_of(checkpoint, (noise * level).astype(np.float32))
    assert all(score < checkpoint.thresholds[label] for label, score in scores.items())
