"""How AST is trained: as published, and with little data."""

from __future__ import annotations

from earmark_torch.recipes import AST_ADAM, Recipe, ast_commands, ast_esc50, few_clips, from_scratch, masks

NETWORK = {
    "sample_rate": 32000,
    "stem": "convolution",
    "seconds": 5.0,
    "bands": 64,
    "frames": 512,
    "width": 96,
    "depth": 3,
    "heads": 4,
    "drop_path": 0.05,
}

_AUDIOSET: Recipe = {
    "epochs": 25,
    "batch_size": 12,
    "learning_rate": 5e-5,
    "settings": {
        **AST_ADAM,
        "warmup": 1000,
        "warmup_every": 50,
        "decay": 0.5,
        "decay_from": 10,
        "decay_every": 5,
        "sampling": "weighted",
        "mix": 0.5,
        "mask_bands": 48,
        "mask_frames": 192,
        "mask_with": 0.467,
        "average_from": 0.2,
        "average_each": "epoch",
        "network": {"single_label": False},
    },
    "about": "AST's own script for balanced AudioSet: windows of 10 s, clips with several labels.",
}

_LITTLE = masks(bands=16, frames=60, front_end="fbank")

_SMALL = masks(bands=8, frames=30, front_end="fbank")
_SCRATCH = from_scratch(NETWORK, _SMALL)

RECIPE = {
    "published": ast_esc50(),
    "published for AudioSet": _AUDIOSET,
    "published for Speech Commands": ast_commands(),
    "few clips": few_clips(_LITTLE, rate=2e-5, rates={"head.": 20.0}, network={"seconds": 5.0, "frames": 512}),
    "from scratch": _SCRATCH,
}

SMALL = {"few clips": few_clips(_SMALL, rate=5e-4, rates={"head.": 2.0}), "from scratch": _SCRATCH}
"""Of the bundled model: what was published is for networks a hundred times as large."""
