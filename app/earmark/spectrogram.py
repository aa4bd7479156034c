"""The spectrogram that is shown: decibels as bytes, in levels of detail. No Qt, no models.

A column of level 0 spans an eighth of an FFT window; every level above joins two columns into one by their maximum, so
that a short click is seen at any zoom. Where a column lies depends on the sample rate alone: the same stretch gives the
same bytes whatever the path of scrolling to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from earmark import audio_file
from earmark.api import Float

Bytes = NDArray[np.uint8]

FLOOR_DB = -120.0  # below the quantisation noise of 16 bits in one bin
DB_PER_STEP = 0.5  # one byte step: finer than a colour of the map
TILE_COLUMNS = 256
WHOLE_BYTES = 24_000_000  # of the level that is kept for the whole recording
BLOCK_SECONDS = 20.0  # decoded at once in the pass over the whole recording
FRAMES_AT_ONCE = 256  # transformed at once: 256 × 1024 × 4 bytes stay in the cache


@dataclass(frozen=True)
class Grid:
    """Where the columns and rows of a recording's spectrogram lie."""

    sample_rate: int
    duration: float

    @property
    def fft_size(self) -> int:
        """Return a power of two of 21 to 43 ms: 1024 at 44.1 kHz."""
        return max(64, 2 ** round(math.log2(self.sample_rate * 0.026)))

    @property
    def rows(self) -> int:
        """Return the number of frequency bins, 0 Hz to Nyquist."""
        return self.fft_size // 2 + 1

    @property
    def nyquist(self) -> float:
        """Return half the sample rate."""
        return self.sample_rate / 2

    def hop(self, level: int) -> int:
        """Return the samples that a column of `level` spans."""
        return (self.fft_size // 8) << level

    def column_seconds(self, level: int) -> float:
        """Return the seconds that a column of `level` spans."""
        return self.hop(level) / self.sample_rate

    def columns(self, level: int) -> int:
        """Return the number of columns of the whole recording."""
        return max(1, math.ceil(round(self.duration * self.sample_rate) / self.hop(level)))

    @property
    def whole_level(self) -> int:
        """Return the finest level of which the whole recording is kept in memory."""
        level = 2
        while self.columns(level) * self.rows > WHOLE_BYTES:
            level += 1
        return level

    def level_for(self, pixels_per_second: float) -> int:
        """Return the finest level whose columns are at least one pixel wide."""
        return max(0, math.ceil(math.log2(1 / (pixels_per_second * self.column_seconds(0)))))

    def transform_hop(self, level: int) -> int:
        """Return the samples between the FFTs that a level is made of: half a window, less where it is zoomed in."""
        return min(self.hop(level), self.fft_size // 2)


@cache
def hann(size: int) -> Float:
    """Return a Hann window scaled so that a full-scale sine has power 1 (0 dB) in its bin."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    return (window / (window.sum() / 2)).astype(np.float32)


def frame_powers(samples: Float, *, size: int, hop: int) -> Float:
    """Return the power [frames, size // 2 + 1] of the frames that lie wholly in `samples`."""
    from scipy.fft import rfft  # not at the top: it takes a quarter of a second, and the window is to be seen before

    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    spectrum: Any = rfft(frames * hann(size), axis=1, workers=1)
    return spectrum.real**2 + spectrum.imag**2


def to_bytes(powers: Float) -> Bytes:
    """Return decibels relative to full scale, 0 at `FLOOR_DB`, a step each `DB_PER_STEP`."""
    decibels = 10 * np.log10(np.maximum(powers, 1e-12))
    return np.clip((decibels - FLOOR_DB) / DB_PER_STEP + 0.5, 0, 255).astype(np.uint8)


def to_decibels(step: float) -> float:
    """Return the decibels of a byte."""
    return FLOOR_DB + DB_PER_STEP * step


def columns_of(samples: Float, grid: Grid, level: int) -> Bytes:
    """Return the columns [columns, rows] that `samples` gives.

    Args:
        samples: starts `margin(grid, level)` before the first column and ends as far behind the last.
    """
    hop, pooled = grid.transform_hop(level), grid.hop(level) // grid.transform_hop(level)
    stretch = max(FRAMES_AT_ONCE // pooled, 1)
    count = (len(samples) - 2 * margin(grid, level)) // grid.hop(level)
    out = np.empty((count, grid.rows), np.uint8)
    for first in range(0, count, stretch):
        last = min(first + stretch, count)
        start = first * grid.hop(level)
        frames = (last - first) * pooled
        piece = samples[start : start + (frames - 1) * hop + grid.fft_size]
        powers = frame_powers(piece, size=grid.fft_size, hop=hop)  # [frames, rows]
        out[first:last] = to_bytes(powers.reshape(-1, pooled, grid.rows).max(1))
    return out


def margin(grid: Grid, level: int) -> int:
    """Return the samples by which the first FFT reaches in front of the first column: it stands in its hop's middle."""
    return (grid.fft_size - grid.transform_hop(level)) // 2


def tile(path: Path, grid: Grid, level: int, index: int) -> Bytes:
    """Return the tile [up to 256 columns, rows] of one level, decoding only its stretch.

    Raises:
        AudioFileError: the stretch cannot be read.
    """
    hop, edge = grid.hop(level), margin(grid, level)
    first = index * TILE_COLUMNS
    count = min(TILE_COLUMNS, grid.columns(level) - first)
    start, stop = first * hop - edge, (first + count) * hop + edge
    rate = grid.sample_rate
    samples = audio_file.read(path, start=max(start, 0) / rate, end=min(stop / rate, grid.duration))
    before = max(-start, 0)
    padded = np.zeros(stop - start, np.float32)
    heard = samples[: stop - start - before]
    padded[before : before + len(heard)] = heard
    return columns_of(padded, grid, level)


def whole(path: Path, grid: Grid) -> Iterator[tuple[int, Bytes]]:
    """Yield (first column, columns) of the whole recording at `grid.whole_level`, in order, in bounded memory.

    Raises:
        AudioFileError: the recording cannot be read on.
    """
    level = grid.whole_level
    hop, edge = grid.hop(level), margin(grid, level)
    waiting, done = np.zeros(edge, np.float32), 0
    for block in audio_file.blocks(path, seconds=BLOCK_SECONDS):
        waiting = np.concatenate([waiting, block])
        ready = (len(waiting) - 2 * edge) // hop
        if ready > 0:
            yield done, columns_of(waiting[: ready * hop + 2 * edge], grid, level)
            waiting, done = waiting[ready * hop :], done + ready
    rest = grid.columns(level) - done
    if rest > 0 and len(waiting) > edge:
        samples = np.zeros(rest * hop + 2 * edge, np.float32)
        samples[: len(waiting)] = waiting[: len(samples)]
        yield done, columns_of(samples, grid, level)


def pooled(columns: Bytes, factor: int) -> Bytes:
    """Return every `factor` columns joined by their maximum; the last may join fewer."""
    if factor == 1:
        return columns
    return np.maximum.reduceat(columns, np.arange(0, len(columns), factor), axis=0)


def bytes_at(columns: Bytes, rows: NDArray[np.intp]) -> Bytes:
    """Return columns [columns, pixels] with the frequency rows joined into the pixels of a scale."""
    return np.maximum.reduceat(columns, rows, axis=1)
