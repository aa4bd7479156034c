"""The published curves of the learning rate, and which parameters follow them how."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from earmark.api import DatasetError, TrainJob
from earmark_trainer.recipe import Recipe


def job(**settings):
    return TrainJob(job_id="", model_id="", folder=Path(), labels=("a",), examples=(), epochs=25, settings=settings)


def at_epochs(recipe, *epochs):
    return [recipe.rate(epoch * recipe.steps + recipe.steps - 1) / recipe.learning_rate for epoch in epochs]


def test_asts_rate_is_halved_each_epoch_from_the_second():
    recipe = Recipe(epochs=5, steps=10, learning_rate=1e-5, warmup=0, schedule="steps", decay=0.5, decay_from=2)
    assert at_epochs(recipe, 0, 1, 2, 3, 4) == pytest.approx([1, 1, 0.5, 0.25, 0.125])


def test_asts_rate_for_balanced_audioset_is_halved_every_five_epochs_from_the_tenth():
    recipe = Recipe(
        epochs=25, steps=2, learning_rate=5e-5, warmup=0, schedule="steps", decay=0.5, decay_from=10, decay_every=5
    )
    assert at_epochs(recipe, 9, 10, 14, 15, 24) == pytest.approx([1, 0.5, 0.5, 0.25, 0.125])


def test_asts_warm_up_is_set_anew_every_fifty_steps():
    recipe = Recipe(epochs=2, steps=2000, learning_rate=1.0, warmup=1000, warmup_every=50, schedule="steps")
    assert [recipe.rate(done) for done in (0, 49, 50, 999, 1000)] == pytest.approx([0.001, 0.001, 0.051, 0.951, 1.0])


def test_htsats_rate_follows_its_table():
    factors = {0: 0.02, 1: 0.05, 2: 0.1, 11: 0.05, 21: 0.02, 31: 0.03}
    recipe = Recipe(epochs=100, steps=3, learning_rate=1e-3, warmup=0, schedule="table", factors=factors)
    assert at_epochs(recipe, 0, 1, 2, 10, 11, 20, 21, 30, 31, 99) == pytest.approx(
        [0.02, 0.05, 0.1, 0.1, 0.05, 0.05, 0.02, 0.02, 0.03, 0.03]
    )


def test_a_recipe_survives_json_and_leaves_out_what_is_not_of_it():
    recipe = Recipe.of(job(factors={"0": 1, "3": 0.1}, schedule="table", betas=[0.95, 0.999], colour="red"), steps=7)
    assert (recipe.steps, recipe.epochs, recipe.betas, recipe.factors) == (7, 25, (0.95, 0.999), {0: 1.0, 3: 0.1})


@pytest.mark.parametrize(
    ("settings", "what"), [({"schedule": "up"}, "no schedule 'up'"), ({"steps": 0}, "one batch"), ({"decay": "x"}, "")]
)
def test_what_cannot_be_is_refused_with_a_sentence(settings, what):
    with pytest.raises(DatasetError, match=f"settings do not fit.*{what}"):
        Recipe.of(job(**{"schedule": "steps", "decay_from": 0} | settings), steps=7)


def test_a_part_of_the_network_may_learn_faster_and_norms_do_not_decay():
    network = nn.ModuleDict({"body": nn.Linear(2, 2), "head": nn.Sequential(nn.LayerNorm(2), nn.Linear(2, 3))})
    recipe = Recipe(epochs=1, steps=1, learning_rate=1e-3, rates={"head.": 10.0, "head.0": 5.0}, weight_decay=0.1)
    optimizer = recipe.optimizer_for(network)
    assert isinstance(optimizer, torch.optim.AdamW)
    found = {(group["scale"], group["weight_decay"]): len(group["params"]) for group in optimizer.param_groups}
    assert found == {(1.0, 0.1): 1, (1.0, 0.0): 1, (10.0, 0.1): 1, (10.0, 0.0): 1, (5.0, 0.0): 2}


def test_adam_decays_everything_where_the_recipe_says_so():
    recipe = Recipe(epochs=1, steps=1, learning_rate=1e-3, optimizer="adam", decay_all=True, weight_decay=5e-7)
    optimizer = recipe.optimizer_for(nn.Linear(2, 2))
    assert type(optimizer) is torch.optim.Adam
    assert [group["weight_decay"] for group in optimizer.param_groups] == [5e-7]


def test_what_is_frozen_is_let_go_after_its_epochs():
    network = nn.ModuleDict({"body": nn.Linear(2, 2), "head": nn.Linear(2, 3)})
    recipe = Recipe(epochs=4, steps=1, learning_rate=1e-3, frozen=("body.",), frozen_epochs=2)

    def learns(epoch):
        recipe.freeze(network, epoch)
        return network["body"].weight.requires_grad, network["head"].weight.requires_grad

    assert [learns(0), learns(1), learns(2)] == [(False, True), (False, True), (True, True)]


def test_weights_are_averaged_at_the_ends_of_epochs_where_the_recipe_says_so():
    recipe = Recipe(epochs=4, steps=3, learning_rate=1e-3, average_from=0.5, average_each="epoch")
    assert [done for done in range(1, 13) if recipe.averages(done)] == [9, 12]
