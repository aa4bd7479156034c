"""One stable colour a label, from its name."""

from __future__ import annotations

import zlib
from functools import cache

from PySide6.QtGui import QColor, QIcon, QPixmap

from earmark.label_names import label_text as label_text  # the views find both here

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
SWATCH = 12  # pixels
MIDDLE = 118  # of 255: from that luma on black has the better contrast
SALT = 720  # the first with which the twelve labels of the bundled model get twelve colours


def label_colour(label: str) -> QColor:
    """Return the label's colour: the same in every recording, model and session."""
    return QColor(COLOURS[zlib.crc32(f"{SALT} {label_text(label)}".encode()) % len(COLOURS)])


def on_colour(label: str) -> QColor:
    """Return black or white, whichever stands out on the label's colour."""
    colour = label_colour(label)
    luma = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return QColor("#000000" if luma > MIDDLE else "#ffffff")


@cache
def label_icon(label: str) -> QIcon:
    """Return a swatch of the label's colour, the same where its row is selected."""
    swatch = QPixmap(SWATCH, SWATCH)
    swatch.fill(label_colour(label))
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Disabled):
        icon.addPixmap(swatch, mode)
    return icon
