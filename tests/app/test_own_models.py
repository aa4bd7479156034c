"""The models of a person's own: what each is, who needs it, and that it is gone once it was removed."""

from __future__ import annotations

import numpy as np
import pytest

from earmark import checkpoints, ensembles
from earmark.api import Checkpoint, CheckpointError
from earmark.checkpoints import folder_of, write_checkpoint
from earmark.ensembles import Ensemble
from earmark.own_models import own_models, remove


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path))


def keep(model_id: str, **known) -> None:
    """Keep a model of one number."""
    folder = folder_of(model_id)
    write_checkpoint(
        folder, {"a": np.zeros(1, np.float32)}, Checkpoint(path=folder, model_id="toy/base", labels=("x",), **known)
    )


def test_trained_imported_and_ensembles_are_told_apart_and_who_needs_them():
    keep("toy/garden", origin="trained by Earmark, job 1, from scratch", trained_on="garden: 12 clips of 3 sources")
    keep("toy/far", origin="Far weights, https://example.org")
    ensembles.write(Ensemble(name="both", members=("toy/garden", "toy/far")))
    found = {each.model_id: each for each in own_models()}
    assert {name: each.origin for name, each in found.items()} == {
        "ensemble/both": "An ensemble of toy/garden and toy/far",
        "toy/far": "Brought in: Far weights, https://example.org",
        "toy/garden": "Trained here on garden: 12 clips of 3 sources",
    }
    assert found["toy/far"].needed_by == ("ensemble/both",)
    assert found["toy/far"].size_bytes > 100


def test_a_damaged_one_can_be_removed_too():
    keep("toy/broken")
    (folder_of("toy/broken") / "checkpoint.json").write_text("{")
    [model] = own_models()
    assert "damaged" in model.origin
    remove(model.model_id)
    assert own_models() == []


def test_of_an_ensemble_the_members_stay():
    keep("toy/garden")
    ensembles.write(Ensemble(name="rolled", members=("toy/garden",), shifts=3))
    remove("ensemble/rolled")
    assert [each.model_id for each in own_models()] == ["toy/garden"]


def test_one_that_comes_with_earmark_cannot_be_removed():
    with pytest.raises(CheckpointError, match="No imported model is called htsat/everyday"):
        remove("htsat/everyday")
    assert checkpoints.bundled("htsat-everyday").labels
