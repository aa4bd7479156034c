"""How HTS-AT is trained: as published, as its paper says, and with little data."""

from __future__ import annotations

from earmark_torch.recipes import Recipe, few_clips, from_scratch, masks

NETWORK = {
    "stem": "convolution",
    "segments": 1,
    "hop": 640,
    "frames": 256,
    "column": 4,
    "relative": True,
    "width": 64,
    "depths": [2, 2],
    "heads": [4, 8],
    "drop_path": 0.05,
    "merge": "frequency",
    "pooling": "linear_softmax",
}
"""0.66 million parameters; 5.12 s in 64 steps of 0.08 s."""

_HTSAT = {
    "schedule": "table",
    "warmup": 0,
    "weight_decay": 0.05,
    "decay_all": True,
    "clip_norm": 1.0,
    "sampling": "queue",
    "mix": 0.0,
    "mix_of": "spectrogram",
    "mix_labels": False,
    "filter_db": 0.0,
    "masks": 2,
    "mask_bands": 8,
    "mask_frames": 64,
    "place": False,
    "average_from": 1.0,
    "evaluate_every": 1,
    "short": "repeat",
}
_PUBLISHED = {"0": 0.02, "1": 0.05, "2": 0.1, "11": 0.05, "21": 0.02, "31": 0.03}
_PAPER = {"0": 0.05, "1": 0.1, "2": 0.2}


def _htsat(factors: dict[str, float], about: str) -> Recipe:
    """Return HTS-AT's recipe for ESC-50 with a table of factors of its rate, by epoch."""
    settings = {**_HTSAT, "factors": factors}
    return {"epochs": 100, "batch_size": 64, "learning_rate": 1e-3, "settings": settings, "about": about}


_SCRATCH = from_scratch(NETWORK, masks(bands=8, frames=16))

PUBLISHED = {
    "published": _htsat(_PUBLISHED, "HTS-AT's own code for ESC-50 (esc_config.py, sed_model.py)."),
    "paper": _htsat(_PAPER, "HTS-AT's paper: its rate rises to twice what the code's does, and stays."),
    "few clips": few_clips(masks(bands=8, frames=32), rate=5e-5, rates={"head.": 10.0}, short="repeat"),
    "from scratch": _SCRATCH,
}
SMALL = {
    "few clips": few_clips(masks(bands=8, frames=16), rate=5e-4, rates={"head.": 2.0}),
    "from scratch": _SCRATCH,
}
"""Of the bundled model: what was published is for networks fifty times as large."""
