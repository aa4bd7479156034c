"""HAM (167 M parameters, six Conformers, 5 s) from waveform to scores on two CPU threads, against AST's published code
with torchaudio's Conformer after it. Both sides have the same random weights and hear the same sound, in turns.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from bench import target
from bench.ast import hear, ours_of
from bench.ast_original import DEVIATION, EPS, MEAN, PublishedHAM, draw
from bench.in_turns import Scores, compare, make_sounds
from earmark.api import Float
from earmark_ham.model import FAMILY
from earmark_ham.network import HAM, Arguments
from earmark_torch.model import Model, prepare

THREADS, ROUNDS, LABELS, FRAMES = 2, 10, 50, 512
MACS = 110.35e9


def measure() -> dict[str, Any]:
    """Return the times of all sides, their ratios, how far the scores are apart, and the machine's ceiling."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    report = compare(make_sides(), make_sounds(16000, 5.0), macs=MACS, rounds=ROUNDS)
    return report | {"targets": targets(report["times_faster"], report["scores_apart"])}


def targets(ratios: dict[str, float], apart: dict[str, float]) -> list[dict[str, Any]]:
    """Return the promises."""
    return [
        target("HAM in fp32 against attention written out", ratios["fp32"], "×", at_least=1.0),
        target("scores in fp32 apart from the published ones", apart["fp32"], "", at_most=1e-4),
        target("HAM in bf16 against attention written out, in fp32", ratios["bf16"], "×", at_least=2.4),
        target("scores in bf16 apart from the published ones", apart["bf16"], "", at_most=0.01),
    ]


def make_sides() -> dict[str, Scores]:
    """Return the published arithmetic, and ours in fp32 and bf16, with the same weights."""
    published = PublishedHAM(LABELS, FRAMES)
    draw(published)
    tensors = ours_of({name.removeprefix("ast."): tensor for name, tensor in published.state_dict().items()})
    tensors = {name.replace("conformer.conformer_layers.", "conformers."): t for name, t in tensors.items()}
    return {
        "published": partial(hear_published, published),
        "fp32": partial(hear, make_ours(tensors, "fp32")),
        "bf16": partial(hear, make_ours(tensors, "bf16")),
    }


def make_ours(tensors: dict[str, torch.Tensor], precision: str) -> Model:
    """Return our network with these weights, as `load` prepares it."""
    sizes = {"labels": LABELS, "frames": FRAMES, "seconds": 5.0, "mean": MEAN, "deviation": DEVIATION}
    network = HAM(Arguments(**sizes, norm_eps=EPS, head_eps=EPS, start="plain"))
    named = {_our_name(name): tensor for name, tensor in tensors.items()}
    network.load_state_dict(named)
    return prepare(FAMILY, network.eval().requires_grad_(False), "cpu", precision)


def _our_name(name: str) -> str:
    if name.startswith("norm."):
        return f"channel_attention.{name}"
    parts = name.split(".", 2)
    return f"conformers.{parts[1]}.layer.{parts[2]}" if parts[0] == "conformers" else name


@torch.inference_mode()
def hear_published(network: PublishedHAM, samples: Float) -> Float:
    """Return the scores [labels]."""
    return network(torch.from_numpy(samples)).sigmoid().numpy()
