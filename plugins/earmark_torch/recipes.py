"""What the recipes of all families have in common; no torch here, as cards are made of them.

A recipe is what a preset of `earmark.training.plan` holds: epochs, batch_size, learning_rate, settings, about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Recipe = Mapping[str, Any]

DEVIATION_DB = {"log_mel": 15.0, "fbank": 40.0}
"""Decibels to one normalised unit: of bands brought to deviation 1, and of Kaldi's halved by AST's deviation."""

LITTLE: Mapping[str, Any] = {
    "mix": 0.7,
    "mix_of": "power",
    "mix_labels": True,
    "label_smoothing": 0.1,
    "speeds": [0.87, 1.0, 1.15],
    "gain_db": 6.0,
    "roll": 1.0,
    "average_from": 0.75,
    "short": "pad",
}
"""What helps where there are a few hundred clips: everything that makes more of them."""


def masks(*, bands: float, frames: float, filter_db: float = 4.0, front_end: str = "log_mel") -> dict[str, Any]:
    """Return the settings of masks, two along each axis, and of a random filter of ± `filter_db`."""
    units = DEVIATION_DB["log_mel"] / DEVIATION_DB[front_end]
    return {"masks": 2, "mask_bands": bands, "mask_frames": frames, "filter_db": filter_db * units}


def from_scratch(network: Mapping[str, Any], masked: Mapping[str, Any], **changed: Any) -> Recipe:
    """Return the recipe of a small network, drawn anew, for a few hundred clips."""
    about = "Ours, for a few hundred clips and no pretraining: a small network that starts with convolutions."
    settings = {"weight_decay": 0.02, "warmup": 150, "evaluate_every": 5, "network": dict(network)}
    return {
        "epochs": 100,
        "batch_size": 16,
        "learning_rate": 1.5e-3,
        "settings": {**LITTLE, **masked, **settings, **changed},
        "about": about,
    }


def few_clips(masked: Mapping[str, Any], *, rate: float, rates: Mapping[str, float], **changed: Any) -> Recipe:
    """Return the recipe that goes on from a trained network with a few hundred clips; its head learns faster."""
    about = "Ours, for a few hundred clips: the head learns faster than the body, and clips are mixed and masked."
    settings = {"weight_decay": 0.02, "warmup": 50, "evaluate_every": 2, "rates": dict(rates)}
    return {
        "epochs": 30,
        "batch_size": 16,
        "learning_rate": rate,
        "settings": {**LITTLE, **masked, **settings, **changed},
        "about": about,
    }


AST_ADAM: Mapping[str, Any] = {
    "optimizer": "adam",
    "betas": [0.95, 0.999],
    "weight_decay": 5e-7,
    "decay_all": True,
    "clip_norm": 0.0,
    "warmup": 0,
    "schedule": "steps",
    "filter_db": 0.0,
    "masks": 1,
    "mix_alpha": 10.0,
    "mix_of": "waveform",
    "label_smoothing": 0.0,
    "place": False,
    "average_from": 1.0,
    "evaluate_every": 1,
}
"""AST's optimiser and what its loader does. Source: YuanGongND/ast, src/traintest.py and src/dataloader.py."""


def ast_esc50(**changed: Any) -> Recipe:
    """Return AST's recipe for ESC-50, which fits any set of short clips with one label each.

    Source: YuanGongND/ast, egs/esc50/run_esc.sh; masks are 0 before normalising by −6.63 and 5.36.
    """
    network = {"seconds": 5.0, "frames": 512, "mean": -6.6268077, "deviation": 5.358466}
    curve = {"decay": 0.85, "decay_from": 5, "mix": 0.0, "mask_bands": 24, "mask_frames": 96, "mask_with": 0.618}
    return {
        "epochs": 25,
        "batch_size": 48,
        "learning_rate": 1e-5,
        "settings": {**AST_ADAM, **curve, "network": network, **changed},
        "about": "AST's own script for ESC-50.",
    }


def ast_commands(**changed: Any) -> Recipe:
    """Return AST's recipe for Speech Commands. Source: YuanGongND/ast, egs/speechcommands/run_sc.sh."""
    network = {"seconds": 1.0, "frames": 128, "mean": -6.845978, "deviation": 5.5654526, "single_label": False}
    curve = {"decay": 0.85, "decay_from": 5, "mix": 0.6, "mask_bands": 48, "mask_frames": 48, "mask_with": 0.615}
    return {
        "epochs": 30,
        "batch_size": 128,
        "learning_rate": 2.5e-4,
        "settings": {**AST_ADAM, **curve, "noise": 1.0, "network": network, **changed},
        "about": "AST's own script for Speech Commands: windows of 1 s.",
    }
