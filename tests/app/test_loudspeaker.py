"""From one line to another, and how loud: what is put into the device's buffers."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.loudspeaker import Line, Loudspeaker
from earmark.route import Passage, Route
from earmark.time_stretch import Piece

RATE = 1000


def line_of(samples, *, since: float | None = None, complete: bool = False) -> Line:
    line = Line(Route(Passage(), RATE), since=since)
    line.put(Piece(np.float32(samples).reshape(len(samples), -1), 0, 1.0))
    line.complete = complete
    return line


def filled(loudspeaker: Loudspeaker, count: int, *, channels: int = 1, heard_at: float = 0.0) -> np.ndarray:
    out = np.full((count, channels), 9.0, np.float32)
    loudspeaker.fill(out, heard_at)
    return out


def test_where_nothing_waits_there_is_silence():
    loudspeaker = Loudspeaker(line_of([1, 1], complete=True), rate=RATE, gain=1.0)
    assert filled(loudspeaker, 5)[:, 0].tolist() == [1, 1, 0, 0, 0]
    assert loudspeaker.silent_for == 3


def test_another_line_is_faded_to():
    loudspeaker = Loudspeaker(line_of(np.ones(100)), rate=RATE, gain=1.0)
    filled(loudspeaker, 10)
    loudspeaker.turn_to(line_of(np.full(100, -1.0)))
    heard = filled(loudspeaker, 20)[:, 0]
    assert heard[0] == 1.0
    assert np.abs(np.diff(heard)).max() < 0.25
    assert (heard[10:] == -1).all()


def test_a_line_that_goes_on_is_joined_as_far_on_as_the_one_before_has_come():
    ramp = np.arange(200)
    loudspeaker = Loudspeaker(line_of(ramp), rate=RATE, gain=1.0)
    filled(loudspeaker, 50)
    coming = line_of(ramp[50:], since=50)  # prepared while the first plays on
    filled(loudspeaker, 30)
    loudspeaker.turn_to(coming)
    assert np.allclose(filled(loudspeaker, 40)[:, 0], np.arange(80, 120))


def test_a_change_of_volume_glides():
    loudspeaker = Loudspeaker(line_of(np.ones(100)), rate=RATE, gain=1.0)
    filled(loudspeaker, 10)
    loudspeaker.gain = 0.0
    assert np.abs(np.diff(filled(loudspeaker, 20)[:, 0])).max() < 0.06
    assert not filled(loudspeaker, 20).any()


def test_one_channel_goes_to_both_sides_and_two_go_to_one():
    both = Loudspeaker(line_of([0.5, 0.5]), rate=RATE, gain=1.0)
    assert filled(both, 2, channels=2).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    one = Loudspeaker(line_of([[1.0, 0.5]]), rate=RATE, gain=1.0)
    assert filled(one, 1).tolist() == [[0.75]]


def test_the_level_is_that_of_what_is_heard_not_of_what_was_handed_out():
    loudspeaker = Loudspeaker(line_of(np.r_[np.full(100, 0.5), np.ones(100)]), rate=RATE, gain=1.0)
    filled(loudspeaker, 100, heard_at=1.0)
    filled(loudspeaker, 100, heard_at=1.1)
    assert loudspeaker.clock.level(0.9) is None
    quiet, loud = loudspeaker.clock.level(1.05), loudspeaker.clock.level(1.19)
    assert quiet is not None
    assert quiet.peaks == (0.5,)
    assert quiet.rms == pytest.approx((0.5,))
    assert loud is not None
    assert loud.peaks == (1.0,)
