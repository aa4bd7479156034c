"""Computes a recording's spectrogram on a thread of its own: what is looked at first, then the rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QThread, Signal

from earmark import audio_file, spectrogram
from earmark.api import AudioFileError, EarmarkError
from earmark.spectrogram import Bytes, Grid

GROW_SECONDS = 0.1  # between two growths shown, and until a tile that is wanted is begun
Tile = tuple[int, int]  # level, index
log = logging.getLogger(__name__)


class SpectrogramLoader(QThread):
    """Opens one recording and computes its spectrogram; in bounded memory, and never on the window's thread."""

    opened = Signal(object)  # AudioInfo
    whole_grown = Signal(int, object)  # first column, columns [columns, rows]
    whole_ended = Signal()
    tile_ready = Signal(int, int, object)  # level, index, columns
    failed = Signal(object)  # EarmarkError

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._wanted: list[Tile] = []
        self._changed = threading.Condition()
        self._stopping = False

    def want(self, tiles: list[Tile]) -> None:
        """Compute these tiles next, and forget those that were wanted before."""
        with self._changed:
            self._wanted = list(tiles)
            self._changed.notify()

    def stop(self) -> None:
        """End the thread, soon."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Work until stopped."""
        try:
            info = audio_file.probe(self.path)
            grid = Grid(info.sample_rate, info.duration)
            self.opened.emit(info)
            self._work(grid, spectrogram.whole(self.path, grid))
        except EarmarkError as error:
            self.failed.emit(error)
        except Exception as error:  # the edge of a thread: a decoder's own faults
            log.exception("reading %s", self.path)
            self.failed.emit(AudioFileError(f"{self.path.name} could not be read on: {error}."))

    def _work(self, grid: Grid, whole: Iterator[tuple[int, Bytes]]) -> None:
        going_on = True
        while not self._stopping:
            if tile := self._next_wanted():
                self.tile_ready.emit(*tile, self._computed(grid, tile))
            elif going_on:
                going_on = self._go_on(whole)
            else:
                self._wait()

    def _go_on(self, whole: Iterator[tuple[int, Bytes]]) -> bool:
        """Compute the next stretch of the whole recording; return whether there may be more."""
        pieces: list[tuple[int, Bytes]] = []
        going_on, until = True, time.monotonic() + GROW_SECONDS
        try:
            while going_on and time.monotonic() < until and not self._stopping:
                piece = next(whole, None)
                going_on = piece is not None
                pieces += [piece] if piece else []
        except AudioFileError as error:  # what was read until here is shown
            self.failed.emit(error)
            going_on = False
        if pieces:
            self.whole_grown.emit(pieces[0][0], np.concatenate([columns for _, columns in pieces]))
        if not going_on:
            self.whole_ended.emit()
        return going_on

    def _computed(self, grid: Grid, tile: Tile) -> Bytes:
        try:
            return spectrogram.tile(self.path, grid, *tile)
        except AudioFileError:  # said by the pass over the whole recording; an empty tile is not asked for again
            return np.zeros((spectrogram.TILE_COLUMNS, grid.rows), np.uint8)

    def _next_wanted(self) -> Tile | None:
        with self._changed:
            return self._wanted.pop(0) if self._wanted else None

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._wanted)
