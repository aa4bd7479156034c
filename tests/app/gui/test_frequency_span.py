"""The frequencies in view."""

from __future__ import annotations

import pytest

from earmark.frequency_scale import FrequencyScale
from earmark.gui.frequency_scroll import UNITS, FrequencyScroll
from earmark.gui.frequency_span import SMALLEST, FrequencySpan


@pytest.fixture
def span() -> FrequencySpan:
    span = FrequencySpan()
    span.show_scale(FrequencyScale("linear", 10_000.0))
    return span


def test_zooming_keeps_the_frequency_under_the_pointer(span):
    span.zoom(0.5, 0.2)
    assert (span.bottom, span.top) == pytest.approx((0.1, 0.6))


def test_nothing_beyond_the_axis_is_shown(span):
    span.show(0.8, 1.3)
    assert (span.bottom, span.top) == pytest.approx((0.5, 1.0))
    span.scroll(-3)
    assert (span.bottom, span.top) == pytest.approx((0.0, 0.5))


def test_zooming_in_ends_somewhere(span):
    for _ in range(50):
        span.zoom(0.5, 0.5)
    assert span.length == pytest.approx(SMALLEST)


def test_another_scale_shows_the_same_frequencies(span):
    span.show(0.1, 0.5)
    span.show_scale(FrequencyScale("mel", 10_000.0))
    assert span.scale.hertz(span.bottom) == pytest.approx(1000)
    assert span.scale.hertz(span.top) == pytest.approx(5000)


def test_all_frequencies_stay_all_of_them_on_another_scale(span):
    span.show_scale(FrequencyScale("log", 10_000.0))
    span.show_scale(FrequencyScale("linear", 10_000.0))
    assert (span.bottom, span.top) == (0.0, 1.0)


def test_chosen_frequencies_are_the_limits(span):
    span.limit(2000, 8000)
    assert (span.bottom, span.top) == pytest.approx((0.2, 0.8))
    span.zoom(3, 0.5)
    assert (span.bottom, span.top) == pytest.approx((0.2, 0.8))
    assert span.is_whole


def test_chosen_frequencies_that_a_recording_lacks_show_all_it_has(span):
    span.limit(20_000, 90_000)
    assert (span.bottom, span.top) == (0.0, 1.0)


def test_the_scroll_bar_is_there_while_not_all_is_in_view(qtbot, span):
    from PySide6.QtWidgets import QWidget

    over = QWidget()
    qtbot.addWidget(over)
    bar = FrequencyScroll(span, over)
    over.show()
    assert not bar.isVisible()
    span.show(0.25, 0.5)
    assert bar.isVisible()
    bar.setValue(round(0.5 * UNITS))
    assert (span.bottom, span.top) == pytest.approx((0.5, 0.75))
