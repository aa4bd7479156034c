"""Ticks of a frequency axis."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.frequency_scale import NAMES, FrequencyScale
from earmark.frequency_ticks import hertz_text, note_text, ticks_between

STRETCHES = [(0.0, 1.0), (0.0, 0.1), (0.4, 0.5), (0.9, 1.0), (0.5, 0.501)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("bottom", "top"), STRETCHES)
@pytest.mark.parametrize("nyquist", [4_000.0, 22_050.0, 192_000.0])
def test_ticks_are_in_view_and_none_crowds_another(name, bottom, top, nyquist):
    scale = FrequencyScale(name, nyquist)
    ticks = ticks_between(scale, bottom, top, most=10)
    heights = np.array([float(scale.height(each)) for each in ticks])
    assert 2 <= len(ticks) <= 11
    assert heights.min() >= bottom - 1e-6
    assert heights.max() <= top + 1e-6
    assert np.diff(heights).min() >= (top - bottom) / 10 * 0.99


@pytest.mark.parametrize("name", ["log", "mel"])
def test_ticks_of_curved_scales_are_ones_twos_and_fives(name):
    ticks = ticks_between(FrequencyScale(name, 22_050.0), 0.0, 1.0, most=10)
    assert {f"{tick:.0e}"[0] for tick in ticks if tick} <= {"1", "2", "5"}
    assert 1000.0 in ticks


def test_a_linear_axis_has_even_steps():
    assert ticks_between(FrequencyScale("linear", 8_000.0), 0.0, 1.0, most=5) == [0, 2000, 4000, 6000, 8000]


def test_a_stretch_of_few_hertz_has_different_texts():
    ticks = ticks_between(FrequencyScale("log", 22_050.0), 0.5, 0.5005, most=8)
    assert len({hertz_text(each) for each in ticks}) == len(ticks)


def test_units_are_written_with_every_number():
    assert [hertz_text(each) for each in (0, 50, 999.9, 1000, 1250, 20_000)] == [
        "0 Hz",
        "50 Hz",
        "999.9 Hz",
        "1 kHz",
        "1.25 kHz",
        "20 kHz",
    ]


def test_notes_are_named_where_there_are_any():
    assert note_text(440) == "A4 +0 ct"
    assert note_text(261.6256) == "C4 +0 ct"
    assert note_text(430) == "A4 −40 ct"
    assert note_text(40_000) == ""
