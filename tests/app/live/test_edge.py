"""The growing spectrogram is that of the finished recording, column by column."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from earmark import audio_file
from earmark.live.disk_ring import DiskRing
from earmark.live.edge import Edge, History, stretch
from earmark.live.ring_buffer import RingBuffer
from earmark.spectrogram import Grid
from earmark.tile_cache import TileCache
from earmark.tiles import Tiles

RATE, SECONDS = 8000, 20
NOISE = np.random.default_rng(3).uniform(-0.5, 0.5, (SECONDS * RATE, 1)).astype(np.float32)


@pytest.fixture
def tiles(tmp_path) -> Tiles:
    """The same sound as a finished file."""
    soundfile.write(tmp_path / "noise.wav", NOISE, RATE, subtype="FLOAT")
    recording = audio_file.open_recording(tmp_path / "noise.wav")
    grid = Grid(RATE, float(SECONDS))
    return Tiles(recording, grid, TileCache(tmp_path / "tiles").of(tmp_path / "noise.wav", grid))


def grown(grid: Grid, level: int) -> np.ndarray:
    ring = RingBuffer(5 * RATE)
    edge, found = Edge(grid, level, History(ring)), []
    for begin in range(0, len(NOISE), 133):
        ring.write(NOISE[begin : begin + 133])
        found += [columns for _, columns in edge.grow()]
    return np.concatenate(found)


@pytest.mark.parametrize("level", [0, 2, 3, 5])
def test_the_growing_edge_is_the_finished_recording_but_for_what_is_still_to_come(tiles, level):
    live = grown(tiles.grid, level)
    parts = [tiles.tile(level, index) for index in range(tiles.grid.tiles(level))]
    finished = np.concatenate(parts)[: len(live)]
    assert len(finished) > 0
    assert np.abs(live.astype(int) - finished).max() <= 1  # rounding; stretches are cut elsewhere
    assert tiles.grid.columns(level) - len(live) <= 9


def test_every_column_is_given_once_and_in_order():
    ring = RingBuffer(5 * RATE)
    edge, next_column = Edge(Grid(RATE, 3600.0), 1, History(ring)), 0
    for begin in range(0, len(NOISE), 777):
        ring.write(NOISE[begin : begin + 777])
        for first, columns in edge.grow():
            assert first == next_column
            next_column += len(columns)
    assert next_column > 2490


def test_another_level_begins_with_the_tile_in_which_now_is():
    ring = RingBuffer(20 * RATE)
    ring.write(NOISE)
    edge = Edge(Grid(RATE, 3600.0), 0, History(ring))
    [(first, columns)] = edge.grow()
    assert first % 256 == 0
    assert len(columns) < 256


def test_what_the_ring_has_forgotten_comes_from_the_disk(tmp_path, tiles):
    ring = RingBuffer(12 * RATE)
    disk = DiskRing(ring, RATE, tmp_path / "ring", seconds=60)
    disk.start()
    ring.write(NOISE[: 11 * RATE])
    while disk.oldest != 0 or not disk._pieces:
        pass
    ring.write(NOISE[11 * RATE :])
    found = stretch(tiles.grid, 1, range(300, 500), History(ring, disk))
    expected = np.concatenate([tiles.tile(1, 1), tiles.tile(1, 2)])[300 - 256 : 500 - 256]
    assert np.abs(found.astype(int) - expected).max() <= 1
    ring.close()
    disk.close()
