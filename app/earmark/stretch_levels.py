"""How loud a stretch of a spectrogram is. No Qt."""

from __future__ import annotations

import numpy as np

from earmark.spectrogram import DB_PER_STEP, FLOOR_DB, Bytes

POWERS = 10 ** ((FLOOR_DB + DB_PER_STEP * np.arange(256)) / 10)  # of each byte


def levels(columns: Bytes, nyquist: float, low: float | None, high: float | None) -> tuple[float, float] | None:
    """Return the mean (of the power) and the highest decibels between two frequencies; None where nothing is known.

    Where the columns are those of a long recording, moments are already joined by their maximum, and the mean is that
    of the loudest.

    Args:
        columns: [columns, rows], 0 Hz to `nyquist`.
        low, high: hertz; None is the end.
    """
    highest_row = columns.shape[1] - 1
    first = 0 if low is None else round(low / nyquist * highest_row)
    last = highest_row if high is None else round(high / nyquist * highest_row)
    found = columns[:, first : last + 1]
    if not found.size:
        return None
    counts = np.bincount(found.ravel(), minlength=256)
    loudest = FLOOR_DB + DB_PER_STEP * int(np.flatnonzero(counts)[-1])
    return float(10 * np.log10(counts @ POWERS / found.size)), loudest
