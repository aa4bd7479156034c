"""The engine's parts that can be looked at without a process."""

from __future__ import annotations

import itertools
import signal
import threading
import time

import pytest

from earmark.device import choose, physical_cores
from earmark.engine.pace import LONGEST_BATCH, MOST_CLIPS, Pace
from earmark.engine.read_ahead import ReadAhead
from earmark.engine_process import how_it_ended


def test_a_batch_grows_as_long_as_it_stays_short_enough_for_live_sound():
    pace, sizes = Pace(), []
    for _ in range(6):
        sizes.append(pace.clips)
        pace.took(pace.clips, 0.02 * pace.clips)
    assert sizes == [1, 2, 4, 8, 10, 10]
    assert LONGEST_BATCH >= 10 * 0.02


def test_a_slow_model_is_given_one_clip_at_a_time():
    pace = Pace()
    pace.took(1, 3.0)
    assert pace.clips == 1


def test_a_model_that_became_slow_gets_fewer_clips():
    pace = Pace()
    for _ in range(10):
        pace.took(pace.clips, 0.0)
    assert pace.clips == MOST_CLIPS
    pace.took(pace.clips, 0.1 * pace.clips)
    assert pace.clips == 2


def test_reading_ahead_gives_the_same_items_in_order():
    assert list(ReadAhead(range(100))) == list(range(100))


def test_reading_ahead_raises_what_reading_raised():
    def items():
        yield 1
        raise OSError("the disk is gone")

    ahead = iter(ReadAhead(items()))
    assert next(ahead) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(ahead)


def test_reading_ahead_is_two_ahead_and_stops_when_closed():
    read = []
    ahead = ReadAhead(read.append(number) or number for number in itertools.count())
    deadline = time.monotonic() + 5
    while len(read) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    ahead.close()
    assert read == [0, 1, 2]  # two that are ready, and one in the hand
    assert not any(thread.name == "read ahead" for thread in threading.enumerate())


def test_what_is_urgent_is_done_while_a_slow_disk_is_waited_for():
    urgent = threading.Event()

    def items():
        assert urgent.wait(5)
        yield 1

    assert list(ReadAhead(items(), urgent.set)) == [1]


def test_there_is_at_least_one_core():
    assert physical_cores() >= 1


def test_the_cpu_is_chosen_without_torch():
    assert choose("cpu").name == "cpu"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (-signal.SIGSEGV, "segmentation fault"),
        (-signal.SIGKILL, "memory ran out"),
        (-signal.SIGBUS, "SIGBUS"),
        (0, "status 0"),
        (3, "status 3"),
        (-200, "signal 200"),
    ],
)
def test_how_a_process_ended_is_said_in_words(status, words):
    assert words in how_it_ended(status)
