"""The spectrogram that is shown: decibels as bytes, in levels of detail. No Qt, no models.

A column of level 0 spans the hop between two FFT windows; every level above joins two columns into one by their
maximum, so that a short click is seen at any zoom. Where a column lies depends on the sample rate and the settings
alone, and its bytes on the samples under it: the same stretch looks the same whatever the path of scrolling to it.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

Bytes = NDArray[np.uint8]

FLOOR_DB = -120.0  # below the quantisation noise of 16 bits in one bin
DB_PER_STEP = 0.5  # one byte step: finer than a colour of the map
TILE_COLUMNS = 256
WHOLE_BYTES = 16_000_000  # of the level that is kept for the whole recording
FRAMES_AT_ONCE = 256  # transformed at once: 256 × 1024 × 4 bytes stay in the processor's cache
FFT_SIZES = tuple(2**power for power in range(7, 15))  # 128 to 16384
OVERLAPS = (0.0, 0.5, 0.75, 0.875, 0.9375)
AUTO_SECONDS = 0.026  # of a window nobody chose: 1024 samples at 44.1 kHz
SMALLEST, LARGEST = 64, FFT_SIZES[-1]  # samples, of a window nobody chose

# Sums of cosines: F. J. Harris, "On the use of windows for harmonic analysis", Proc. IEEE 66(1), 1978; the flat top is
# that of ISO 18431-2.
WINDOWS: dict[str, tuple[float, ...]] = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "blackman-harris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flat-top": (1.0, 1.933, 1.286, 0.388, 0.0322),
    "rectangular": (1.0,),
}


@dataclass(frozen=True, kw_only=True)
class SpectrogramSettings:
    """How a spectrogram is computed.

    Attributes:
        fft_size: samples, one of `FFT_SIZES`; None is about 26 ms, whatever the sample rate.
        window: one of `WINDOWS`.
        overlap: the part of a window that the next one shares at the highest zoom, one of `OVERLAPS`.
    """

    fft_size: int | None = None
    window: str = "hann"
    overlap: float = 0.875

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        if self.fft_size is not None and self.fft_size not in FFT_SIZES:
            raise ValueError(f"an FFT has one of {FFT_SIZES} samples, not {self.fft_size}")
        if self.window not in WINDOWS:
            raise ValueError(f"a window is one of {', '.join(WINDOWS)}, not {self.window}")
        if self.overlap not in OVERLAPS:
            raise ValueError(f"an overlap is one of {OVERLAPS}, not {self.overlap}")


@dataclass(frozen=True)
class Grid:
    """Where the columns and rows of a recording's spectrogram lie, and what they are made of.

    Attributes:
        channel: "mix", or a channel's number, counted from 1.
    """

    sample_rate: int
    duration: float
    settings: SpectrogramSettings = field(default_factory=SpectrogramSettings)
    channel: str | int = "mix"

    @cached_property
    def fft_size(self) -> int:
        """Return the samples of a window."""
        if self.settings.fft_size:
            return self.settings.fft_size
        return min(max(SMALLEST, 2 ** round(math.log2(self.sample_rate * AUTO_SECONDS))), LARGEST)

    @cached_property
    def rows(self) -> int:
        """Return the number of frequency bins, 0 Hz to Nyquist."""
        return self.fft_size // 2 + 1

    @property
    def nyquist(self) -> float:
        """Return half the sample rate."""
        return self.sample_rate / 2

    @property
    def samples(self) -> int:
        """Return the samples of the whole recording."""
        return round(self.duration * self.sample_rate)

    def hop(self, level: int) -> int:
        """Return the samples that a column of `level` spans."""
        return round(self.fft_size * (1 - self.settings.overlap)) << level

    def column_seconds(self, level: int) -> float:
        """Return the seconds that a column of `level` spans."""
        return self.hop(level) / self.sample_rate

    def columns(self, level: int) -> int:
        """Return the number of columns of the whole recording."""
        return max(1, math.ceil(self.samples / self.hop(level)))

    def tiles(self, level: int) -> int:
        """Return the number of tiles of the whole recording."""
        return math.ceil(self.columns(level) / TILE_COLUMNS)

    def tile_columns(self, level: int, index: int) -> range:
        """Return the columns of a tile."""
        return range(index * TILE_COLUMNS, min((index + 1) * TILE_COLUMNS, self.columns(level)))

    @cached_property
    def whole_level(self) -> int:
        """Return the finest level of which the whole recording is kept in memory."""
        level = 0
        while self.hop(level) < self.fft_size // 2 or self.columns(level) * self.rows > WHOLE_BYTES:
            level += 1
        return level

    def level_for(self, pixels_per_second: float) -> int:
        """Return the finest level whose columns are at least one pixel wide."""
        return max(0, math.ceil(math.log2(1 / (pixels_per_second * self.column_seconds(0)))))

    def transform_hop(self, level: int) -> int:
        """Return the samples between the FFTs that a level is made of: half a window, less where it is zoomed in."""
        return min(self.hop(level), max(self.hop(0), self.fft_size // 2))

    def first_sample(self, level: int, column: int) -> int:
        """Return the first sample that a column is made of: its FFTs stand in the middles of their hops."""
        return column * self.hop(level) - (self.fft_size - self.transform_hop(level)) // 2


@cache
def window_of(name: str, size: int) -> Float:
    """Return a window [size], scaled so that a full-scale sine has power 1 (0 dB) in the middle of its bin."""
    turn = 2 * np.pi * np.arange(size) / size
    window = sum((-1) ** order * part * np.cos(order * turn) for order, part in enumerate(WINDOWS[name]))
    return (window / (np.sum(window) / 2)).astype(np.float32)


def frame_powers(samples: Float, window: Float, *, hop: int) -> Float:
    """Return the power [frames, len(window) // 2 + 1] of the frames that lie wholly in `samples`."""
    from scipy.fft import rfft  # not at the top: it takes a quarter of a second, and the window is to be seen before

    frames = np.lib.stride_tricks.sliding_window_view(samples, len(window))[::hop]
    spectrum: Any = rfft(frames * window, axis=1, workers=1)
    return spectrum.real**2 + spectrum.imag**2


def to_bytes(powers: Float) -> Bytes:
    """Return decibels relative to full scale, 0 at `FLOOR_DB`, a step each `DB_PER_STEP`."""
    decibels = 10 * np.log10(np.maximum(powers, 1e-12))
    return np.clip((decibels - FLOOR_DB) / DB_PER_STEP + 0.5, 0, 255).astype(np.uint8)


def to_decibels(step: float) -> float:
    """Return the decibels of a byte."""
    return FLOOR_DB + DB_PER_STEP * step


def joined_frames(samples: Float, grid: Grid, level: int) -> Bytes:
    """Return the columns [columns, rows] that lie wholly in `samples`, which start at the first one's first sample."""
    hop = grid.transform_hop(level)
    powers = frame_powers(samples, window_of(grid.settings.window, grid.fft_size), hop=hop)  # [frames, rows]
    return to_bytes(powers.reshape(-1, grid.hop(level) // hop, grid.rows).max(1))


def columns_of(
    blocks: Iterable[Float], grid: Grid, level: int, columns: range, *, without: Container[int] = ()
) -> Iterator[tuple[int, Bytes]]:
    """Yield (first column, columns [columns, rows]) in stretches that begin where a tile does, or within one.

    Stretches are cut in the same places whoever asks, so that the arithmetic, and with it every bit, is the same.

    Args:
        blocks: samples from `grid.first_sample(level, columns.start)` on, or from 0; silence follows them.
        without: numbers of tiles that are not wanted: of their stretches come the places, and no columns.
    """
    frames, hop = grid.hop(level) // grid.transform_hop(level), grid.hop(level)
    edges = grid.fft_size - grid.transform_hop(level)
    stretch = min(max(FRAMES_AT_ONCE // frames, 1), TILE_COLUMNS)
    waiting, at = np.zeros(max(-grid.first_sample(level, columns.start), 0), np.float32), columns.start
    for block in chain(blocks, repeat(np.zeros(stretch * hop + edges, np.float32))):
        waiting, used = np.concatenate([waiting, block]), 0
        while at < columns.stop:
            count = min(stretch, columns.stop - at)
            end = used + count * hop + edges
            if end > len(waiting):
                break
            wanted = at // TILE_COLUMNS not in without
            yield at, joined_frames(waiting[used:end], grid, level) if wanted else np.empty((0, grid.rows), np.uint8)
            used, at = used + count * hop, at + count
        if at >= columns.stop:
            return
        waiting = waiting[used:]


def bytes_at(columns: Bytes, rows: NDArray[np.intp]) -> Bytes:
    """Return columns [columns, pixels] with the frequency bins joined into the pixels of `FrequencyScale.rows`."""
    return np.maximum.reduceat(columns[:, : rows[-1]], rows[:-1], axis=1)
