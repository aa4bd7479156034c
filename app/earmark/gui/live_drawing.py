"""The spectrogram of live sound: its edge is drawn at each tick, what is scrolled back to on a thread."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from earmark.gui.live_belt import Picture
from earmark.gui.pixels import Pixels
from earmark.gui.spectrogram_view import SpectrogramView
from earmark.live.edge import Edge, History, stretch
from earmark.spectrogram import TILE_COLUMNS, Bytes, Grid, SpectrogramSettings

HORIZON = 24 * 3600.0  # seconds; what is longer begins anew
Tile = tuple[int, int]  # level, index
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Columns:
    """Some columns [columns, rows] of a level, and the number of the first."""

    level: int
    first: int
    columns: Bytes


class PastTiles(QThread):
    """Computes tiles of what has been heard, those asked for last first."""

    ready = Signal(int, int, object)  # level, index, columns

    def __init__(self, grid: Grid, history: History) -> None:
        super().__init__()
        self._grid, self._history = grid, history
        self._wanted: list[Tile] = []
        self._changed = threading.Condition()
        self._stopping = False

    def want(self, tiles: list[Tile]) -> None:
        """Compute these next, and forget those that were wanted before."""
        with self._changed:
            self._wanted = tiles
            self._changed.notify()

    def stop(self) -> None:
        """End the thread, soon."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Work until stopped."""
        while tile := self._next():
            try:
                self.ready.emit(*tile, stretch(self._grid, tile[0], self._grid.tile_columns(*tile), self._history))
            except Exception:  # the edge of a thread: a piece on disk may go while it is read
                log.exception("drawing live sound again")

    def _next(self) -> Tile | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._wanted)
            return None if self._stopping else self._wanted.pop(0)


class LiveDrawing(QObject):
    """Draws from `begin` to `leave`: `grow` tells what has come, `settle` draws it."""

    def __init__(self, view: SpectrogramView) -> None:
        super().__init__()
        self._view = view
        self._history: History | None = None
        self._past: PastTiles | None = None
        self._tile = np.zeros((0, 0), np.uint8)  # the newest of the level in view, as far as it was drawn
        self._fresh: list[Columns] = []
        view.item.lacked.connect(self._want)

    def begin(self, history: History, sample_rate: int, settings: SpectrogramSettings) -> None:
        """Draw live sound from now on."""
        self.leave()
        grid = Grid(sample_rate, HORIZON, settings)
        self._history, self._pixels = history, Pixels(grid, self._view.item.style)
        self._whole = Edge(grid, grid.whole_level, history, first=0)
        self._edge: Edge | None = None
        self._fresh = []
        self._past = PastTiles(grid, history)
        self._past.ready.connect(self._add_past)
        self._past.start()
        self._view.show_pixels(self._pixels)

    def leave(self) -> None:
        """Draw nothing any more, and end the thread."""
        past, self._past, self._history = self._past, None, None
        if past:
            past.stop()
            past.wait()
            self._view.show_pixels(None)

    def grow(self) -> list[Columns]:
        """Return the columns of the level in view that have come since the last call; `settle` has them drawn."""
        if self._history is None:
            return []
        for first, columns in self._whole.grow():
            self._view.item.add_whole(first, columns)
        level = self._view.item.level_in_view
        if level >= self._pixels.grid.whole_level:
            return []
        if self._edge is None or self._edge.level != level:
            self._edge = Edge(self._pixels.grid, level, self._history)
            self._fresh, self._tile = [], np.zeros((0, self._pixels.grid.rows), np.uint8)
        fresh = [Columns(level, first, columns) for first, columns in self._edge.grow()]
        self._fresh += fresh
        return fresh

    def settle(self) -> None:
        """Draw the columns that have come since the last call in the plot itself."""
        fresh, self._fresh = self._fresh, []
        for index, tile in groupby(fresh, lambda columns: columns.first // TILE_COLUMNS):
            parts = list(tile)
            begun = [] if parts[0].first % TILE_COLUMNS == 0 else [self._tile]
            self._tile = np.concatenate([*begun, *(each.columns for each in parts)])
            self._view.item.add_tile(parts[0].level, index, self._tile)

    def picture(self, columns: Columns) -> Picture | None:
        """Return columns as they lie in the plot, None where it was painted in another detail."""
        place, grid = self._view.item.place, self._pixels.grid
        if place is None or place.level != columns.level:
            return None
        seconds = grid.column_seconds(columns.level)
        return Picture(
            image=self._pixels.picture_of(columns.columns, place.heights),
            onset=columns.first * seconds,
            offset=(columns.first + len(columns.columns)) * seconds,
            heights=(round(place.device.top()), round(place.device.bottom())),
        )

    def _want(self, tiles: list) -> None:
        """Have tiles computed that are wholly in the past and not forgotten."""
        if self._past and self._history:
            self._past.want([tile for tile in tiles if self._is_past(self._history, *tile)])

    def _is_past(self, history: History, level: int, index: int) -> bool:
        columns = self._pixels.grid.tile_columns(level, index)
        behind = self._pixels.grid.first_sample(level, columns.stop + 1) + self._pixels.grid.fft_size
        first = max(self._pixels.grid.first_sample(level, columns.start), 0)  # the first window begins before the sound
        return behind <= history.written and first >= history.oldest

    def _add_past(self, level: int, index: int, columns: Bytes) -> None:
        if self.sender() is self._past:
            self._view.item.add_tile(level, index, columns)
