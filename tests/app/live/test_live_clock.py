"""The clock of live sound runs evenly, whatever the blocks do."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.live.live_clock import LiveClock

BLOCK, TICK = 0.02, 0.016


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told(clock: LiveClock, time: Time, seconds: float, *, late=lambda number: 0.0) -> np.ndarray:
    """Return what the clock says at each tick, while blocks come, each `late` by some seconds."""
    arrivals = [BLOCK * (number + 1) + late(number) for number in range(round(seconds / BLOCK))]
    said = []
    for tick in range(round(seconds / TICK)):
        time.now = 100.0 + tick * TICK
        said.append(clock.follow(BLOCK * sum(arrival <= tick * TICK for arrival in arrivals)))
    return np.array(said)


@pytest.fixture
def time() -> Time:
    return Time()


def test_it_goes_on_as_evenly_as_the_ticks_while_sound_comes_in_blocks(time):
    said = told(LiveClock(lag=0.03, clock=time), time, 4.0)
    assert np.abs(np.diff(said[100:]) - TICK).max() < 0.003
    assert said[-1] == pytest.approx(4.0 - 0.03, abs=0.03)


def test_blocks_that_come_late_by_turns_do_not_make_it_stutter(time):
    said = told(LiveClock(lag=0.04, clock=time), time, 4.0, late=lambda number: 0.015 * (number % 3 == 0))
    assert np.abs(np.diff(said[100:]) - TICK).max() < 0.004


def test_it_is_never_later_than_the_newest_sample_and_never_goes_back(time):
    clock = LiveClock(lag=0.0, clock=time)
    clock.follow(1.0)
    time.now += 10.0
    assert clock.follow(1.0) == 1.0
    assert clock.follow(1.02) >= 1.0


def test_sound_that_was_held_up_is_caught_up_with_at_once(time):
    clock = LiveClock(lag=0.0, clock=time)
    told(clock, time, 1.0)
    time.now += 0.016
    assert clock.follow(6.0) == pytest.approx(6.0)
