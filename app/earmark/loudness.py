"""Which decibels the spectrogram's colours span. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from earmark.spectrogram import to_decibels

RANGE_DB = 80.0  # shown below the loudest
NARROWEST_DB = 30.0  # of an automatic range
PARTS = 0.10, 0.995  # of what sounds, from the quietest on: the background, and all but single peaks

Counts = NDArray[np.int64]


def range_below_loudest(counts: Counts) -> tuple[float, float]:
    """Return the decibels of the quietest and the loudest colour: 80 below the loudest.

    Args:
        counts: [256], how often each byte of the spectrogram occurs.
    """
    sounding = np.flatnonzero(counts[1:])
    highest = to_decibels(int(sounding[-1]) + 1) if len(sounding) else 0.0
    return highest - RANGE_DB, highest


def automatic_range(counts: Counts) -> tuple[float, float]:
    """Return a range from the background to the 99.5th percentile of what is not digital silence."""
    sounding = counts[1:].cumsum()
    if not sounding[-1]:
        return range_below_loudest(counts)
    background, top = (to_decibels(int(np.searchsorted(sounding, part * sounding[-1])) + 1) for part in PARTS)
    return min(max(background, top - RANGE_DB), top - NARROWEST_DB), top
