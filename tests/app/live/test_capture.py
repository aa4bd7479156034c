"""Sound goes from the source into the ring; a source that goes away is said, waited for, and come back to."""

from __future__ import annotations

import time

import numpy as np

from earmark.live.capture import Capture

from .conftest import RATE, ramp


def until(true, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_every_block_is_in_the_ring_in_order(source, capture):
    source.put(ramp(500))
    listening = capture()
    until(lambda: listening.ring.written == 500)
    assert np.array_equal(listening.ring.newest(500).samples, ramp(500))
    assert listening.blocks == 25


def test_the_level_is_that_of_the_newest_block_and_clipping_is_marked(source, capture):
    source.put(np.full(20, 0.5))
    source.put(np.full(20, -1.0))
    listening = capture()
    until(lambda: listening.blocks == 2)
    assert (listening.level.peak, listening.level.rms, listening.level.clipped) == (1.0, 1.0, True)


def test_an_overflow_is_marked_where_it_was(source, capture):
    source.put(ramp(40))
    source.put(ramp(20), overflowed=True)
    listening = capture()
    until(lambda: listening.blocks == 3)
    assert [(gap.sample, gap.reason) for gap in listening.gaps] == [(40, "overflow")]


def test_a_device_that_went_away_is_said_and_taken_up_again_when_it_is_back(source, capture):
    said: list[object] = []
    source.refusing = 3
    source.put(ramp(100))
    source.fail("It went away.")
    listening = capture(on_said=said.append)
    until(lambda: source.opened == 5)
    source.put(ramp(100))
    until(lambda: listening.blocks == 10)
    assert [str(each) for each in said] == ["It went away.", "None"]
    [gap] = listening.gaps
    assert gap.sample == 100
    assert listening.ring.written == 200 + round(gap.seconds * RATE)  # the time that passed is silence
    assert not listening.ring.read(100, 100 + round(gap.seconds * RATE)).samples.any()


def test_a_microphone_that_gives_only_zeros_is_said_once_and_so_is_its_sound(source, capture):
    said, now = [], [0.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    source.put(np.zeros(300))
    listening = capture(on_said=said.append, clock=clock)
    until(lambda: listening.blocks == 15)
    source.put(np.full(40, 0.1))
    until(lambda: listening.blocks == 17)
    assert [each and each.sentence for each in said] == ["The microphone “toy” gives only zeros.", None]


def test_it_ends_with_the_source_and_the_ring_says_so(source, capture):
    source.put(ramp(20))
    source.end()
    listening = capture()
    assert listening.ended.wait(10)
    assert listening.ring.closed


def test_stopping_ends_the_wait_for_a_device(source):
    listening = Capture(source)
    source.refusing = 1_000_000
    source.fail("It went away.")
    listening.start()
    until(lambda: source.opened >= 1)
    listening.stop()
    assert listening.ended.is_set()
