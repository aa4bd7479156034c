"""What the spectrogram shows."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.spectrogram import (
    FFT_SIZES,
    OVERLAPS,
    WINDOWS,
    Grid,
    SpectrogramSettings,
    bytes_at,
    columns_of,
    to_decibels,
)


def sine(hertz: float, *, seconds: float = 2.0, rate: int = 32_000, amplitude: float = 1.0) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def drawn(samples: np.ndarray, grid: Grid, level: int) -> np.ndarray:
    """Return all columns [columns, rows] of a level."""
    return np.concatenate([part for _, part in columns_of([samples], grid, level, range(grid.columns(level)))])


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 192_000])
def test_a_sine_of_full_scale_is_0_decibels_in_its_row(rate):
    grid = Grid(rate, 1.0)
    columns = drawn(sine(20 * rate / grid.fft_size, seconds=1.0, rate=rate), grid, 2)[2:-2]
    assert to_decibels(columns[:, 20].min()) == 0.0
    assert columns.argmax(1).tolist() == [20] * len(columns)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("fft_size", FFT_SIZES)
def test_a_sine_of_full_scale_is_0_decibels_whatever_the_window_and_its_size(window, fft_size):
    grid = Grid(32_000, 2.0, SpectrogramSettings(fft_size=fft_size, window=window))
    columns = drawn(sine(fft_size // 4 * 32_000 / fft_size), grid, 3)
    assert to_decibels(columns[len(columns) // 2].max()) == 0.0


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_the_overlap_tells_how_far_the_finest_columns_are_apart(overlap):
    grid = Grid(32_000, 2.0, SpectrogramSettings(fft_size=2048, overlap=overlap))
    assert grid.hop(0) == 2048 * (1 - overlap)
    assert grid.hop(3) == 8 * grid.hop(0)
    assert to_decibels(drawn(sine(1000), grid, 1)[5].max()) == 0.0


@pytest.mark.parametrize("wrong", [{"fft_size": 1000}, {"window": "square"}, {"overlap": 1.0}])
def test_settings_that_cannot_be_computed_are_refused(wrong):
    with pytest.raises(ValueError, match="one of"):
        SpectrogramSettings(**wrong)


def test_decibels_are_20_log10_of_the_amplitude():
    assert to_decibels(drawn(sine(1000, amplitude=0.01), Grid(32_000, 2.0), 2)[10:20].max()) == -40.0


def test_silence_is_the_floor():
    assert not drawn(np.zeros(32_000, np.float32), Grid(32_000, 1.0), 0).any()


def test_a_click_is_seen_at_every_level():
    samples, grid = np.zeros(32_000 * 4, np.float32), Grid(32_000, 4.0)
    samples[60_000] = 1.0
    for level in range(6):
        columns = drawn(samples, grid, level)
        assert abs(int(columns.max(1).argmax()) - 60_000 // grid.hop(level)) <= 1
        assert columns.max() > 100


def test_a_coarser_level_joins_the_columns_of_the_finer_by_their_maximum():
    samples, grid = np.random.default_rng(0).standard_normal(32_000 * 8).astype(np.float32), Grid(32_000, 8.0)
    finer, coarser = drawn(samples, grid, 3), drawn(samples, grid, 4)
    pairs = len(finer) // 2
    assert np.abs(finer[: 2 * pairs].reshape(pairs, 2, -1).max(1).astype(int) - coarser[:pairs]).max() <= 1


def test_how_the_samples_come_makes_no_difference():
    samples, grid = np.random.default_rng(0).standard_normal(32_000 * 8).astype(np.float32), Grid(32_000, 8.0)
    pieces = np.array_split(samples, [1, 1000, 1001, 70_000])
    columns = range(grid.columns(2))
    assert np.array_equal(
        drawn(samples, grid, 2), np.concatenate([part for _, part in columns_of(pieces, grid, 2, columns)])
    )


def test_day_and_night_stay_within_the_memory_that_is_allowed():
    for rate in (8000, 44_100, 192_000):
        for size in (None, 128, 16_384):
            grid = Grid(rate, 86_400.0, SpectrogramSettings(fft_size=size))
            assert grid.columns(grid.whole_level) * grid.rows <= 16_000_000


def test_the_level_in_view_has_columns_of_a_pixel_or_two():
    grid = Grid(44_100, 3600.0)
    for pixels_per_second in np.geomspace(0.1, 1e3, 50):
        level = grid.level_for(pixels_per_second)
        pixels = pixels_per_second * grid.column_seconds(level)
        assert pixels >= 0.999
        assert pixels < 2 or level == 0


def test_rows_of_a_scale_keep_the_loudest_and_repeat_where_there_are_more_pixels():
    columns = np.array([[1, 7, 3, 4]], np.uint8)
    assert bytes_at(columns, np.array([0, 2, 4])).tolist() == [[7, 4]]
    assert bytes_at(columns, np.array([0, 0, 1, 1, 2, 3, 4])).tolist() == [[1, 1, 7, 7, 3, 4]]
    assert bytes_at(columns, np.array([0, 1, 2])).tolist() == [[1, 7]]
