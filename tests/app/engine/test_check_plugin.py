"""`earmark.testing.check_plugin`: what an author of a plugin is told."""

from __future__ import annotations

import types

import numpy as np
import pytest

from earmark.api import Checkpoint, Heard, ModelCard, Weights, hookimpl
from earmark.checkpoints import write_checkpoint
from earmark.installed import OURS, plugins
from earmark.testing import check_plugin

CARD = ModelCard(model_id="toy/model", title="A toy", sample_rate=2000, window_seconds=0.5, labels=("quiet", "loud"))


def heard(clip, **more):
    loud = float(np.abs(clip.samples).max())
    return Heard(scores=np.array([1 - loud, loud], np.float32), **more)


def module(infer, card=CARD, **hooks) -> types.ModuleType:
    made = types.ModuleType("toy_module")
    named = {"models": lambda: [card], "infer": infer} | hooks
    vars(made).update({name: hookimpl(function) for name, function in named.items()})
    return made


def sentences(made, **known) -> list[str]:
    return [str(finding) for finding in check_plugin(made, **known)]


def test_a_plugin_that_keeps_its_promises_has_no_findings():
    assert check_plugin(module(lambda clips: [heard(clip) for clip in clips])) == []


def test_an_installed_plugin_is_found_by_its_name_and_by_its_module(install):
    install()
    assert check_plugin("toy") == []
    assert check_plugin("toy_toy_module") == []


def test_a_module_that_cannot_be_imported_is_a_finding():
    assert "could not be imported" in sentences("nothing_of_that_name")[0]


def test_a_refused_plugin_is_a_finding():
    assert "“toy” is switched off" in sentences(module(lambda volume: []))[0]


def test_answers_out_of_contract_are_found():
    (sentence,) = sentences(module(lambda clips: [Heard(scores=np.zeros(3, np.float32)) for _ in clips]))
    assert sentence.startswith("toy/model: ")
    assert "shape" in sentence


def test_answers_that_change_from_time_to_time_are_found():
    random = np.random.default_rng()
    found = sentences(module(lambda clips: [Heard(scores=random.random(2, np.float32)) for _ in clips]))
    assert any("differently each time" in sentence for sentence in found)


def test_answers_in_another_order_are_found():
    def infer(clips):
        return sorted((heard(clip) for clip in clips), key=lambda answer: answer.scores[1])

    assert any("order of the clips" in sentence for sentence in sentences(module(infer)))


def test_answers_that_depend_on_the_rest_of_the_batch_are_found():
    def infer(clips):
        return [Heard(scores=np.array([0.5, 1 / len(clips)], np.float32)) for _ in clips]

    assert any("alone" in sentence for sentence in sentences(module(infer)))


def test_a_timeline_of_the_wrong_length_is_found():
    def infer(clips):
        return [heard(clip, frames=np.zeros((3, 2), np.float32), hop=0.1) for clip in clips]

    assert "do not cover" in sentences(module(infer))[0]


def test_frames_that_the_card_does_not_announce_are_found():
    def infer(clips):
        return [heard(clip, frames=np.zeros((5, 2), np.float32), hop=0.1) for clip in clips]

    assert "draws_timeline" in sentences(module(infer))[0]


@pytest.fixture
def weighty() -> types.ModuleType:
    """Return a plugin that needs weights: one number by which it multiplies."""
    from dataclasses import replace

    from safetensors.numpy import load_file

    card = replace(CARD, weights=(Weights(name="w", url="https://example.org/w"),))

    def load(checkpoint):
        return load_file(checkpoint.path / "network.safetensors")["factor"]

    def infer(model, clips):
        return [Heard(scores=np.full(2, model[0] * np.abs(clip.samples).max(), np.float32)) for clip in clips]

    return module(infer, card, load=load)


def test_without_weights_the_rest_is_checked_and_a_note_says_so(weighty):
    (finding,) = check_plugin(weighty)
    assert finding.is_note
    assert "not on this machine" in finding.sentence


@pytest.mark.parametrize(("factor", "findings"), [(1.0, 0), (9.0, 1)])
def test_with_weights_the_model_is_run(weighty, tmp_path, factor, findings):
    folder = tmp_path / "weights"
    checkpoint = Checkpoint(path=folder, model_id="toy/model", labels=CARD.labels)
    write_checkpoint(folder, {"factor": np.array([factor], np.float32)}, checkpoint)
    assert len(check_plugin(weighty, checkpoints={"toy/model": folder})) == findings


@pytest.mark.parametrize("name", [entry.name for entry in plugins()[0] if entry.distribution == OURS])
def test_our_own_plugins_keep_their_promises(name):
    import torch

    torch.set_num_threads(1)
    assert [str(finding) for finding in check_plugin(name) if not finding.is_note] == []
