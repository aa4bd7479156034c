"""The tiles of one recording's spectrogram: kept ones from the disk, others computed; bounded memory. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from earmark.api import Float
from earmark.audio_file import Recording
from earmark.spectrogram import TILE_COLUMNS, Bytes, Grid, columns_of, frame_powers, to_bytes, window_of
from earmark.tile_cache import KeptTiles
from earmark.waveform import PeakFinder, bin_count

BLOCK_SAMPLES = 1 << 19  # decoded at once
SAMPLED_COLUMNS = 1024  # a power of two
FEWEST_SAMPLED = 32
SAMPLED_SECONDS = 0.3  # that looking at parts may take
SAMPLED_FROM = 1 << 24  # samples still to be computed: fewer are there as soon


@dataclass(frozen=True)
class Columns:
    """Columns [columns, rows] of the whole level, from `first` on."""

    first: int
    columns: Bytes


@dataclass(frozen=True)
class Peaks:
    """The waveform's peaks [bins, 2], from bin `first` on."""

    first: int
    peaks: Float


class Tiles:
    """Reads and computes the spectrogram of one recording."""

    def __init__(self, recording: Recording, grid: Grid, kept: KeptTiles) -> None:
        self.grid = grid
        self._recording, self._kept = recording, kept
        self._next: tuple[int, int] | None = None  # level and index of the tile that `_reading` is about to give
        self._reading: Iterator[Bytes] = iter(())

    def tile(self, level: int, index: int) -> Bytes:
        """Return the tile [up to 256 columns, rows] of one level, decoding only its stretch.

        Raises:
            AudioFileError: the recording has gone.
        """
        kept = self._kept.tile(level, index)
        if kept is not None:
            return kept
        if self._next != (level, index):  # else it goes on where it is: seeking takes a second in an MP3 of an hour
            self._reading = self._tiles_from(level, index)
        self._next = None  # unless there is a tile
        tile = next(self._reading)
        self._next = level, index + 1
        self._kept.keep_tile(level, index, tile)
        return tile

    def rest(self) -> None:
        """Keep no file open until something is asked again."""
        self._next, self._reading = None, iter(())

    def _tiles_from(self, level: int, index: int) -> Iterator[Bytes]:
        """Yield a tile and those behind it."""
        parts: list[Bytes] = []
        columns = range(index * TILE_COLUMNS, self.grid.columns(level))
        blocks = self._blocks(self.grid.first_sample(level, columns.start))
        for first, part in columns_of(blocks, self.grid, level, columns):
            parts.append(part)
            if (first + len(part)) % TILE_COLUMNS == 0 or first + len(part) == columns.stop:
                yield np.concatenate(parts)
                parts = []

    def sampled(
        self, *, seconds: float = SAMPLED_SECONDS, cancelled: Callable[[], bool] = lambda: False
    ) -> Bytes | None:
        """Return how the recording looks in about a thousand places [columns, rows].

        None where all is soon there, and where seeking is so slow that a few places would have to stand for all.

        Args:
            seconds: it may take; places not reached by then look like the nearest that was.
            cancelled: is asked at each place; once it says so, the time is over.
        """
        level = self.grid.whole_level
        unknown = sum(not self._kept.has_tile(level, index) for index in range(self.grid.tiles(level)))
        if unknown * TILE_COLUMNS * self.grid.hop(level) < SAMPLED_FROM:
            return None
        seen = self._glances(seconds, cancelled)
        if len(seen) < FEWEST_SAMPLED:
            return None
        places = np.array(sorted(seen))
        nearest = np.abs(np.arange(SAMPLED_COLUMNS)[:, None] - places).argmin(1)
        return np.stack([seen[place] for place in places[nearest]])

    def whole(self) -> Iterator[Columns | Peaks]:
        """Yield the whole level and the peaks: what is kept, then the rest, in order, as it is computed.

        Raises:
            AudioFileError: the recording has gone.
        """
        known: set[int] = set()
        level, peaks = self.grid.whole_level, self._kept.peaks(bin_count(self.grid.samples))
        for index in range(self.grid.tiles(level)):
            columns = self._kept.tile(level, index)
            if columns is not None:
                known.add(index)
                yield Columns(index * TILE_COLUMNS, columns)
        yield from self._with_peaks(known) if peaks is None else self._without_peaks(known, peaks)

    def _without_peaks(self, known: Container[int], peaks: Float) -> Iterator[Columns | Peaks]:
        """Decode only what the tiles that are not known need."""
        yield Peaks(0, peaks)
        level = self.grid.whole_level
        for tiles in _gaps(known, self.grid.tiles(level)):
            first = self.grid.first_sample(level, tiles.start * TILE_COLUMNS)
            yield from self._computed(tiles, self._blocks(first))

    def _with_peaks(self, known: Container[int]) -> Iterator[Columns | Peaks]:
        """Decode all of it, for the peaks, and compute the tiles that are not known."""
        finder, found = PeakFinder(self.grid.samples), []
        blocks = finder.watch(self._blocks(0))
        for columns in self._computed(range(self.grid.tiles(self.grid.whole_level)), blocks, known):
            yield columns
            if grown := finder.take():
                found.append(grown[1])
                yield Peaks(*grown)
        self._kept.keep_peaks(np.concatenate(found))

    def _computed(self, tiles: range, blocks: Iterable[Float], known: Container[int] = ()) -> Iterator[Columns]:
        """Yield stretches of tiles of the whole level, none for those known, and keep each tile once it is complete."""
        level, parts = self.grid.whole_level, []
        columns = range(tiles.start * TILE_COLUMNS, self.grid.tile_columns(level, tiles.stop - 1).stop)
        for first, stretch in columns_of(blocks, self.grid, level, columns, without=known):
            yield Columns(first, stretch)
            parts += [stretch] if len(stretch) else []
            index = first // TILE_COLUMNS
            if sum(map(len, parts)) == len(self.grid.tile_columns(level, index)):
                self._kept.keep_tile(level, index, np.concatenate(parts))
                parts = []

    def _blocks(self, first: int) -> Iterator[Float]:
        """Yield samples from number `first` on, or from the start."""
        rate = self.grid.sample_rate
        start = max(first, 0) / rate
        return self._recording.blocks(seconds=BLOCK_SAMPLES / rate, start=start, channel=self.grid.channel)

    def _glances(self, seconds: float, cancelled: Callable[[], bool]) -> dict[int, Bytes]:
        """Return columns [rows] by their place, spread evenly however few there are."""
        first, *others = _halving(SAMPLED_COLUMNS)
        seen = {first: self._glance(first)}
        until = time.monotonic() + seconds  # from here: what the first glance needed had to be loaded
        for place in others:
            if time.monotonic() > until or cancelled():
                break
            seen[place] = self._glance(place)
        return seen

    def _glance(self, place: int) -> Bytes:
        """Return one column [rows] of some windows in one of the places."""
        rate, size = self.grid.sample_rate, 2 * self.grid.fft_size
        part = (place + 0.5) / SAMPLED_COLUMNS
        start = int(part * max(self.grid.samples - size, 0)) / rate
        heard = self._recording.read(start=start, end=start + size / rate, channel=self.grid.channel)
        samples = np.zeros(size, np.float32)
        samples[: len(heard)] = heard[:size]
        window = window_of(self.grid.settings.window, self.grid.fft_size)
        return to_bytes(frame_powers(samples, window, hop=self.grid.fft_size // 2).max(0))


def _halving(count: int) -> list[int]:
    """Return 0 … count − 1, a power of two, in such an order that any beginning is spread over all of it."""
    order = [0]
    while len(order) < count:
        step = count // (2 * len(order))
        order += [place + step for place in order]
    return order


def _gaps(known: Container[int], count: int) -> Iterator[range]:
    """Yield the runs of numbers below `count` that are not known."""
    first = 0
    while first < count:
        last = first
        while last < count and last not in known:
            last += 1
        if last > first:
            yield range(first, last)
        first = last + 1
