"""Imported and fine-tuned models: converted by the plugin, offered under the person's name, with their own labels."""

from __future__ import annotations

import numpy as np
import pytest

from earmark import ensembles
from earmark.api import CheckpointError, PluginError
from earmark.checkpoints import describe, installed, read_checkpoint, remove
from earmark.ensembles import Ensemble

NETWORK = """
from safetensors.numpy import load_file, save_file

@hookimpl
def models():
    return [card(weights=(Weights(name="w", url="https://example.org/w"),))]

@hookimpl
def convert(path, labels, folder):
    if path.suffix == ".bad":
        raise ValueError("not a network")
    factor = np.array([float(path.read_text())], np.float32)
    save_file({"factor": factor}, folder / "network.safetensors")
    labels = tuple(labels or ("quiet", "loud"))
    return Checkpoint(path=folder, model_id="toy/model", labels=labels, thresholds={labels[0]: 0.25}, origin=path.name)

@hookimpl
def load(model_id, checkpoint, device, precision):
    assert model_id == "toy/model"
    return load_file(checkpoint.path / "network.safetensors")["factor"], len(checkpoint.labels)

@hookimpl
def infer(model, clips, want):
    factor, labels = model
    return [Heard(scores=np.full(labels, factor[0] * loudness(clip), np.float32).clip(0, 1)) for clip in clips]
"""


@pytest.fixture
def published(install, tmp_path):
    """Return weights as somebody published them, for a network that multiplies by one number."""
    install(NETWORK)
    path = tmp_path / "weights.ckpt"
    path.write_text("1.5")
    return path


def test_imported_weights_are_offered_and_heard_under_the_persons_name(published, engines, recording):
    checkpoint = engines.convert(published, "toy", "mine", ["a", "b", "c"])
    assert checkpoint.path.name == "mine"
    (heading,) = [heading for heading in engines.headings() if heading.model_id == "toy/mine"]
    assert heading.has_weights
    assert (heading.labels, heading.thresholds) == (("a", "b", "c"), {"a": 0.25})
    analysis = engines.analyse(recording, "toy/mine")
    assert dict(analysis.tags()) == {"a": 0.75, "b": 0.75, "c": 0.75}
    assert analysis.weights == checkpoint.sha256 == heading.weights_sha256
    assert analysis.thresholds == {"a": 0.25}


def test_weights_imported_under_a_cards_own_name_are_that_cards_weights(published, engines, recording):
    with pytest.raises(CheckpointError):
        engines.analyse(recording, "toy/model")
    engines.convert(published, "toy", "model")
    assert dict(engines.analyse(recording, "toy/model").tags())["loud"] == 0.75
    assert sum(heading.model_id == "toy/model" for heading in engines.headings()) == 1


def test_weights_that_were_exchanged_are_loaded_anew(published, engines, recording):
    engines.convert(published, "toy", "mine")
    first = engines.analyse(recording, "toy/mine")
    published.write_text("0.5")
    engines.convert(published, "toy", "mine")
    second = engines.analyse(recording, "toy/mine")
    assert (first.tags()[0][1], second.tags()[0][1]) == (0.75, 0.25)
    assert first.weights != second.weights


def test_two_checkpoints_of_one_model_are_told_apart(published, engines, recording):
    engines.convert(published, "toy", "one")
    published.write_text("0.5")
    engines.convert(published, "toy", "other")
    scores = [engines.analyse(recording, f"toy/{name}").tags()[0][1] for name in ("one", "other", "one")]
    assert scores == [0.75, 0.25, 0.75]


def test_a_folder_that_earmark_wrote_is_imported_as_it_is(published, engines, recording):
    first = engines.convert(published, "toy", "mine")
    assert engines.convert(first.path, "toy", "copy").sha256 == first.sha256
    assert engines.analyse(recording, "toy/copy").tags()[0][1] == 0.75


def test_what_a_plugin_cannot_convert_is_a_sentence_and_leaves_nothing(published, engines, tmp_path, home):
    bad = tmp_path / "weights.bad"
    bad.write_text("")
    with pytest.raises(PluginError, match="`convert`: ValueError: not a network"):
        engines.convert(bad, "toy", "mine")
    assert list((home / "models" / "toy").iterdir()) == []


def test_a_plugin_without_convert_says_so(install, engines, recording):
    install()
    with pytest.raises(PluginError, match="no hook `convert`"):
        engines.convert(recording, "toy", "mine")


def test_a_removed_model_is_no_longer_offered(published, engines):
    engines.convert(published, "toy", "mine")
    remove("toy/mine")
    assert "toy/mine" not in [card.model_id for card in engines.cards()]


def test_damaged_weights_are_refused_when_they_are_loaded(published, engines, recording):
    folder = engines.convert(published, "toy", "mine").path
    with (folder / "network.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(CheckpointError, match="not the file that was written"):
        engines.analyse(recording, "toy/mine")


def test_a_damaged_model_is_listed_with_its_reason(published, engines, recording):
    folder = engines.convert(published, "toy", "mine").path
    (folder / "checkpoint.json").write_text("{")
    (heading,) = [heading for heading in engines.headings() if heading.model_id == "toy/mine"]
    assert not heading.has_weights
    assert "damaged" in heading.error
    with pytest.raises(CheckpointError, match="damaged"):
        engines.analyse(recording, "toy/mine")


def test_a_model_whose_plugin_is_missing_says_so(published, engines, recording):
    checkpoint = engines.convert(published, "toy", "mine")
    orphan = read_checkpoint(checkpoint.path)
    from dataclasses import replace

    describe(checkpoint.path, replace(orphan, model_id="gone/model"))
    with pytest.raises(CheckpointError, match="needs gone/model"):
        engines.analyse(recording, "toy/mine")
    assert len(installed()) == 1


@pytest.mark.parametrize("name", ["../mine", "a b", ""])
def test_a_name_that_cannot_be_a_folder_is_refused(published, engines, name):
    with pytest.raises(CheckpointError, match="cannot name a model"):
        engines.convert(published, "toy", name)


def test_a_model_too_many_is_let_go_of_and_loaded_again_when_it_is_asked(published, engines, recording):
    for number in range(4):
        published.write_text(str((number + 1) / 4))
        engines.convert(published, "toy", f"model{number}")
    scores = [engines.analyse(recording, f"toy/model{number}").tags()[0][1] for number in (0, 1, 2, 3, 0)]
    np.testing.assert_allclose(scores, [0.125, 0.25, 0.375, 0.5, 0.125])


def test_an_ensemble_is_told_apart_by_the_weights_of_its_members(published, engines):
    for name in ("one", "two"):
        engines.convert(published, "toy", name)
    ensembles.write(Ensemble(name="both", members=("toy/one", "toy/two")))
    before = engines.heading("ensemble/both")
    published.write_text("0.5")
    engines.convert(published, "toy", "two")
    after = engines.heading("ensemble/both")
    assert before.thresholds == {"quiet": 0.25}
    assert len(before.weights_sha256) == 64
    assert before.weights_sha256 != after.weights_sha256
