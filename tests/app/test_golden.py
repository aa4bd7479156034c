"""Golden clips: the short sounds of which it is known what a model answers to them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from earmark import golden
from earmark.api import CheckpointError, Heard, ModelCard
from earmark.doctor import describe_golden
from earmark.golden import Golden

ANSWERS = np.array([[0.1, 0.9], [0.8, 0.2]], np.float32)
CARD = ModelCard(model_id="toy/model", title="A toy", sample_rate=16000, window_seconds=2.0, labels=("a", "b"))


def test_the_clips_are_two_sounds_of_one_window_at_the_models_rate():
    first, second = golden.clips(CARD)
    assert first.samples.shape == second.samples.shape == (32000,)
    assert first.start != second.start
    assert all(np.abs(clip.samples).max() > 0.05 for clip in (first, second))


def test_what_was_written_is_read_for_the_same_weights_only(tmp_path):
    golden.write(tmp_path, Golden(weights="abc", answers=ANSWERS))
    known = golden.read(tmp_path, "abc")
    assert golden.difference(known, ANSWERS) < 1e-7
    assert golden.read(tmp_path, "other") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', "null"])
def test_a_file_that_says_nothing_is_as_if_it_were_not_there(tmp_path, text):
    (tmp_path / golden.FILE).write_text(text)
    assert golden.read(tmp_path, "abc") is None


def test_answers_to_another_recording_are_not_compared(tmp_path):
    golden.write(tmp_path, Golden(weights="abc", answers=ANSWERS))
    plain = json.loads((tmp_path / golden.FILE).read_text())
    (tmp_path / golden.FILE).write_text(json.dumps(plain | {"recording_sha256": "0"}))
    assert golden.read(tmp_path, "abc") is None


def test_the_largest_difference_counts_and_what_cannot_be_compared_is_infinitely_far():
    known = Golden(weights="abc", answers=ANSWERS)
    assert golden.difference(known, ANSWERS + np.array([[0, 0.01], [-0.03, 0]], np.float32)) == pytest.approx(0.03)
    assert golden.difference(known, ANSWERS[:, :1]) == float("inf")
    assert golden.difference(known, ANSWERS * np.nan) == float("inf")


def test_fp32_on_a_processor_must_be_exact_and_all_else_may_round():
    assert golden.tolerance("cpu", "fp32") == 1e-4
    assert golden.tolerance("cpu", "bf16") == golden.tolerance("cuda:0", "fp32") == 0.01


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ([[0.1, np.nan], [0.2, 0.3]], "no numbers"),
        ([[0.5, 0.5], [0.5, 0.5]], "the same whatever it hears"),
        ([[0.1, 0.7], [0.1, 0.7]], "the same whatever it hears"),
    ],
)
def test_weights_of_no_use_are_refused(answers, what):
    with pytest.raises(CheckpointError, match=what):
        golden.require_sane(np.array(answers, np.float32), "toy/model")


def test_a_small_difference_between_sounds_is_enough():
    golden.require_sane(np.array([[0.5, 0.5], [0.5, 0.500001]], np.float32), "toy/model")


def test_of_a_model_without_labels_embeddings_of_length_one_are_compared():
    card = ModelCard(**{**vars(CARD), "labels": (), "embeds": True})
    heard = [Heard(scores=np.zeros(0), embedding=np.array(each, np.float32)) for each in ([3, 4], [0, 2])]
    np.testing.assert_allclose(golden.answers_of(card, heard), [[0.6, 0.8], [0, 1]])


def test_the_doctor_says_whether_to_trust_a_model():
    well = describe_golden("toy/model", 2e-6, 1e-4, where="CPU, fp32")
    assert (well.is_well, well.found) == (True, "toy/model answers as it should (CPU, fp32; 2.0e-06 off)")
    unwell = describe_golden("toy/model", 0.3, 0.01, where="CUDA, fp16")
    assert "by 0.3, where 0.01 is rounding (CUDA, fp16)" in unwell.found
    assert "Do not trust it" in unwell.advice
    assert not unwell.essential
