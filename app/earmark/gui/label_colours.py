"""The label's colour, as Qt draws it."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QColor, QIcon, QPixmap

from earmark.label_colours import COLOURS as COLOURS
from earmark.label_colours import colour_of
from earmark.label_names import label_text as label_text  # the views find both here

SWATCH = 12  # pixels
MIDDLE = 118  # of 255: from that luma on black has the better contrast


def label_colour(label: str) -> QColor:
    """Return the label's colour: the same in every recording, model and session."""
    return QColor(colour_of(label))


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
