"""What is known of a spectrogram, as pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from earmark.gui.colour_maps import NAMES, colours_of
from earmark.gui.pixels import Heights, Pixels, Style
from earmark.loudness import automatic_range, range_below_loudest
from earmark.spectrogram import TILE_COLUMNS, Grid

ALL = Heights(0.0, 1.0, 100)
QUIET, LOUD = 80, 200  # bytes: −80 and −20 dB


def noise(grid: Grid, *, seed: int = 0) -> np.ndarray:
    columns = grid.columns(grid.whole_level)
    return np.random.default_rng(seed).integers(QUIET, LOUD, (columns, grid.rows)).astype(np.uint8)


def bits(picture) -> bytes:
    return bytes(picture.constBits())


@pytest.fixture
def pixels() -> Pixels:
    return Pixels(Grid(32_000, 120.0))


def test_nothing_is_drawn_of_what_is_not_known(pixels):
    assert pixels.is_empty
    assert pixels.picture(pixels.grid.whole_level, 0, ALL) is None
    assert pixels.decibels_at(1.0, 1000) is None


def test_exact_columns_take_the_place_of_sampled_ones(pixels):
    columns = noise(pixels.grid)
    pixels.add_sampled(np.full((1024, pixels.grid.rows), 255, np.uint8))
    sampled = bits(pixels.picture(pixels.grid.whole_level, 0, ALL))
    pixels.add_whole(0, columns)
    exact = Pixels(pixels.grid)
    exact.add_whole(0, columns)
    assert bits(pixels.picture(pixels.grid.whole_level, 0, ALL)) != sampled
    assert bits(pixels.picture(pixels.grid.whole_level, 0, ALL)) == bits(exact.picture(pixels.grid.whole_level, 0, ALL))
    assert pixels.decibel_range == exact.decibel_range


def test_a_sample_does_not_cover_what_is_exact(pixels):
    columns = noise(pixels.grid)
    pixels.add_whole(100, columns[100:200])
    pixels.add_sampled(np.zeros((1024, pixels.grid.rows), np.uint8))
    known = pixels._columns(pixels.grid.whole_level, 0)
    assert np.array_equal(known[100:200], columns[100:200])
    assert not known[:100].any()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_coarser_levels_are_the_same_in_whatever_pieces_the_whole_came(pixels, order):
    columns, cuts = noise(pixels.grid), [0, 333, 1000, None]
    for part in order:
        pixels.add_whole(cuts[part], columns[cuts[part] : cuts[part + 1]])
    coarse = pixels._columns(pixels.grid.whole_level + 2, 1)
    first = TILE_COLUMNS * 4
    joined = [columns[at : at + 4].max(0) for at in range(first, min(len(columns), 2 * first), 4)]
    assert np.array_equal(coarse, np.stack(joined))


def test_a_part_of_the_axis_is_drawn_in_all_its_rows(pixels):
    columns = np.zeros((pixels.grid.columns(pixels.grid.whole_level), pixels.grid.rows), np.uint8)
    columns[:, 256] = LOUD  # at half the axis
    pixels.add_whole(0, columns)
    picture = pixels.picture(pixels.grid.whole_level, 0, Heights(0.45, 0.55, 50))
    loud = [row for row in range(50) if picture.pixelColor(0, row) == QColor(*map(int, colours_of("viridis")[-1]))]
    assert loud
    assert all(24 - 5 <= row <= 24 + 5 for row in loud)


@pytest.mark.parametrize("name", NAMES)
def test_the_loudest_has_the_last_colour_and_silence_the_first(pixels, name):
    columns = noise(pixels.grid)
    columns[0], columns[1] = 0, LOUD
    pixels.add_whole(0, columns)
    pixels.show(Style(colours=name))
    picture = pixels.picture(pixels.grid.whole_level, 0, ALL)
    assert picture.pixelColor(0, 50) == QColor(*map(int, colours_of(name)[0]))
    assert picture.pixelColor(1, 50) == QColor(*map(int, colours_of(name)[-1]))


def test_a_range_that_was_chosen_stays_whatever_comes(pixels):
    pixels.show(Style(decibels=(-70.0, -10.0)))
    pixels.add_whole(0, noise(pixels.grid))
    assert pixels.decibel_range == (-70.0, -10.0)


def test_the_read_out_is_of_the_finest_that_is_known(pixels):
    pixels.add_whole(0, np.full((pixels.grid.columns(pixels.grid.whole_level), pixels.grid.rows), 200, np.uint8))
    assert pixels.decibels_at(0.5, 1000) == -20.0
    pixels.add_tile(0, 0, np.full((TILE_COLUMNS, pixels.grid.rows), 100, np.uint8))
    assert pixels.decibels_at(0.5, 1000) == -70.0
    assert pixels.decibels_at(60.0, 1000) == -20.0


def test_memory_is_bounded_however_far_one_scrolls(pixels):
    tile = np.zeros((TILE_COLUMNS, pixels.grid.rows), np.uint8)
    for index in range(1000):
        pixels.add_tile(0, index, tile)
        pixels.picture(0, index, ALL)
    assert pixels._tiles._bytes <= 24_000_000
    assert pixels._joined._bytes + pixels._pictures._bytes <= 40_000_000
    assert pixels.has_tile(0, 999)


def test_the_range_is_80_decibels_below_the_loudest():
    counts = np.zeros(256, np.int64)
    counts[[0, 50, 200]] = 10_000, 500, 1
    assert range_below_loudest(counts) == (-100.0, -20.0)


def test_the_automatic_range_leaves_out_single_peaks_and_digital_silence():
    counts = np.zeros(256, np.int64)
    counts[[0, 80, 140, 200]] = 1_000_000, 5_000, 4_990, 10
    assert automatic_range(counts) == (-80.0, -50.0)


def test_silence_has_a_range_too():
    counts = np.zeros(256, np.int64)
    counts[0] = 1000
    assert automatic_range(counts) == range_below_loudest(counts) == (-80.0, 0.0)
