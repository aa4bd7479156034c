"""How HAM is trained: as its paper says (no code was published), and with little data."""

from __future__ import annotations

from earmark_torch.recipes import ast_commands, ast_esc50, few_clips, from_scratch, masks

NETWORK = {
    "sample_rate": 32000,
    "stem": "convolution",
    "seconds": 5.0,
    "bands": 64,
    "frames": 512,
    "width": 96,
    "depth": 2,
    "heads": 4,
    "conformers": 1,
    "conformer_width": 160,
    "kernel": 15,
    "start": "plain",
    "drop_path": 0.05,
}

NEW_PARTS = {"conformers.": 10.0, "channel_attention.": 10.0, "head.": 10.0}
"""Drawn anew, while the rest was trained: at AST's rate they would hardly move in the paper's epochs."""

_SMALL = masks(bands=8, frames=30, front_end="fbank")
_SCRATCH = from_scratch(NETWORK, _SMALL)

RECIPE = {
    "paper, new parts faster": ast_esc50(rates=NEW_PARTS),
    "paper": ast_esc50(),
    "paper for Speech Commands": ast_commands(),
    "few clips": few_clips(
        masks(bands=16, frames=60, front_end="fbank"),
        rate=2e-5,
        rates=NEW_PARTS,
        network={"seconds": 5.0, "frames": 512},
    ),
    "from scratch": _SCRATCH,
}

SMALL = {"few clips": few_clips(_SMALL, rate=5e-4, rates={"head.": 2.0}), "from scratch": _SCRATCH}
"""Of the bundled model: what was published is for networks a hundred times as large."""
