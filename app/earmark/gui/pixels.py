"""What is known of a recording's spectrogram, and the pictures made of it, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtGui import QImage

from earmark.frequency_scale import FrequencyScale
from earmark.gui.bounded import Bounded
from earmark.gui.colour_maps import colour_table
from earmark.loudness import Counts, range_below_loudest
from earmark.spectrogram import TILE_COLUMNS, Bytes, Grid, bytes_at, to_decibels

TILE_BYTES = 24_000_000
JOINED_BYTES = 12_000_000
PICTURE_BYTES = 28_000_000
COUNTED_BYTES = 1 << 18  # for the range of the colours: enough for its percentiles, and counted in a millisecond


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a spectrogram is drawn, whatever recording it is of.

    Attributes:
        decibels: the function that tells the range from how often each byte occurs, or a range that a person chose.
    """

    scale: str = "linear"
    colours: str = "viridis"
    decibels: Callable[[Counts], tuple[float, float]] | tuple[float, float] = range_below_loudest

    def range_of(self, counts: Counts) -> tuple[float, float]:
        """Return the decibels of the first and the last colour."""
        return self.decibels(counts) if callable(self.decibels) else self.decibels


@dataclass(frozen=True)
class Heights:
    """The part of the frequency axis in view, from 0 (bottom) to 1, and the pixels that it takes."""

    low: float
    high: float
    pixels: int


