"""MAST (51 M parameters) from waveform to scores on two CPU threads, against timm's MViTv2 behind Kaldi, eagerly.

The other side computes as timm does, with attention written out; its blocks are given the oblong map's strides and
tables, as timm builds square maps only. Both have the same random weights and hear the same ten seconds, in turns.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import torch
from timm.models.mvitv2 import MultiScaleVit, MultiScaleVitCfg
from torch import Tensor, nn
from torchaudio.compliance.kaldi import fbank

from bench import target
from bench.in_turns import Scores, compare, make_sounds
from earmark.api import Clip, Float, Want
from earmark_mast.arguments import Arguments
from earmark_mast.model import FAMILY
from earmark_mast.network import MAST
from earmark_mast.published import renamed
from earmark_torch.model import Model, prepare

HOME = Path(__file__).resolve().parents[1] / "build" / "bench" / "home"
THREADS = 2
ROUNDS = 15
LABELS = 527
COMPILED = "bf16, compiled where that is faster"
MACS = 34.310e9  # of the network, as tests/plugins/test_mast.py counts them


def measure() -> dict[str, Any]:
    """Return the times of all sides, their ratios, how far the scores are apart, and from the machine's ceiling."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    os.environ["EARMARK_HOME"] = str(HOME)  # where what was compiled is kept
    report = compare(make_sides(), make_sounds(16000, 10.0), macs=MACS, rounds=ROUNDS)
    return report | {"targets": targets(report["times_faster"], report["scores_apart"])}


def targets(ratios: dict[str, float], apart: dict[str, float]) -> list[dict[str, Any]]:
    """Return the promises."""
    return [
        target("MAST in fp32 against timm's", ratios["fp32"], "×", at_least=1.15),
        target("MAST's scores in fp32 apart from timm's", apart["fp32"], "", at_most=1e-4),
        target("MAST in bf16 against timm's in fp32", ratios["bf16"], "×", at_least=2.3),
        target("MAST in bf16 after a minute, against timm's in fp32", ratios[COMPILED], "×", at_least=3.5),
        target("MAST's scores in bf16 apart from timm's", apart["bf16"], "", at_most=0.01),
    ]


def make_sides() -> dict[str, Scores]:
    """Return published and ours, in fp32 and bf16, with the same weights."""
    published = make_published()
    return {
        "published": partial(hear_published, published),
        "fp32": partial(hear, make_ours(published, "fp32")),
        "bf16": partial(hear, make_ours(published, "bf16")),
        COMPILED: partial(hear, make_compiled(published)),
    }


def make_published() -> MultiScaleVit:
    """Return timm's network on the map of 128 × 1024, drawn so that every layer keeps the scale of what it gets."""
    cfg = MultiScaleVitCfg(depths=(2, 3, 16, 3))
    published = MultiScaleVit(cfg, img_size=128, in_chans=1, num_classes=LABELS).eval().requires_grad_(False)
    for block, shape in zip(
        (b for stage in published.stages for b in stage.blocks), Arguments(labels=1).blocks, strict=True
    ):
        block.attn.pool_q.stride, rows_columns = shape.stride, shape.tables
        tables = (
            nn.Parameter(torch.empty(length, block.attn.head_dim), requires_grad=False) for length in rows_columns
        )
        block.attn.rel_pos_h, block.attn.rel_pos_w = tables
    published.stages[3].blocks[0].shortcut_pool_attn = nn.MaxPool2d((1, 3), (1, 2), (0, 1))
    for name, parameter in published.named_parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.3 if re.search("rel_pos", name) else parameter[0].numel() ** -0.5)
    return published


def make_ours(published: nn.Module, precision: str) -> Model:
    """Return our network with the published one's weights, as `load` prepares it."""
    network = MAST(Arguments(labels=LABELS))
    network.load_state_dict(renamed(published.state_dict(), "timm's"))
    return prepare(FAMILY, network.eval().requires_grad_(False), "cpu", precision)


def make_compiled(published: nn.Module) -> Model:
    """Return our network in bf16 as it runs after a minute of work, once what that set off is done."""
    model = make_ours(published, "bf16")
    if model.stage is not None:
        model.stage.settle(160000)
    return model


@torch.inference_mode()
def hear_published(network: nn.Module, samples: Float) -> Float:
    """Return the scores [labels]."""
    return network(seen(samples))[0].sigmoid().numpy()


def seen(samples: Float) -> Tensor:
    """Return what AST's front end makes of a sound [1, 1, bands, frames]."""
    how = {"window_type": "hanning", "num_mel_bins": 128, "dither": 0.0, "use_energy": False, "htk_compat": True}
    waveform = torch.from_numpy(samples - samples.mean())[None]
    energies = fbank(waveform, frame_shift=10, **how)
    padded = nn.functional.pad(energies, (0, 0, 0, 1024 - len(energies)))
    return ((padded + 4.2677393) / (2 * 4.5689974)).T[None, None]


def hear(model: Model, samples: Float) -> Float:
    """Return the scores [labels]."""
    (heard,) = model.hear([Clip(samples=samples, sample_rate=16000)], Want())
    return heard.scores
