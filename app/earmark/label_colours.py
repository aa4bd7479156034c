"""One stable colour a label, from its name."""

from __future__ import annotations

import zlib

from earmark.label_names import label_text

# Twelve colours found by search: each has a contrast of 3 : 1 or more on white and on the dark plot, and any two stay
# apart for people who see no red or no green (tests/app/gui/test_label_colours.py measures both).
COLOURS = (
    "#ee6761",
    "#4f6bee",
    "#397247",
    "#016c96",
    "#a27cfc",
    "#1b99c7",
    "#a6770b",
    "#39a272",
    "#e95ab4",
    "#bc267f",
    "#853dc2",
    "#b53715",
)
SALT = 720  # the first with which the twelve labels of the bundled model get twelve colours


def colour_of(label: str) -> str:
    """Return the label's colour, `#rrggbb`: the same in every recording, model, picture and session."""
    return COLOURS[zlib.crc32(f"{SALT} {label_text(label)}".encode()) % len(COLOURS)]
