"""Computes a recording's spectrogram on a thread of its own: what is looked at first, then the rest."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QThread, Signal

from earmark import audio_file
from earmark.api import AudioFileError, EarmarkError
from earmark.audio_file import AudioInfo
from earmark.spectrogram import TILE_COLUMNS, Bytes, Grid, SpectrogramSettings
from earmark.tile_cache import TileCache
from earmark.tiles import Columns, Peaks, Tiles

GROW_SECONDS = 0.1  # between two growths shown, and until a tile that is wanted is begun
GROW_BYTES = 4_000_000  # in one growth, so that little waits for the window
JUST_SENT = 4  # tiles that may be asked for again before the window has them
Tile = tuple[int, int]  # level, index
log = logging.getLogger(__name__)


class SpectrogramLoader(QThread):
    """Opens one recording and computes its spectrogram; in bounded memory, and never on the window's thread.

    Args:
        channel: "mix", or a channel's number from 1; a recording without that channel is drawn mixed.
    """

    opened = Signal(object, object)  # AudioInfo, Grid
    sampled = Signal(object)  # columns [columns, rows] of some places, evenly over the recording
    whole_grown = Signal(int, object)  # first column, columns [columns, rows]
    whole_ended = Signal()
    peaks_grown = Signal(int, object)  # first bin, peaks [bins, 2] of the waveform
    tile_ready = Signal(int, int, object)  # level, index, columns
    failed = Signal(object)  # EarmarkError

    def __init__(
        self,
        path: Path,
        cache: TileCache,
        *,
        settings: SpectrogramSettings | None = None,
        channel: str | int = "mix",
    ) -> None:
        super().__init__()
        self.path = path
        self._cache, self._settings, self._channel = cache, settings or SpectrogramSettings(), channel
        self._wanted: list[Tile] = []
        self._sent: deque[Tile] = deque(maxlen=JUST_SENT)
        self._changed = threading.Condition()
        self._stopping = False

    def want(self, tiles: list[Tile]) -> None:
        """Compute these tiles next, the first first, and forget those that were wanted before."""
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
            recording = audio_file.open_recording(self.path)
            grid = self._grid(recording.info)
            self.opened.emit(recording.info, grid)
            self._work(Tiles(recording, grid, self._cache.of(self.path, grid)))
        except EarmarkError as error:
            self.failed.emit(error)
        except Exception as error:  # the edge of a thread: a decoder's own faults
            log.exception("reading %s", self.path)
            self.failed.emit(AudioFileError(f"{audio_file.shown(self.path)} could not be read on: {error}."))

    def _grid(self, info: AudioInfo) -> Grid:
        has_channel = self._channel == "mix" or int(self._channel) <= info.channels
        return Grid(info.sample_rate, info.duration, self._settings, self._channel if has_channel else "mix")

    def _work(self, tiles: Tiles) -> None:
        looks = tiles.sampled(cancelled=lambda: self._stopping)
        if looks is not None:
            self.sampled.emit(looks)
        whole = tiles.whole()
        going_on = True
        while not self._stopping:
            if tile := self._next_wanted():
                self.tile_ready.emit(*tile, self._computed(tiles, tile))
            elif going_on:
                going_on = self._go_on(whole)
            else:
                tiles.rest()
                self._wait()

    def _go_on(self, whole: Iterator[Columns | Peaks]) -> bool:
        """Compute the next stretch of the whole recording; return whether there may be more."""
        grown: list[Columns | Peaks] = []
        going_on = False
        try:
            going_on = self._grow(whole, grown)
        except AudioFileError as error:  # what was read until here is shown
            self.failed.emit(error)
        self._show(grown)
        if not going_on:
            self.whole_ended.emit()
        return going_on

    def _grow(self, whole: Iterator[Columns | Peaks], grown: list[Columns | Peaks]) -> bool:
        """Add what comes to `grown`, for a while; return whether there may be more."""
        grown_bytes, until = 0, time.monotonic() + GROW_SECONDS
        for part in whole:
            grown.append(part)
            grown_bytes += part.columns.nbytes if isinstance(part, Columns) else part.peaks.nbytes
            if grown_bytes > GROW_BYTES or time.monotonic() > until or self._stopping:
                return True
        return False

    def _show(self, grown: list[Columns | Peaks]) -> None:
        for run in _joined([part for part in grown if isinstance(part, Columns)]):
            self.whole_grown.emit(run[0].first, np.concatenate([part.columns for part in run]))
        for part in grown:
            if isinstance(part, Peaks):
                self.peaks_grown.emit(part.first, part.peaks)

    def _computed(self, tiles: Tiles, tile: Tile) -> Bytes:
        try:
            return tiles.tile(*tile)
        except AudioFileError:  # said by the pass over the whole recording; an empty tile is not asked for again
            return np.zeros((TILE_COLUMNS, tiles.grid.rows), np.uint8)

    def _next_wanted(self) -> Tile | None:
        with self._changed:
            while self._wanted:
                tile = self._wanted.pop(0)
                if tile not in self._sent:
                    self._sent.append(tile)
                    return tile
        return None

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._wanted)


def _joined(parts: list[Columns]) -> list[list[Columns]]:
    """Return the parts in runs without gaps."""
    runs: list[list[Columns]] = []
    for part in parts:
        if not len(part.columns):
            continue
        if runs and runs[-1][-1].first + len(runs[-1][-1].columns) == part.first:
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs
