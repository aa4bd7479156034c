"""How much of labelled stretches of time others cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Stretch = tuple[str, float, float]  # label, onset, offset; seconds


def covered(stretches: Sequence[Stretch], by: Iterable[Stretch]) -> NDArray[np.float64]:
    """Return for each stretch the seconds of it that those of its own label cover together."""
    by = list(by)
    if not by or not stretches:
        return np.zeros(len(stretches))
    labels, onsets, offsets = zip(*by, strict=True)
    span = max(max(offsets), max(offset for _, _, offset in stretches)) + 1.0
    places = {label: place * span for place, label in enumerate(dict.fromkeys(labels))}
    first = np.array([places[label] for label in labels])  # labels one after another on one axis
    knots, sums = _sums(first + onsets, first + offsets)
    found = np.array([places.get(label, -span) for label, _, _ in stretches])
    begin, end = (found + [each[side] for each in stretches] for side in (1, 2))
    return np.interp(end, knots, sums) - np.interp(begin, knots, sums)


def _sums(onsets: NDArray[np.float64], offsets: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """Return times and how many seconds are covered until then; between two times it grows evenly."""
    order = np.argsort(onsets, kind="stable")
    begin, end = onsets[order], np.maximum.accumulate(offsets[order])
    is_first = np.concatenate([[True], begin[1:] > end[:-1]])
    first = np.flatnonzero(is_first)
    begin, end = begin[first], end[np.append(first[1:], len(end)) - 1]
    total = np.cumsum(end - begin)
    return np.stack([begin, end], 1).ravel(), np.stack([total - (end - begin), total], 1).ravel()
