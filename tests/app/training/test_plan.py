"""From a choice to a job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from earmark.api import Checkpoint, DatasetError, Example, ModelCard, Weights
from earmark.catalogue import Model
from earmark.dataset import Dataset
from earmark.training.plan import Plan, jobs_folder, new_folder

CARD = ModelCard(
    model_id="toy/birds",
    title="Birds",
    sample_rate=16000,
    window_seconds=5.0,
    labels=("a",),
    short="repeat",
    trainable=True,
    weights=(Weights(name="w", url="https://example.org/w"),),
    recipe={
        "published": {"epochs": 25, "batch_size": 48, "learning_rate": 1e-5, "settings": {"mix": 0.0}},
        "paper": {"epochs": 30},
        "from scratch": {"epochs": 60, "learning_rate": 1e-3, "settings": {"network": {"width": 8}}},
    },
)
HERE = Checkpoint(path=Path("weights"), model_id="toy/birds", labels=("a",), network={"width": 64, "labels": 1})
EXAMPLES = (Example(path=Path("x.wav"), labels=("cat",)), Example(path=Path("y.wav"), labels=("dog",)))
DATASET = Dataset(folder=Path("pets"), kind="folders", title="folders", labels=("cat", "dog"), examples=EXAMPLES)


def test_a_model_that_is_here_is_trained_on_from_by_its_first_recipe(tmp_path):
    job = Plan(model=Model("toy/birds", CARD, HERE), name="pets", changes={"epochs": 3, "mix": 0.5}).job(
        DATASET, tmp_path
    )
    assert (job.start_from, job.epochs, job.batch_size, job.learning_rate) == (Path("weights"), 3, 48, 1e-5)
    assert job.settings["network"] == {"width": 64, "labels": 1, "single_label": True}
    assert (job.settings["mix"], job.settings["short"], job.labels) == (0.5, "repeat", ("cat", "dog"))


def test_without_weights_it_is_trained_from_scratch(tmp_path):
    job = Plan(model=Model("toy/birds", CARD), name="pets").job(DATASET, tmp_path)
    assert (job.start_from, job.epochs, job.settings["network"]["width"]) == (None, 60, 8)


def test_a_file_can_be_begun_with_instead_of_the_models_own_weights(tmp_path):
    for checkpoint in (None, HERE):
        job = Plan(model=Model("toy/birds", CARD, checkpoint), name="pets", start=Path("deit.pth")).job(
            DATASET, tmp_path
        )
        assert (job.start_from, job.epochs) == (Path("deit.pth"), 25)
        assert job.settings["network"] == {"single_label": True}
        assert job.settings["start"] == "deit.pth"


def test_clips_with_several_labels_are_not_taken_for_ones_with_one(tmp_path):
    both = replace(DATASET, examples=(*EXAMPLES, Example(path=Path("z.wav"), labels=("cat", "dog"))))
    assert (
        Plan(model=Model("toy/birds", CARD), name="x").job(both, tmp_path).settings["network"]["single_label"] is False
    )


@pytest.mark.parametrize(
    ("card", "preset", "sentence"),
    [
        (replace(CARD, trainable=False), None, "cannot be trained"),
        (CARD, "mine", "has no recipe “mine”"),
        (CARD, "paper", "starts from weights that are not here"),
        (replace(CARD, recipe={"published": {}}), None, "no weights here to start from"),
    ],
)
def test_what_cannot_be_is_a_sentence(card, preset, sentence, tmp_path):
    with pytest.raises(DatasetError, match=sentence):
        Plan(model=Model("toy/birds", card), name="x", preset=preset).job(DATASET, tmp_path)


def test_no_two_jobs_share_a_folder():
    first = new_folder("my birds: v2")
    first.mkdir(parents=True)
    second = new_folder("my birds: v2")
    assert first.parent == second.parent == jobs_folder()
    assert first.name.startswith("my-birds-v2-")
    assert second != first
