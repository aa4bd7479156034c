"""The spectrogram where it is growing: columns as soon as their samples are there, none twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from earmark.api import Float
from earmark.live.disk_ring import DiskRing
from earmark.live.ring_buffer import RingBuffer, mixed
from earmark.spectrogram import FRAMES_AT_ONCE, TILE_COLUMNS, Bytes, Grid, joined_frames

Read = Callable[[int, int], Float]  # samples first … last, mono


class History:
    """The samples of a live recording, as far back as anything remembers them.

    Args:
        disk: what reaches further back than the ring; None where there is nothing.
    """

    def __init__(self, ring: RingBuffer, disk: DiskRing | None = None) -> None:
        self._ring, self._disk = ring, disk

    @property
    def written(self) -> int:
        """Return the number of the next sample."""
        return self._ring.written

    @property
    def oldest(self) -> int:
        """Return the number of the oldest sample that is remembered."""
        return min(self._ring.oldest, self._disk.oldest) if self._disk else self._ring.oldest

    def read(self, first: int, last: int) -> Float:
        """Return the samples [last - first], mono; silence before the start and where they are forgotten."""
        samples = np.zeros(last - first, np.float32)
        begin = max(first, 0)
        if self._disk and begin < self._ring.oldest:
            heard = self._disk.read(begin, last)
            begin = last - len(heard)
        else:
            stretch = self._ring.read(begin, last)
            heard, begin = stretch.samples, stretch.first
        samples[begin - first : begin - first + len(heard)] = mixed(heard)
        return samples


class Edge:
    """The newest columns of one level.

    Args:
        first: the first column to be given; None is that of the tile in which now is.
    """

    def __init__(self, grid: Grid, level: int, history: History, *, first: int | None = None) -> None:
        self.grid, self.level = grid, level
        self._history = history
        self._around = grid.fft_size - grid.transform_hop(level)
        now = self._complete(history.written)
        self.column = now // TILE_COLUMNS * TILE_COLUMNS if first is None else first

    def grow(self) -> Iterator[tuple[int, Bytes]]:
        """Yield (first column, columns) that have become complete; never more than the rest of a tile at once."""
        last = self._complete(self._history.written)
        while self.column < last:
            stop = min(last, (self.column // TILE_COLUMNS + 1) * TILE_COLUMNS)
            yield self.column, stretch(self.grid, self.level, range(self.column, stop), self._history)
            self.column = stop

    def _complete(self, written: int) -> int:
        """Return how many columns lie wholly in the samples written."""
        return max(0, (written - self._around + self._around // 2) // self.grid.hop(self.level))


def stretch(grid: Grid, level: int, columns: range, history: History) -> Bytes:
    """Return columns [columns, rows] of what is remembered."""
    at_once = max(FRAMES_AT_ONCE * grid.transform_hop(level) // grid.hop(level), 1)
    pieces = [columns[begin : begin + at_once] for begin in range(0, len(columns), at_once)]
    return np.concatenate([joined_frames(_samples_of(grid, level, piece, history), grid, level) for piece in pieces])


def _samples_of(grid: Grid, level: int, columns: range, history: History) -> Float:
    around = grid.fft_size - grid.transform_hop(level)
    first = grid.first_sample(level, columns.start)
    return history.read(first, first + len(columns) * grid.hop(level) + around)
