"""How a model runs on a GPU, on the processor: weights kept in reduced precision, and the bench that times it."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch

from bench import gpu
from earmark.api import Clip, Want
from earmark_asca.recipes import NETWORK as ASCA
from earmark_ast.recipes import NETWORK as AST
from earmark_ham.recipes import NETWORK as HAM
from earmark_htsat.recipes import SMALL as HTSAT
from earmark_mast.recipes import NETWORK as MAST
from earmark_torch.model import Model, in_type, restore

SMALL = {
    "AST": AST,
    "HTS-AT": HTSAT["from scratch"]["settings"]["network"],
    "MAST": MAST,
    "ASCA": ASCA,
    "HAM": HAM,
}


def small(name):
    """Return a small network of a family, drawn so that its scores spread."""
    family = gpu.NETWORKS[name].family
    torch.manual_seed(0)
    network = family.network(restore(family.arguments, {**SMALL[name], "labels": 7})).eval().requires_grad_(False)
    for module in network.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Conv2d):
            torch.nn.init.normal_(module.weight, std=module.weight[0].numel() ** -0.5)
    return network


@pytest.mark.parametrize("name", SMALL)
def test_weights_kept_in_bf16_score_as_those_that_autocast_rounds(name):
    network = small(name)
    arguments = network.arguments
    sound = np.random.default_rng(0).normal(0, 0.1, round(arguments.seconds * arguments.sample_rate))
    clips = [Clip(samples=sound.astype(np.float32), sample_rate=arguments.sample_rate)] * 2
    where = torch.device("cpu")

    def scores(network, dtype=torch.bfloat16):
        return Model(network, arguments, where, dtype).hear(clips, Want())[0].scores

    exact, rounded = scores(network, torch.float32), scores(network)
    kept = in_type(deepcopy(network), torch.bfloat16)
    assert next(each for each in kept.modules() if isinstance(each, torch.nn.Linear)).weight.dtype is torch.bfloat16
    np.testing.assert_array_equal(scores(kept), rounded)
    assert 0 < np.abs(rounded - exact).max() < 0.02


def test_the_bench_tells_clips_a_second_and_how_near_the_ceiling(monkeypatch):
    monkeypatch.setattr(gpu, "BATCHES", (1, 3))
    monkeypatch.setattr(gpu, "BUSY", 0.0)
    family, macs = gpu.NETWORKS["AST"].family, 1e6
    told = dict(gpu.rows(gpu.Network(family, {**AST, "labels": 7}, macs), "cpu", "fp32", ceiling=50.0))
    assert list(told) == ["batch 1", "batch 3"]
    for each in told.values():
        assert each["fraction_of_ceiling"] == pytest.approx(2 * macs * each["clips_a_second"] / 1e9 / 50)


def test_what_does_not_fit_is_said_and_the_rest_goes_on(monkeypatch):
    def hear(model, clips):
        if clips > 1:
            raise torch.OutOfMemoryError
        yield 0.5

    monkeypatch.setattr(gpu, "times", hear)
    family = gpu.NETWORKS["AST"].family
    told = dict(gpu.rows(gpu.Network(family, {**AST, "labels": 7}, 1e9), "cpu", "fp32", ceiling=4.0))
    assert told["batch 1"] == {"clips_a_second": 2.0, "fraction_of_ceiling": 1.0}
    assert "memory" in told["batch 64"]


def test_the_ceiling_of_a_product_is_measured():
    assert gpu.ceiling_of("cpu", "fp32", side=64) > 0
