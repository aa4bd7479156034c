"""What stands at the axes, and in the read-outs."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from earmark.frequency_scale import NAMES, FrequencyScale
from earmark.gui.axes import FrequencyAxis, TimeAxis
from earmark.gui.read_out import pointer_text, stretch_text
from earmark.gui.selection import Stretch
from earmark.stretch_levels import Levels
from earmark.times import clock_text, time_text

EVENING = datetime(2026, 5, 18, 20, 15, 10)


@pytest.fixture
def ruler(qapp) -> TimeAxis:
    return TimeAxis()


def labels(axis: TimeAxis, start: float, end: float, pixels: float = 960) -> list[str]:
    axis.setRange(start, end)
    axis.resize(pixels, 24)
    spacing, values = axis.tickValues(start, end, pixels)[0]
    return axis.tickStrings(values, 1, spacing)


def test_times_have_as_many_decimals_as_the_zoom_needs(ruler):
    assert labels(ruler, 0, 100)[:3] == ["0:00", "0:10", "0:20"]
    assert labels(ruler, 3600, 3610)[:2] == ["1:00:00", "1:00:01"]
    assert labels(ruler, 1.0, 1.02)[:2] == ["0:01.000", "0:01.002"]


def test_a_day_has_whole_hours(ruler):
    assert labels(ruler, 0, 86_400)[:3] == ["0:00", "3:00:00", "6:00:00"]


def test_clock_time_has_ticks_on_whole_minutes(ruler):
    ruler.show_clock(EVENING)
    assert labels(ruler, 0, 300)[:2] == ["20:15:30", "20:16:00"]


def test_midnight_is_the_date_that_begins(ruler):
    ruler.show_clock(EVENING)
    assert "2026-05-19" in labels(ruler, 0, 86_400)


def test_clock_times_have_their_decimals():
    assert clock_text(EVENING, 1.2344) == "20:15:11.234"
    assert clock_text(EVENING, 1.9999, 0) == "20:15:12"


def test_times_of_day_long_recordings_are_read_as_hours():
    assert time_text(86_399.9996) == "24:00:00.000"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("bottom", "top"), [(0.0, 1.0), (0.31, 0.34)])
@pytest.mark.parametrize("pixels", [120, 400, 1300])
def test_frequencies_do_not_overlap_and_have_units(qapp, name, bottom, top, pixels):
    axis = FrequencyAxis()
    axis.show_scale(FrequencyScale(name, 24_000.0))
    [(_, heights)] = axis.tickValues(bottom, top, pixels)
    gaps = [(upper - lower) / (top - bottom) * pixels for lower, upper in pairwise(heights)]
    texts = axis.tickStrings(heights, 1, 0.1)
    assert len(texts) >= 2
    assert min(gaps) >= 30
    assert all(text.endswith("Hz") for text in texts)
    assert len(set(texts)) == len(texts)


def test_the_pointer_is_read_in_time_clock_frequency_and_level():
    assert pointer_text(83.412, 3140.2, -42.4) == "1:23.412 · 3 140 Hz · −42 dB"
    assert pointer_text(1.5, 440, None, with_note=True) == "0:01.500 · 440 Hz · A4 +0 ct"
    assert pointer_text(1.5, 440, None, began=EVENING) == "0:01.500 · 20:15:11.500 · 440 Hz"


def test_the_selection_is_read_in_numbers():
    stretch = Stretch(start=1.0, end=2.5, low=800.0, high=3140.0)
    expected = "0:01.000 – 0:02.500 · 1.500 s · 800 – 3 140 Hz · mean −60 dB · peak −12 dB"
    assert stretch_text(stretch, levels=Levels(mean=-60, peak=-12)) == expected
    assert stretch_text(Stretch(start=1.0, end=1.0205)) == "0:01.000 – 0:01.020 · 20.5 ms"