class Pixels:
    """Columns that have been computed, as pictures of tiles.

    The level of the whole recording comes as a sample of places, then exactly; finer tiles come on demand; coarser ones
    are made of it.
    """

    def __init__(self, grid: Grid, style: Style | None = None) -> None:
        self.grid, self.style = grid, style or Style()
        self.scale = FrequencyScale(self.style.scale, grid.nyquist)
        self._known = np.zeros(grid.columns(grid.whole_level), bool)  # columns of the whole level that are exact
        self._levels = [np.zeros((len(self._known), grid.rows), np.uint8)]  # the whole level, and coarser ones
        while len(self._levels[-1]) > TILE_COLUMNS:
            self._levels.append(np.zeros((-(-len(self._levels[-1]) // 2), grid.rows), np.uint8))
        self._reach = 0  # columns of the whole level that can be drawn
        self._tiles, self._joined = Bounded(TILE_BYTES), Bounded(JOINED_BYTES)
        self._pictures = Bounded(PICTURE_BYTES)
        self._coloured: tuple[str, float, float] | None = None
        self._recolour()

    @property
    def known_columns(self) -> int:
        """Return how many columns of the whole level are exact."""
        return int(self._known.sum())

    @property
    def is_complete(self) -> bool:
        """Tell whether the whole level is exact."""
        return bool(self._known.all())

    @property
    def decibel_range(self) -> tuple[float, float]:
        """Return the decibels of the first and the last colour."""
        return self._range

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw yet."""
        return self._reach == 0 and not self._tiles.all_keys()

    def histogram(self) -> Counts:
        """Return how often each byte occurs [256] in columns all over the recording, as far as it is known.

        The loudest is among them, wherever it is: the coarsest level has it.
        """
        columns = self._levels[0][: self._reach]
        counts = counts_of(columns[:: -(-columns.size // COUNTED_BYTES) or 1])
        counts[self._levels[-1].max()] += 1
        return counts

    def add_sampled(self, columns: Bytes) -> None:
        """Draw these columns, evenly over the recording, where nothing exact is known."""
        places = np.arange(len(self._known)) * len(columns) // len(self._known)
        if self._known.any():
            self._levels[0][~self._known] = columns[places[~self._known]]
        else:
            np.take(columns, places, axis=0, out=self._levels[0], mode="clip")  # three times as fast
        self._note(0, len(self._known))

    def add_whole(self, first: int, columns: Bytes) -> None:
        """Note columns of the whole level that have been computed."""
        last = first + len(columns)
        self._levels[0][first:last] = columns
        self._known[first:last] = True
        self._note(first, last)

    def add_tile(self, level: int, index: int, columns: Bytes) -> None:
        """Note a tile of a finer level, or more of one that grows."""
        if self._tiles.get((level, index)) is not None:
            self._forget_tile(level, index)
        self._tiles.keep((level, index), columns, columns.nbytes)

    def has_tile(self, level: int, index: int) -> bool:
        """Tell whether a tile can be drawn."""
        return level >= self.grid.whole_level or self._tiles.get((level, index)) is not None

    def show(self, style: Style) -> None:
        """Draw in another style from now on."""
        if style.scale != self.style.scale:
            self.scale = FrequencyScale(style.scale, self.grid.nyquist)
            self._joined.clear()
            self._pictures.clear()
        self.style = style
        self._recolour()

    def picture(self, level: int, index: int, heights: Heights) -> QImage | None:
        """Return the tile as an RGB32 picture, highest frequency on top; None where it is not known."""
        key = (level, index, heights)
        picture: QImage | None = self._pictures.get(key)
        if picture is None:
            joined = self._joined_at(key)
            if joined is None:
                return None
            picture = self._painted(joined)
            self._pictures.keep(key, picture, picture.sizeInBytes())
        return picture

    def picture_of(self, columns: Bytes, heights: Heights) -> QImage:
        """Return columns as a picture that is not kept: those at the edge of live sound."""
        return self._painted(self._join(columns, heights))

    def decibels_at(self, seconds: float, hertz: float) -> float | None:
        """Return the finest that is known of a point, or None where nothing is."""
        row = round(hertz / self.grid.nyquist * (self.grid.rows - 1))
        if not (0 <= seconds < self.grid.duration and 0 <= row < self.grid.rows):
            return None
        for level in range(self.grid.whole_level + 1):
            column = int(seconds / self.grid.column_seconds(level))
            columns = self._columns(level, column // TILE_COLUMNS)
            if columns is not None and column % TILE_COLUMNS < len(columns):
                return to_decibels(int(columns[column % TILE_COLUMNS, row]))
        return None

    def columns_between(self, start: float, end: float, *, most: int) -> tuple[int, Bytes]:
        """Return a level, and what is known of the stretch there: columns [up to `most`, rows]."""
        kept = len(self._levels) - 1
        above = next((each for each in range(kept) if (end - start) / self._column_seconds(each) <= most), kept)
        first = int(start / self._column_seconds(above))
        last = max(math.ceil(end / self._column_seconds(above)), first + 1)
        known = self._levels[above][first : min(last, -(-self._reach >> above))]
        return self.grid.whole_level + above, known

    def _column_seconds(self, above: int) -> float:
        return self.grid.column_seconds(self.grid.whole_level + above)

    def _columns(self, level: int, index: int) -> Bytes | None:
        """Return the columns of a tile, only as far as they are known; None where none is."""
        above = level - self.grid.whole_level
        if above < 0:
            return self._tiles.get((level, index))
        while above >= len(self._levels):
            self._levels.append(_halved(self._levels[-1]))
        reach = -(-self._reach >> above)
        columns = self._levels[above][index * TILE_COLUMNS : min((index + 1) * TILE_COLUMNS, reach)]
        return columns if len(columns) else None

    def _joined_at(self, key: tuple[int, int, Heights]) -> Bytes | None:
        """Return the bytes of a picture [pixels, columns], highest frequency on top."""
        joined: Bytes | None = self._joined.get(key)
        if joined is None:
            level, index, heights = key
            columns = self._columns(level, index)
            if columns is None:
                return None
            joined = self._join(columns, heights)
            self._joined.keep(key, joined, joined.nbytes)
        return joined

    def _join(self, columns: Bytes, heights: Heights) -> Bytes:
        rows = self.scale.rows(heights.pixels, self.grid.rows, low=heights.low, high=heights.high)
        return np.ascontiguousarray(bytes_at(columns, rows).T[::-1])

    def _painted(self, joined: Bytes) -> QImage:
        colours = np.take(self._colours, joined)
        height, width = colours.shape
        return QImage(colours.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()

    def _note(self, first: int, last: int) -> None:
        """Bring all that is made of the columns first … last of the whole level up to date."""
        self._reach = max(self._reach, last)
        self._forget_pictures(first, last)
        for finer, coarser in pairwise(self._levels):
            first, last = first // 2, -(-last // 2)
            coarser[first:last] = _halved(finer[2 * first : 2 * last])
        self._recolour()

    def _forget_tile(self, level: int, index: int) -> None:
        for kept in (self._joined, self._pictures):
            for key in kept.all_keys():
                if key[:2] == (level, index):
                    kept.drop(key)

    def _forget_pictures(self, first: int, last: int) -> None:
        for kept in (self._joined, self._pictures):
            for key in kept.all_keys():
                level, index, _ = key
                span = TILE_COLUMNS << max(level - self.grid.whole_level, 0)
                if level >= self.grid.whole_level and first < (index + 1) * span and last > index * span:
                    kept.drop(key)

    def _recolour(self) -> None:
        """Colour anew, where range or colours have changed."""
        self._range = self.style.range_of(self.histogram())
        wanted = (self.style.colours, *self._range)
        if wanted != self._coloured:
            self._coloured, self._colours = wanted, colour_table(*wanted)
            self._pictures.clear()


def counts_of(columns: Bytes) -> Counts:
    """Return how often each byte occurs [256]."""
    return np.bincount(columns.ravel(), minlength=256)


def _halved(columns: Bytes) -> Bytes:
    """Return every two columns joined by their maximum; the last may be one."""
    first, second = columns[::2], columns[1::2]
    joined = first.copy()
    np.maximum(first[: len(second)], second, out=joined[: len(second)])
    return joined
