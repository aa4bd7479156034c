"""What is in view."""

from __future__ import annotations

import pytest

from earmark.gui.time_span import SHORTEST, TimeSpan


@pytest.fixture
def span() -> TimeSpan:
    span = TimeSpan()
    span.cover(100.0)
    return span


def test_zooming_keeps_the_time_under_the_pointer_where_it_is(span):
    span.zoom(0.5, 30.0)
    assert (span.start, span.end) == (15.0, 65.0)


def test_nothing_beyond_the_recording_is_shown(span):
    span.show(90, 130)
    assert (span.start, span.end) == (60.0, 100.0)
    span.pan(-10)
    assert (span.start, span.end) == (0.0, 40.0)
    span.zoom(100)
    assert (span.start, span.end) == (0.0, 100.0)


def test_zooming_in_ends_somewhere(span):
    for _ in range(100):
        span.zoom(0.5)
    assert span.length == pytest.approx(SHORTEST)


def test_a_playhead_that_leaves_turns_the_page(span):
    span.show(0, 10)
    span.reveal(9.9)
    assert span.start == 0
    span.reveal(10.1)
    assert span.start == pytest.approx(9.6)
    assert span.length == pytest.approx(10)


def test_an_event_out_of_view_is_brought_into_view_without_zooming(span):
    span.show(0, 10)
    span.reveal_stretch(50, 52)
    assert (span.start, span.end) == (46.0, 56.0)
    span.reveal_stretch(47, 48)
    assert span.start == 46.0


def test_a_recording_of_one_sample_can_be_shown(span):
    span.cover(1 / 44_100)
    span.zoom(0.5)
    assert span.length > 0
