"""How loud a stretch is."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.spectrogram import DB_PER_STEP, FLOOR_DB
from earmark.stretch_levels import Levels, levels


def byte(decibels: float) -> int:
    return round((decibels - FLOOR_DB) / DB_PER_STEP)


@pytest.fixture
def columns() -> np.ndarray:
    """Silence at −120 dB; in the first of ten columns −20 dB at 1 kHz of 4."""
    columns = np.zeros((10, 401), np.uint8)
    columns[0, 100] = byte(-20)
    return columns


def test_the_peak_is_the_loudest_point(columns):
    assert levels(columns, 4000).peak == -20


def test_the_mean_is_that_of_the_power(columns):
    assert levels(columns, 4000, 1000, 1000).mean == pytest.approx(-30, abs=1e-6)  # a tenth of the columns


def test_only_the_frequencies_between_count(columns):
    assert levels(columns, 4000, 1100, 3000).peak == FLOOR_DB


def test_where_nothing_is_known_there_are_no_levels(columns):
    assert levels(columns[:0], 4000) == Levels()
