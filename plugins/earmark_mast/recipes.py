"""How MAST is trained: as its paper says (no code was published), and with little data."""

from __future__ import annotations

from earmark_torch.recipes import Recipe, few_clips, from_scratch, masks

NETWORK = {
    "sample_rate": 32000,
    "bands": 64,
    "frames": 512,
    "width": 32,
    "depths": [1, 2, 2],
    "heads": 1,
    "pooling": ["none", "both", "both"],
    "key_stride": 8,
    "drop_path": 0.05,
}

_PAPER: Recipe = {
    "epochs": 50,
    "batch_size": 12,
    "learning_rate": 1e-5,
    "settings": {
        "warmup": 0,
        "weight_decay": 0.05,
        "clip_norm": 1.0,
        "sampling": "weighted",
        "mix": 0.5,
        "mix_alpha": 10.0,
        "mix_of": "waveform",
        "filter_db": 0.0,
        "masks": 1,
        "mask_bands": 48,
        "mask_frames": 192,
        "place": False,
        "average_from": 1.0,
        "evaluate_every": 1,
        "network": {"single_label": False, "drop_path": 0.3},
    },
    "about": "MAST's paper: AdamW, cosine, MViTv2's decay and stochastic depth; where it is silent, as AST's code.",
}

_LITTLE = masks(bands=16, frames=60, front_end="fbank")

_SMALL = masks(bands=8, frames=30, front_end="fbank")
_SCRATCH = from_scratch(NETWORK, _SMALL)

RECIPE = {
    "paper": _PAPER,
    "few clips": few_clips(_LITTLE, rate=5e-5, rates={"head.": 10.0}, network={"frames": 512}),
    "from scratch": _SCRATCH,
}

SMALL = {"few clips": few_clips(_SMALL, rate=5e-4, rates={"head.": 2.0}), "from scratch": _SCRATCH}
"""Of the bundled model: what was published is for networks a hundred times as large."""
