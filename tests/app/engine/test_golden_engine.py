"""Models that are brought in hear their golden clips, and again wherever they are computed otherwise."""

from __future__ import annotations

import json

import numpy as np
import pytest

from earmark import golden
from earmark.api import CheckpointError

NETWORK = """
from safetensors.numpy import load_file, save_file

@hookimpl
def models():
    return [card(weights=(Weights(name="w", url="https://example.org/w"),))]

@hookimpl
def convert(path, labels, folder):
    save_file({"factor": np.array([float(path.read_text())], np.float32)}, folder / "network.safetensors")
    return Checkpoint(path=folder, model_id="toy/model", labels=("quiet", "loud"))

@hookimpl
def load(model_id, checkpoint, device, precision):
    factor = load_file(checkpoint.path / "network.safetensors")["factor"][0]
    return factor + {"fp32": 0, "bf16": 0.001, "fp16": 3.0}[precision]

@hookimpl
def infer(model, clips, want):
    heard = np.array([np.minimum(1, model * np.abs(clip.samples).mean()) for clip in clips], np.float32)
    return [Heard(scores=np.array([0.5, each], np.float32)) for each in heard]
"""


@pytest.fixture
def weights(install, tmp_path):
    install(NETWORK)
    path = tmp_path / "weights.ckpt"
    path.write_text("2.0")
    return path


@pytest.fixture
def told(engines):
    sentences = []
    engines.on_notice = lambda error: sentences.append(error.sentence)
    return sentences


def test_an_import_keeps_what_the_model_answers(weights, engines):
    checkpoint = engines.convert(weights, "toy", "mine")
    known = golden.read(checkpoint.path, checkpoint.sha256)
    card = next(card for card in engines.cards() if card.model_id == "toy/mine")
    expected = [[0.5, 2 * np.abs(clip.samples).mean()] for clip in golden.clips(card)]
    assert known is not None
    np.testing.assert_allclose(known.answers, expected, atol=1e-6)


def test_a_folder_that_earmark_wrote_is_heard_anew(weights, engines):
    first = engines.convert(weights, "toy", "mine")
    (first.path / golden.FILE).unlink()
    copy = engines.convert(first.path, "toy", "copy")
    assert golden.read(copy.path, copy.sha256) is not None


def test_answers_that_came_along_stay_and_what_differs_here_is_said(weights, engines, told):
    first = engines.convert(weights, "toy", "mine")
    known = golden.read(first.path, first.sha256)
    golden.write(first.path, golden.Golden(weights=first.sha256, answers=known.answers + 0.1))
    (first.path / "report.json").write_text("{}")
    copy = engines.convert(first.path, "toy", "copy")
    assert [sentence[:65] for sentence in told] == [
        "toy/copy answers differently on cpu in fp32 than its weights should"[:65]
    ]
    np.testing.assert_allclose(golden.read(copy.path, copy.sha256).answers, known.answers + 0.1, atol=1e-6)


@pytest.mark.parametrize(("factor", "what"), [("0", "the same whatever it hears"), ("nan", "not numbers")])
def test_weights_of_no_use_are_refused_and_leave_nothing(weights, engines, home, factor, what):
    weights.write_text(factor)
    with pytest.raises(CheckpointError, match=what):
        engines.convert(weights, "toy", "mine")
    assert list((home / "models" / "toy").iterdir()) == []


def test_where_it_answers_as_it_should_nobody_hears_of_it(weights, engines, recording, told):
    engines.convert(weights, "toy", "mine")
    engines.precision = "bf16"
    assert engines.analyse(recording, "toy/mine").warnings == ()
    assert told == []


def test_where_it_answers_otherwise_each_result_says_so(weights, engines, recording, told):
    engines.convert(weights, "toy", "mine")
    engines.precision = "fp16"
    for _ in range(2):
        (warning,) = engines.analyse(recording, "toy/mine").warnings
        assert "toy/mine answers differently on cpu in fp16 than its weights should" in warning
        assert "do not trust it here" in warning
    engines.prepare("toy/mine")
    engines.hear(np.zeros(2000, np.float32), 1000, "toy/mine")
    assert told == [warning]  # once


def test_it_is_examined_once_for_each_precision(weights, engines, recording, home):
    engines.convert(weights, "toy", "mine")
    for precision in ("fp32", "bf16", "fp32", "bf16"):
        engines.precision = precision
        engines.analyse(recording, "toy/mine")
    notes = json.loads((home / "cache" / "trusted.json").read_text())
    assert [note.split()[2] for note in notes] == ["fp32", "bf16"]


def test_how_far_it_is_off_can_be_asked(weights, engines):
    engines.convert(weights, "toy", "mine")
    off, allowed = engines.golden_difference("toy/mine")
    assert (off < 1e-6, allowed) == (True, 1e-4)
    engines.precision = "fp16"
    off, allowed = engines.golden_difference("toy/mine")
    assert (off > 0.01, allowed) == (True, 0.01)


def test_of_a_model_of_rules_nothing_is_known(install, engines):
    install()
    assert engines.golden_difference("toy/model") is None


def test_the_bundled_models_answers_were_written_for_these_weights_and_this_recording(engines):
    """Where either changed: `earmark_everyday.ship.keep_answers` writes them anew."""
    off, allowed = engines.golden_difference("htsat/everyday")
    assert off < allowed == 1e-4
