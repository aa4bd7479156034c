"""The tiles of a recording: the same however one gets there, kept, and the rest computed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from earmark import tiles as tiles_module
from earmark.api import AudioFileError
from earmark.audio_file import open_recording
from earmark.spectrogram import TILE_COLUMNS, Grid
from earmark.tile_cache import TileCache
from earmark.tiles import Columns, Peaks, Tiles

NOISE = (np.random.default_rng(0).standard_normal(32_000 * 70) * 0.1).astype(np.float32)


@pytest.fixture
def make_tiles(tmp_path):
    def make(samples: np.ndarray = NOISE, *, cache: str = "cache") -> Tiles:
        path = tmp_path / "sound.wav"
        if not path.exists():
            soundfile.write(path, samples, 32_000, subtype="FLOAT")
        recording = open_recording(path)
        grid = Grid(32_000, recording.info.duration)
        return Tiles(recording, grid, TileCache(tmp_path / cache).of(path, grid))

    return make


def joined(parts: Iterator[Columns | Peaks], tiles: Tiles) -> np.ndarray:
    """Return the whole level, whatever the order in which it came; 255 where it did not."""
    whole = np.full((tiles.grid.columns(tiles.grid.whole_level), tiles.grid.rows), 255, np.uint8)
    for part in parts:
        if isinstance(part, Columns):
            whole[part.first : part.first + len(part.columns)] = part.columns
    return whole


def test_the_whole_equals_its_tiles(make_tiles):
    tiles = make_tiles()
    whole, level = joined(tiles.whole(), tiles), tiles.grid.whole_level
    alone = [make_tiles(cache="another").tile(level, index) for index in range(tiles.grid.tiles(level))]
    assert np.array_equal(whole, np.concatenate(alone))


def test_what_is_kept_equals_what_is_computed(make_tiles):
    computed = [make_tiles().tile(0, index) for index in (3, 50)]
    assert all(np.array_equal(make_tiles().tile(0, index), tile) for index, tile in zip((3, 50), computed, strict=True))


@pytest.mark.parametrize("order", [range(5), (4, 3, 2, 1, 0), (2, 3, 0, 1, 4), (0, 1, 1, 2, 2)])
def test_tiles_are_the_same_in_whatever_order_they_are_asked_for(make_tiles, order):
    tiles = make_tiles(cache="another")
    for index in order:
        assert np.array_equal(tiles.tile(0, index), make_tiles(cache=f"alone {index}").tile(0, index))


def test_after_a_rest_it_goes_on(make_tiles):
    tiles = make_tiles()
    tiles.tile(0, 3)
    tiles.rest()
    assert np.array_equal(tiles.tile(0, 4), make_tiles(cache="another").tile(0, 4))


def test_a_recording_that_has_gone_is_an_error_each_time(make_tiles, tmp_path):
    tiles = make_tiles()
    (tmp_path / "sound.wav").unlink()
    for _ in range(2):
        with pytest.raises(AudioFileError):
            tiles.tile(0, 3)


def test_the_last_tile_is_as_short_as_the_recording_needs(make_tiles):
    tiles = make_tiles()
    last = tiles.grid.tiles(0) - 1
    tiles.tile(0, last - 1)
    assert len(tiles.tile(0, last)) == tiles.grid.columns(0) - last * TILE_COLUMNS


def test_columns_come_in_order_without_gaps(make_tiles):
    next_column, tiles = 0, make_tiles()
    for part in tiles.whole():
        if isinstance(part, Columns):
            assert part.first == next_column
            next_column += len(part.columns)
    assert next_column == tiles.grid.columns(tiles.grid.whole_level)


def test_a_pass_that_was_left_is_taken_up_again(make_tiles):
    whole = joined(make_tiles(cache="another").whole(), make_tiles())
    first = next(part for part in make_tiles().whole() if isinstance(part, Columns) and part.first > 2 * TILE_COLUMNS)
    assert first
    again = make_tiles()
    kept = [part.first for part in itertools.islice(again.whole(), 2)]
    assert kept == [0, TILE_COLUMNS]
    assert np.array_equal(joined(again.whole(), again), whole)


def test_nothing_is_decoded_where_all_is_kept(make_tiles, monkeypatch):
    whole = joined(make_tiles().whole(), make_tiles())
    tiles = make_tiles()
    monkeypatch.setattr(tiles, "_recording", None)
    assert np.array_equal(joined(tiles.whole(), tiles), whole)


def test_tiles_that_have_gone_are_computed_again_between_those_kept(make_tiles, tmp_path):
    whole = joined(make_tiles().whole(), make_tiles())
    for index in (1, 4):
        next((tmp_path / "cache").rglob(f"*-{index}")).unlink()
    tiles = make_tiles()
    assert np.array_equal(joined(tiles.whole(), tiles), whole)


def test_the_peaks_are_the_lowest_and_highest_samples(make_tiles):
    peaks = np.concatenate([part.peaks for part in make_tiles().whole() if isinstance(part, Peaks)])
    size = 64  # the power of two with which 70 s have no more than 65 536 bins
    assert np.array_equal(peaks, np.stack([NOISE.reshape(-1, size).min(1), NOISE.reshape(-1, size).max(1)], axis=1))


def test_the_peaks_are_kept_too(make_tiles):
    computed = [part for part in make_tiles().whole() if isinstance(part, Peaks)]
    (kept,) = [part for part in make_tiles().whole() if isinstance(part, Peaks)]
    assert len(computed) > 1
    assert np.array_equal(kept.peaks, np.concatenate([part.peaks for part in computed]))


@pytest.mark.parametrize("samples", [1, 10, 127, 128, 129, 5000])
def test_a_recording_of_any_length_has_a_spectrogram(make_tiles, samples):
    tiles = make_tiles(np.full(samples, 0.5, np.float32))
    whole = joined(tiles.whole(), tiles)
    assert 0 < whole.max() < 255


def test_a_short_recording_needs_no_sample_of_places(make_tiles):
    assert make_tiles().sampled() is None


def test_a_sample_of_places_shows_where_it_is_loud(make_tiles, monkeypatch):
    monkeypatch.setattr(tiles_module, "SAMPLED_FROM", 1)
    looks = make_tiles(np.concatenate([NOISE, np.zeros_like(NOISE)])).sampled(seconds=60)
    assert looks.shape == (tiles_module.SAMPLED_COLUMNS, 513)
    assert looks[:500].min() > 0
    assert not looks[530:].any()


def test_a_sample_of_too_few_places_is_none(make_tiles, monkeypatch):
    monkeypatch.setattr(tiles_module, "SAMPLED_FROM", 1)
    assert make_tiles().sampled(seconds=0.0) is None
    assert make_tiles().sampled(seconds=60.0, cancelled=lambda: True) is None


def test_places_that_were_not_reached_look_like_the_nearest(make_tiles, monkeypatch):
    monkeypatch.setattr(tiles_module, "SAMPLED_FROM", 1)
    asked = itertools.count()
    looks = make_tiles().sampled(seconds=60.0, cancelled=lambda: next(asked) == 63)
    assert len(np.unique(looks, axis=0)) == 64
    assert np.array_equal(looks[0], looks[7])
