"""The spectrogram's bytes and the pictures made of them, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from earmark.frequency_scale import FrequencyScale
from earmark.spectrogram import DB_PER_STEP, FLOOR_DB, TILE_COLUMNS, Bytes, Grid, bytes_at, pooled, to_decibels

RANGE_DB = 80.0  # shown below the loudest
TILE_BYTES = 48_000_000
PICTURE_BYTES = 64_000_000


class Bounded:
    """The most recently used arrays or pictures, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple, tuple[object, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple) -> Any:
        """Return what is kept, or None."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def keep(self, key: tuple, value: object, size: int) -> None:
        """Keep a value, and let go of the oldest."""
        self.drop(key)
        self._kept[key] = (value, size)
        self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1][1]

    def all_keys(self) -> list[tuple]:
        """Return the keys of what is kept."""
        return list(self._kept)

    def drop(self, key: tuple) -> None:
        """Let go of a value."""
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._bytes = 0


class Pixels:
    """What is known of one recording's spectrogram, as pictures of tiles.

    The level of the whole recording grows from left to right; finer tiles come on demand; coarser ones are made of it.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.scale = FrequencyScale("linear", grid.nyquist)
        self._whole = np.zeros((grid.columns(grid.whole_level), grid.rows), np.uint8)
        self.known_columns = 0  # of the whole level
        self._loudest = 0
        self._tiles, self._pictures = Bounded(TILE_BYTES), Bounded(PICTURE_BYTES)
        self._colours = colour_table(*self.decibel_range)

    @property
    def decibel_range(self) -> tuple[float, float]:
        """Return the decibels of the darkest and the brightest colour."""
        highest = to_decibels(self._loudest) if self._loudest else 0.0
        return highest - RANGE_DB, highest

    def add_whole(self, first: int, columns: Bytes) -> None:
        """Note columns of the whole level that have been computed."""
        self._whole[first : first + len(columns)] = columns
        self._forget_pictures(first, first + len(columns))
        self.known_columns = first + len(columns)
        if columns.max(initial=0) > self._loudest:
            self._loudest = int(columns.max())
            self._recolour()

    def add_tile(self, level: int, index: int, columns: Bytes) -> None:
        """Note a tile of a finer level."""
        self._tiles.keep((level, index), columns, columns.nbytes)

    def show_scale(self, name: str) -> None:
        """Draw on another frequency scale from now on."""
        self.scale = FrequencyScale(name, self.grid.nyquist)
        self._pictures.clear()

    def picture(self, level: int, index: int, rows: int) -> QImage | None:
        """Return the tile as an RGB32 picture [rows, columns], highest frequency on top; None where it is not known."""
        key = (level, index, rows)
        picture: QImage | None = self._pictures.get(key)
        if picture is None:
            columns = self._columns(level, index)
            if columns is None:
                return None
            picture = self._painted(columns, rows)
            self._pictures.keep(key, picture, picture.sizeInBytes())
        return picture

    def decibels_at(self, seconds: float, hertz: float) -> float | None:
        """Return what is drawn at a point, or None where nothing is known yet."""
        column = int(seconds / self.grid.column_seconds(self.grid.whole_level))
        row = round(hertz / self.grid.nyquist * (self.grid.rows - 1))
        if not (0 <= column < self.known_columns and 0 <= row < self.grid.rows):
            return None
        return to_decibels(int(self._whole[column, row]))

    def _columns(self, level: int, index: int) -> Bytes | None:
        if level < self.grid.whole_level:
            return self._tiles.get((level, index))
        factor = 1 << (level - self.grid.whole_level)
        first = index * TILE_COLUMNS * factor
        known = self._whole[first : min(first + TILE_COLUMNS * factor, self.known_columns)]
        return pooled(known, factor) if len(known) else None

    def _painted(self, columns: Bytes, rows: int) -> QImage:
        joined = bytes_at(columns, self.scale.rows(rows, self.grid.rows))  # [columns, rows]
        colours = np.ascontiguousarray(self._colours[joined].T[::-1])  # [rows, columns]
        height, width = colours.shape
        return QImage(colours.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()

    def _forget_pictures(self, first: int, last: int) -> None:
        """Let go of the pictures that the columns first..last of the whole level are in."""
        for key in self._pictures.all_keys():
            level, index, _ = key
            span = TILE_COLUMNS << max(level - self.grid.whole_level, 0)
            if level >= self.grid.whole_level and first < (index + 1) * span and last > index * span:
                self._pictures.drop(key)

    def _recolour(self) -> None:
        self._colours = colour_table(*self.decibel_range)
        self._pictures.clear()


def colour_table(low: float, high: float) -> NDArray[np.uint32]:
    """Return 0xffRRGGBB [256] of viridis for each byte, `low` and below in its darkest colour."""
    decibels = FLOOR_DB + DB_PER_STEP * np.arange(256)
    place = np.clip((decibels - low) / (high - low) * 255, 0, 255).astype(np.intp)
    red, green, blue = viridis()[place].astype(np.uint32).T
    return (0xFF << 24) | (red << 16) | (green << 8) | blue


def viridis() -> NDArray[np.uint8]:
    """Return the colour map [256, 3], dark to bright."""
    colours: Any = pg.colormap.get("viridis")
    return colours.getLookupTable(nPts=256)[:, :3]
