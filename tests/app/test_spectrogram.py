"""What the spectrogram shows, and that it is the same however one gets there."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import soundfile

from earmark.spectrogram import TILE_COLUMNS, Grid, bytes_at, pooled, tile, to_decibels, whole


@pytest.fixture
def write(tmp_path):
    def write(samples: np.ndarray, rate: int = 32_000):
        path = tmp_path / "sound.wav"
        soundfile.write(path, samples.astype(np.float32), rate, subtype="FLOAT")
        return path, Grid(rate, len(samples) / rate)

    return write


def sine(hertz: float, *, seconds: float = 2.0, rate: int = 32_000, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 192_000])
def test_a_sine_of_full_scale_is_0_decibels_in_its_row(write, rate):
    grid = Grid(rate, 1.0)
    hertz = 20 * rate / grid.fft_size  # the middle of a row
    path, grid = write(sine(hertz, seconds=1.0, rate=rate), rate)
    columns = tile(path, grid, 2, 0)[2:-2]
    assert to_decibels(columns[:, 20].min()) == 0.0
    assert columns.argmax(1).tolist() == [20] * len(columns)


def test_decibels_are_20_log10_of_the_amplitude(write):
    path, grid = write(sine(1000, amplitude=0.01))
    assert to_decibels(tile(path, grid, 2, 0)[10:20].max()) == -40.0


def test_silence_is_the_floor(write):
    path, grid = write(np.zeros(32_000))
    assert not tile(path, grid, 0, 0).any()


def test_the_whole_equals_its_tiles(write):
    path, grid = write(np.random.default_rng(0).standard_normal(32_000 * 70) * 0.1)
    level = grid.whole_level
    passed = np.concatenate([columns for _, columns in whole(path, grid)])
    assert len(passed) == grid.columns(level)
    for index in range(-(-len(passed) // TILE_COLUMNS)):
        part = passed[index * TILE_COLUMNS : (index + 1) * TILE_COLUMNS]
        assert np.array_equal(tile(path, grid, level, index), part)


def test_the_pass_gives_columns_in_order_without_gaps(write):
    path, grid = write(np.random.default_rng(0).standard_normal(32_000 * 70) * 0.1)
    next_column = 0
    for first, columns in whole(path, grid):
        assert first == next_column
        next_column += len(columns)
    assert next_column == grid.columns(grid.whole_level)


def test_a_click_is_seen_at_every_level(write):
    samples = np.zeros(32_000 * 4)
    samples[60_000] = 1.0
    path, grid = write(samples)
    for level in range(6):
        column, index = 60_000 // grid.hop(level), 60_000 // grid.hop(level) // TILE_COLUMNS
        columns = tile(path, grid, level, index)
        assert abs(int(columns.max(1).argmax()) - column % TILE_COLUMNS) <= 1
        assert columns.max() > 100


@pytest.mark.parametrize("samples", [1, 10, 127, 128, 129, 5000])
def test_a_recording_of_any_length_has_a_spectrogram(write, samples):
    path, grid = write(np.full(samples, 0.5))
    passed = np.concatenate([columns for _, columns in whole(path, grid)])
    assert len(passed) == grid.columns(grid.whole_level)
    assert passed.max() > 0


def test_two_hours_stay_within_the_memory_that_is_allowed():
    for rate in (8000, 44_100, 192_000):
        grid = Grid(rate, 7200.0)
        assert grid.columns(grid.whole_level) * grid.rows <= 24_000_000


def test_the_level_in_view_has_columns_of_a_pixel_or_two():
    grid = Grid(44_100, 3600.0)
    for pixels_per_second in np.geomspace(0.1, 1e3, 50):
        level = grid.level_for(pixels_per_second)
        pixels = pixels_per_second * grid.column_seconds(level)
        assert pixels >= 0.999
        assert pixels < 2 or level == 0


def test_joining_keeps_the_loudest():
    columns = np.array([[1, 5], [3, 2], [9, 0]], np.uint8)
    assert pooled(columns, 2).tolist() == [[3, 5], [9, 0]]
    assert pooled(columns, 1) is columns


def test_rows_of_a_scale_keep_the_loudest_and_repeat_where_there_are_more_pixels():
    columns = np.array([[1, 7, 3, 4]], np.uint8)
    assert bytes_at(columns, np.array([0, 2])).tolist() == [[7, 4]]
    assert bytes_at(columns, np.array([0, 0, 1, 1, 2, 3])).tolist() == [[1, 1, 7, 7, 3, 4]]


def test_the_pass_can_be_left_at_any_time(write):
    path, grid = write(np.zeros(32_000 * 50))
    assert len(list(itertools.islice(whole(path, grid), 1))) == 1
