"""Frequency axes."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.frequency_scale import NAMES, FrequencyScale, nice_step


@pytest.mark.parametrize("name", NAMES)
def test_heights_and_hertz_are_each_others_inverse(name):
    scale = FrequencyScale(name, 16_000.0)
    heights = np.linspace(0, 1, 50)
    assert np.allclose(scale.height(scale.hertz(heights)), heights)
    assert scale.hertz(0.0) == pytest.approx(scale.bottom)
    assert scale.hertz(1.0) == pytest.approx(16_000)


@pytest.mark.parametrize("name", NAMES)
def test_rows_go_up_from_the_first_bin_to_the_last(name):
    rows = FrequencyScale(name, 16_000.0).rows(300, 513)
    assert len(rows) == 301
    assert (np.diff(rows) >= 0).all()
    assert rows[0] <= 1
    assert rows[-2] >= 500  # where the last pixel begins
    assert rows[-1] == 513  # where it ends


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_the_axis_has_the_rows_between_its_heights(name):
    scale = FrequencyScale(name, 16_000.0)
    rows = scale.rows(100, 513, low=0.5, high=0.6)
    assert rows[0] == pytest.approx(scale.hertz(0.5) / 16_000 * 512, abs=0.5)
    assert rows[-1] == pytest.approx(scale.hertz(0.6) / 16_000 * 512, abs=1)


def test_steps_are_ones_twos_and_fives():
    assert [nice_step(each) for each in (0.7, 1.0, 1.1, 3, 7, 1500)] == [1, 1, 2, 5, 10, 2000]
