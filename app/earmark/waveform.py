"""The waveform of a whole recording: the lowest and highest sample of each stretch. No Qt.

The stretches (bins) are powers of two of samples, so that a recording has 32 768 of them or, where it is short, less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.api import Float

MOST_BINS = 1 << 16
SHORTEST_BIN = 16  # samples


def bin_samples(samples: int) -> int:
    """Return the samples in a bin of a recording of `samples`."""
    size = SHORTEST_BIN
    while samples > size * MOST_BINS:
        size *= 2
    return size


def bin_count(samples: int) -> int:
    """Return how many bins a recording of `samples` has; the last may be short."""
    return -(-samples // bin_samples(samples))


class PeakFinder:
    """Finds the peaks of `samples` samples that pass by."""

    def __init__(self, samples: int) -> None:
        self._size, self._left = bin_samples(samples), samples
        self._waiting: Float = np.zeros(0, np.float32)
        self._found: list[Float] = []
        self._first = 0

    def watch(self, blocks: Iterable[Float]) -> Iterator[Float]:
        """Yield the blocks as they are, and note their peaks; silence stands for what a damaged recording lacks."""
        for block in blocks:
            self._note(block)
            yield block
        if self._left > 0:
            self._note(np.zeros(self._left, np.float32))

    def take(self) -> tuple[int, Float] | None:
        """Return (first bin, peaks [bins, 2]) found since the last time, or None where there are none."""
        if not self._found:
            return None
        first, peaks = self._first, np.concatenate(self._found)
        self._first, self._found = first + len(peaks), []
        return first, peaks

    def _note(self, block: Float) -> None:
        self._left -= len(block)
        samples = np.concatenate([self._waiting, block])
        full = len(samples) // self._size * self._size
        self._waiting = samples[full:]
        if full:
            self._found.append(peaks_of(samples[:full], self._size))
        if self._left <= 0 and len(self._waiting):  # the last bin is short
            self._found.append(peaks_of(self._waiting, len(self._waiting)))
            self._waiting = samples[:0]


def peaks_of(samples: Float, size: int) -> Float:
    """Return the lowest and highest sample [bins, 2] of each `size` samples."""
    bins = samples.reshape(-1, size)
    return np.stack([bins.min(1), bins.max(1)], axis=1)


def joined_peaks(peaks: Float, count: int) -> Float:
    """Return peaks [count, 2] for `count` stretches of equal length, such as pixels.

    Where there are fewer peaks than stretches, a peak stands in several of them.
    """
    if not len(peaks):
        return np.zeros((count, 2), np.float32)
    starts = np.arange(count) * len(peaks) // count
    lowest = np.minimum.reduceat(peaks[:, 0], starts)
    return np.stack([lowest, np.maximum.reduceat(peaks[:, 1], starts)], axis=1)
