"""How ASCA is trained: as its paper says (no code was published), and with little data."""

from __future__ import annotations

from earmark_torch.recipes import Recipe, few_clips, from_scratch, masks

NETWORK = {
    "sample_rate": 32000,
    "seconds": 5.0,
    "bands": 64,
    "image": [64, 256],
    "fit": "smooth",
    "blocks": "CCCT",
    "depths": [1, 1, 2, 1],
    "widths": [32, 56, 96, 160],
    "stem": [24, 24],
    "head_width": 32,
    "drop_path": 0.05,
}

_PAPER: Recipe = {
    "epochs": 30,
    "batch_size": 12,
    "learning_rate": 5e-5,
    "settings": {
        "warmup": 0,
        "sampling": "weighted",
        "mix": 0.5,
        "mix_of": "waveform",
        "filter_db": 0.0,
        "masks": 2,
        "mask_bands": 24,
        "mask_frames": 96,
        "noise": 0.25,
        "place": False,
        "average_from": 1.0,
        "evaluate_every": 1,
        "network": {"single_label": False},
    },
    "about": "ASCA's paper: AdamW, cosine, balanced sampling, noise; where it is silent, as AST's code.",
}

_SMALL = masks(bands=8, frames=30, front_end="fbank")
_SCRATCH = from_scratch(NETWORK, _SMALL)

RECIPE = {
    "paper": _PAPER,
    "few clips": few_clips(masks(bands=16, frames=60, front_end="fbank"), rate=1e-4, rates={"head.": 10.0}),
    "from scratch": _SCRATCH,
}

SMALL = {"few clips": few_clips(_SMALL, rate=5e-4, rates={"head.": 2.0}), "from scratch": _SCRATCH}
"""Of the bundled model: what was published is for networks a hundred times as large."""
