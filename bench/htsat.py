"""HTS-AT (30 M parameters) from waveform to scores on two CPU threads, against the published arithmetic, eagerly.

Both sides have the same random weights and hear the same ten seconds, in turns, in one run.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from bench import target
from bench.htsat_original import PublishedHTSAT
from bench.in_turns import Scores, compare, make_sounds
from earmark.api import Clip, Float, Want
from earmark_htsat.model import FAMILY
from earmark_htsat.network import HTSAT, Arguments
from earmark_htsat.published import renamed
from earmark_torch.model import Model, prepare

THREADS = 2
ROUNDS = 20
LABELS = 527
MACS = 5.99e9  # of the network, as tests/plugins/test_sizes.py counts them


def measure() -> dict[str, Any]:
    """Return the times of all sides, their ratios, how far the scores are apart, and from the machine's ceiling."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    report = compare(make_sides(), make_sounds(32000, 10.0), macs=MACS, rounds=ROUNDS)
    return report | {"targets": targets(report["times_faster"], report["scores_apart"])}


def targets(ratios: dict[str, float], apart: dict[str, float]) -> list[dict[str, Any]]:
    """Return the promises."""
    return [
        target("HTS-AT in fp32 against the published arithmetic", ratios["fp32"], "×", at_least=1.1),
        target("scores in fp32 apart from the published ones", apart["fp32"], "", at_most=1e-4),
        target("HTS-AT in bf16 against the published arithmetic in fp32", ratios["bf16"], "×", at_least=2.5),
        target("scores in bf16 apart from the published ones", apart["bf16"], "", at_most=0.01),
    ]


def make_sides() -> dict[str, Scores]:
    """Return published and ours, in fp32 and bf16, with the same weights."""
    published = PublishedHTSAT(LABELS).requires_grad_(False)
    draw(published)
    return {
        "published": partial(hear_published, published),
        "fp32": partial(hear, make_ours(published, "fp32")),
        "bf16": partial(hear, make_ours(published, "bf16")),
    }


def draw(network: torch.nn.Module) -> None:
    """Draw weights under which every layer keeps the scale of what it gets, and the scores spread over 0.05–0.95.

    PyTorch's own would leave all scores at one half, where nothing could be told apart.
    """
    for module in network.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Conv2d):
            torch.nn.init.normal_(module.weight, std=module.weight[0].numel() ** -0.5)
        if isinstance(module, torch.nn.BatchNorm2d):
            module.get_buffer("running_mean").fill_(-35.0)
            module.get_buffer("running_var").fill_(200.0)
    for name, parameter in network.named_parameters():
        if name.endswith("bias_table"):
            torch.nn.init.normal_(parameter, std=0.5)


def make_ours(published: PublishedHTSAT, precision: str) -> Model:
    """Return our network with the published one's weights, as `load` prepares it."""
    network = HTSAT(Arguments(labels=LABELS))
    network.load_state_dict(renamed(published.state_dict()))
    return prepare(FAMILY, network.eval().requires_grad_(False), "cpu", precision)


@torch.inference_mode()
def hear_published(network: PublishedHTSAT, samples: Float) -> Float:
    """Return the clip scores [labels]."""
    return network(torch.from_numpy(samples)[None])[0][0].numpy()


def hear(model: Model, samples: Float) -> Float:
    """Return the clip scores [labels]; frames come with them, as they do from the published side."""
    (heard,) = model.hear([Clip(samples=samples, sample_rate=32000)], Want())
    return heard.scores
