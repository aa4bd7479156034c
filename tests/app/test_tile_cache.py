"""Tiles on disk: found again, bounded, never damaged, and never in the way."""

from __future__ import annotations

import os

import numpy as np
import pytest

from earmark.spectrogram import Grid, SpectrogramSettings
from earmark.tile_cache import HEADER, TileCache

GRID = Grid(32_000, 3600.0)
TILE = np.random.default_rng(0).integers(0, 255, (256, GRID.rows)).astype(np.uint8)
TILE_BYTES = TILE.nbytes + HEADER.size


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "sound.wav"
    path.write_bytes(b"some sound")
    return path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tiles"


def files(folder) -> list:
    return [each for each in folder.rglob("*") if each.is_file()]


def bytes_in(folder) -> int:
    return sum(each.stat().st_size for each in files(folder))


def test_a_tile_that_was_kept_is_found_by_another_process(path, folder):
    TileCache(folder).of(path, GRID).keep_tile(5, 7, TILE)
    assert np.array_equal(TileCache(folder).of(path, GRID).tile(5, 7), TILE)


@pytest.mark.parametrize(
    "other",
    [
        Grid(32_000, 3600.0, SpectrogramSettings(fft_size=2048)),
        Grid(32_000, 3600.0, SpectrogramSettings(window="hamming")),
        Grid(32_000, 3600.0, SpectrogramSettings(overlap=0.5)),
        Grid(32_000, 3600.0, channel=1),
    ],
)
def test_other_settings_and_channels_have_tiles_of_their_own(path, folder, other):
    cache = TileCache(folder)
    cache.of(path, GRID).keep_tile(0, 0, TILE)
    assert cache.of(path, other).tile(0, 0) is None


def test_a_recording_that_has_changed_is_computed_again(path, folder):
    TileCache(folder).of(path, GRID).keep_tile(0, 0, TILE)
    os.utime(path, ns=(1, 1))
    assert TileCache(folder).of(path, GRID).tile(0, 0) is None


@pytest.mark.parametrize("length", [0, 5, HEADER.size, HEADER.size + 1000, TILE_BYTES - 1])
def test_a_tile_that_was_cut_is_not_shown(path, folder, length):
    kept = TileCache(folder).of(path, GRID)
    kept.keep_tile(0, 0, TILE)
    (file,) = files(folder)
    file.write_bytes(file.read_bytes()[:length])
    assert kept.tile(0, 0) is None
    assert not files(folder)


@pytest.mark.parametrize("place", [0, 4, 6, 10, 14, HEADER.size + 5, TILE_BYTES - 1])
def test_a_tile_with_a_wrong_byte_is_not_shown(path, folder, place):
    kept = TileCache(folder).of(path, GRID)
    kept.keep_tile(0, 0, TILE)
    (file,) = files(folder)
    content = bytearray(file.read_bytes())
    content[place] ^= 0x10
    file.write_bytes(content)
    assert kept.tile(0, 0) is None


def test_it_never_holds_more_than_its_bound(path, folder):
    kept = TileCache(folder, most_bytes=40 * TILE_BYTES).of(path, GRID)
    for index in range(100):
        kept.keep_tile(0, index, TILE)
        assert bytes_in(folder) <= 40 * TILE_BYTES
    assert len(files(folder)) > 30


def test_the_least_recently_used_goes_first(path, folder):
    kept = TileCache(folder, most_bytes=40 * TILE_BYTES).of(path, GRID)
    for index in range(30):
        kept.keep_tile(0, index, TILE)
        os.utime(folder / kept.name / f"0-{index}", (index, index))
    kept.tile(0, 0)  # used
    for index in range(30, 45):
        kept.keep_tile(0, index, TILE)
    assert kept.has_tile(0, 0)
    assert not kept.has_tile(0, 1)
    assert kept.has_tile(0, 44)


def test_what_a_process_that_was_killed_left_beside_goes_too(path, folder):
    kept = TileCache(folder, most_bytes=40 * TILE_BYTES).of(path, GRID)
    (folder / "old").mkdir(parents=True)
    (folder / "old" / ".half").write_bytes(bytes(39 * TILE_BYTES))
    os.utime(folder / "old" / ".half", (0, 0))
    kept.keep_tile(0, 0, TILE)
    kept.keep_tile(0, 1, TILE)
    assert not (folder / "old").exists()


def test_a_folder_that_cannot_be_written_means_no_more_than_that_nothing_is_kept(path, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    kept = TileCache(tmp_path / "file" / "tiles").of(path, GRID)
    kept.keep_tile(0, 0, TILE)
    assert kept.tile(0, 0) is None


def test_what_is_kept_on_a_disk_that_cannot_be_written_any_more_is_found(path, folder, monkeypatch):
    def refuse(place):
        raise OSError(30, "Read-only file system")

    TileCache(folder).of(path, GRID).keep_tile(0, 0, TILE)
    monkeypatch.setattr("os.utime", refuse)
    assert TileCache(folder).of(path, GRID).tile(0, 0) is not None


def test_a_full_disk_leaves_nothing_half_written(path, folder, monkeypatch):
    def fill_up(array):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("earmark.tile_cache._packed", fill_up)
    TileCache(folder).of(path, GRID).keep_tile(0, 0, TILE)
    assert not files(folder)


def test_a_smaller_bound_holds_from_the_next_tile_on(path, folder):
    cache = TileCache(folder)
    for index in range(60):
        cache.of(path, GRID).keep_tile(0, index, TILE)
    cache.limit(40 * TILE_BYTES)
    cache.of(path, GRID).keep_tile(0, 60, TILE)
    assert bytes_in(folder) <= 40 * TILE_BYTES
    assert cache.size() == bytes_in(folder)


def test_a_cache_that_was_cleared_keeps_on(path, folder):
    cache = TileCache(folder)
    cache.of(path, GRID).keep_tile(0, 0, TILE)
    cache.clear()
    assert cache.size() == 0
    cache.of(path, GRID).keep_tile(0, 0, TILE)
    assert cache.of(path, GRID).has_tile(0, 0)
