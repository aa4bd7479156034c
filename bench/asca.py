"""ASCA (23 M parameters) from waveform to scores on two CPU threads, against timm's CoAtNet behind Kaldi, eagerly.

The other side is as timm runs it: channels first, norms apart. Both have the same random weights and hear the same ten
seconds, in turns, in one run.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import torch
from timm.models.maxxvit import MaxxVit, MaxxVitCfg
from torch import Tensor, nn
from torchaudio.compliance.kaldi import fbank

from bench import target
from bench.in_turns import Scores, compare, make_sounds
from earmark.api import Clip, Float, Want
from earmark_asca.model import FAMILY
from earmark_asca.network import ASCA, Arguments
from earmark_torch.model import Model, prepare

HOME = Path(__file__).resolve().parents[1] / "build" / "bench" / "home"
THREADS = 2
ROUNDS = 20
LABELS = 527
COMPILED = "bf16, compiled where that is faster"
MACS = 3.98e9  # of the network, as tests/plugins/test_sizes.py counts them
PUBLISHED = MaxxVitCfg(block_type=("C", "C", "C", "T"), depths=(2, 3, 5, 2), stem_width=64)


def measure() -> dict[str, Any]:
    """Return the times of all sides, their ratios, how far the scores are apart, and from the machine's ceiling."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    os.environ["EARMARK_HOME"] = str(HOME)  # where what was compiled is kept
    sounds = make_sounds(16000, 10.0)
    report = compare(make_sides(sounds), sounds, macs=MACS, rounds=ROUNDS)
    return report | {"targets": targets(report["times_faster"], report["scores_apart"])}


def targets(ratios: dict[str, float], apart: dict[str, float]) -> list[dict[str, Any]]:
    """Return the promises."""
    return [
        target("ASCA in fp32 against timm's", ratios["fp32"], "×", at_least=1.25),
        target("ASCA's scores in fp32 apart from timm's", apart["fp32"], "", at_most=1e-4),
        target("ASCA in bf16 against timm's in fp32", ratios["bf16"], "×", at_least=2.2),
        target("ASCA in bf16 after a minute, against timm's in fp32", ratios[COMPILED], "×", at_least=3.4),
        target("ASCA's scores in bf16 apart from timm's", apart["bf16"], "", at_most=0.01),
    ]


def make_sides(sounds: list[Float]) -> dict[str, Scores]:
    """Return published and ours, in fp32 and bf16, with the same weights."""
    published = MaxxVit(PUBLISHED, img_size=224, in_chans=1, num_classes=LABELS).eval().requires_grad_(False)
    draw(published, torch.cat([seen(sound) for sound in sounds]))
    return {
        "published": partial(hear_published, published),
        "fp32": partial(hear, make_ours(published, "fp32")),
        "bf16": partial(hear, make_ours(published, "bf16")),
        COMPILED: partial(hear, make_compiled(published)),
    }


def draw(network: nn.Module, images: Tensor) -> None:
    """Draw weights under which every layer keeps the scale of what it gets, and the scores spread over 0.05–0.95.

    Batch norms settle on the images [images, 1, rows, columns], as they would in training.
    """
    for name, parameter in network.named_parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.5 if "bias_table" in name else parameter[0].numel() ** -0.5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0  # one look is enough
    with torch.no_grad():
        network.train()(images)
    network.eval()


def make_ours(published: nn.Module, precision: str) -> Model:
    """Return our network with the published one's weights, as `load` prepares it."""
    network = ASCA(Arguments(labels=LABELS))
    network.load_state_dict(published.state_dict())
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
    """Return what the paper's front end makes of a sound [1, 1, rows, columns]."""
    how = {"window_type": "hamming", "num_mel_bins": 128, "dither": 0.0, "use_energy": False, "htk_compat": True}
    energies = fbank(torch.from_numpy(samples)[None], frame_shift=10, **how)
    normalised = ((energies + 4.2677393) / (2 * 4.5689974)).T[None, None]
    return nn.functional.interpolate(normalised, (224, 224), mode="bilinear")


def hear(model: Model, samples: Float) -> Float:
    """Return the scores [labels]."""
    (heard,) = model.hear([Clip(samples=samples, sample_rate=16000)], Want())
    return heard.scores
