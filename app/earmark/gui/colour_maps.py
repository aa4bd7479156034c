"""The spectrogram's colour maps: [256, 3] colours, quiet to loud."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from earmark.spectrogram import DB_PER_STEP, FLOOR_DB

NAMES = ("viridis", "magma", "inferno", "cividis", "gray", "inverted gray")
INVERTED = "inverted "


@cache
def colours_of(name: str) -> NDArray[np.uint8]:
    """Return the colours [256, 3] of a map."""
    if name.startswith(INVERTED):
        return colours_of(name.removeprefix(INVERTED))[::-1]
    if name == "gray":
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    colours: Any = pg.colormap.get(name)
    return colours.getLookupTable(nPts=256)[:, :3]


def colour_table(name: str, low: float, high: float) -> NDArray[np.uint32]:
    """Return 0xffRRGGBB [256] for each byte: `low` decibels and less in the first colour, `high` in the last."""
    decibels = FLOOR_DB + DB_PER_STEP * np.arange(256)
    place = np.clip((decibels - low) / max(high - low, DB_PER_STEP) * 255, 0, 255).astype(np.intp)
    red, green, blue = colours_of(name)[place].astype(np.uint32).T
    return (0xFF << 24) | (red << 16) | (green << 8) | blue
