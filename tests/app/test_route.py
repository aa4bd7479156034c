"""Where on a route which second of the recording is."""

from __future__ import annotations

import pytest

from earmark.route import Passage, Route


def test_without_a_loop_seconds_go_on():
    route = Route.along(Passage(2.0), 1000)
    assert route.seconds(500) == 2.5
    assert route.laps(1e9) == 0


def test_a_loop_is_entered_from_before_it_and_then_repeated():
    route = Route.along(Passage(1.0, loop=(2.0, 3.0)), 1000)
    assert [route.seconds(sample) for sample in (0, 1999, 2000, 2500, 3000)] == [1.0, 2.999, 2.0, 2.5, 2.0]
    assert [route.laps(sample) for sample in (0, 1999, 2000, 2999, 3000)] == [0, 0, 1, 1, 2]


def test_behind_a_loop_it_begins_at_the_loop():
    assert Route.along(Passage(9.0, loop=(2.0, 3.0)), 1000).seconds(0) == 2.0


def test_an_hour_of_a_tiny_loop_is_exact():
    route = Route.along(Passage(0.5, loop=(0.5, 0.51234)), 44_100)  # no whole number of samples
    laps = 3600 * 44_100 // route.lap
    assert route.seconds(route.first_lap + laps * route.lap) == 0.5


def test_a_loop_of_no_length_gets_some():
    assert Route.along(Passage(1.0, loop=(1.0, 1.0)), 1000).lap == pytest.approx(20)
