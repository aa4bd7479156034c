"""How loud a stretch of a spectrogram is. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earmark.spectrogram import DB_PER_STEP, FLOOR_DB, Bytes

POWERS = 10 ** ((FLOOR_DB + DB_PER_STEP * np.arange(256)) / 10)  # of each byte


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Decibels relative to full scale, None where they are not known.

    Attributes:
        mean: of the power of all points.
        peak: of the loudest point.
    """

    mean: float | None = None
    peak: float | None = None


def levels(columns: Bytes, nyquist: float, low: float | None = None, high: float | None = None) -> Levels:
    """Return the levels between two frequencies.

    Args:
        columns: [columns, rows], 0 Hz to `nyquist`.
        low, high: hertz; None is the end.
    """
    highest_row = columns.shape[1] - 1
    first = 0 if low is None else round(low / nyquist * highest_row)
    last = highest_row if high is None else round(high / nyquist * highest_row)
    found = columns[:, first : last + 1]
    if not found.size:
        return Levels()
    counts = np.bincount(found.ravel(), minlength=256)
    loudest = FLOOR_DB + DB_PER_STEP * int(np.flatnonzero(counts)[-1])
    return Levels(mean=float(10 * np.log10(counts @ POWERS / found.size)), peak=loudest)
