"""A model hears the newest window every hop; one that cannot keep up stretches its hop, and errors stop nothing."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from earmark.analysis import Heading
from earmark.api import Heard, PluginError
from earmark.live.ear import Ear, Moment
from earmark.live.ring_buffer import RingBuffer

from .conftest import RATE, ramp

HEADING = Heading(
    model_id="toy/loud", title="Loud", labels=("loud",), sample_rate=RATE, window_seconds=2.0, draws_timeline=True
)


class Engines:
    """Answers with how loud every tenth of a second is; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, int]] = []
        self.errors: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()

    def hear(self, samples, sample_rate, model_id, *, start=0.0) -> Heard | None:
        self.asked.append((start, len(samples)))
        assert self.gate.wait(10)
        if self.errors:
            raise self.errors.pop()
        frames = np.abs(samples).reshape(-1, 100).max(1)[:, None]
        return Heard(scores=frames.max(0), frames=frames, hop=0.1)


@pytest.fixture
def engines() -> Engines:
    return Engines()


@pytest.fixture
def heard() -> list[Moment]:
    return []


@pytest.fixture
def listen(engines, heard):
    ring, came = RingBuffer(60 * RATE), threading.Semaphore(0)
    failed: list[Exception] = []

    def note(ear: Ear, moment: Moment) -> None:
        heard.append(moment)
        came.release()

    def fail(error) -> None:
        failed.append(error)
        came.release()

    ear = Ear(engines, HEADING, ring, RATE, on_heard=note, on_failed=fail)
    ear.start()

    def feed(samples: np.ndarray, *, answers: int = 1) -> tuple[Ear, list[Exception]]:
        ring.write(np.asarray(samples, np.float32).reshape(-1, 1))
        for _ in range(answers):
            assert came.acquire(timeout=10)
        return ear, failed

    yield feed
    ring.close()
    ear.stop()


def test_it_answers_every_hop_with_the_window_before_it(listen, engines):
    listen(ramp(500))
    for _ in range(4):
        listen(ramp(500))
    assert engines.asked == [(0.0, 500), (0.0, 1000), (0.0, 1500), (0.0, 2000), (0.5, 2000)]


def test_the_newest_scores_are_of_what_sounds_now(listen, heard):
    listen(np.full(500, 0.8))
    listen(np.zeros(500))
    assert [round(float(moment.newest[0]), 2) for moment in heard] == [0.8, 0.0]
    assert round(float(heard[1].scores[0]), 2) == 0.8  # the window still holds it
    assert [moment.seconds for moment in heard] == [0.5, 1.0]


def test_the_track_holds_every_frame_once(listen):
    for level in (0.1, 0.2, 0.3, 0.4):
        ear, _ = listen(np.full(500, level))
    assert np.allclose(ear.track.frames[:, 0], np.repeat([0.1, 0.2, 0.3, 0.4], 5))


def test_a_model_that_cannot_keep_up_skips_to_the_newest_sound_and_says_so(listen, engines, heard):
    engines.gate.clear()
    listen(ramp(500), answers=0)
    while not engines.asked:
        pass
    listen(ramp(1500), answers=0)
    engines.gate.set()
    ear, _ = listen(ramp(0), answers=2)
    assert engines.asked == [(0.0, 500), (0.0, 2000)]
    assert (ear.late, heard[1].hop) == (2, 1.5)


def test_an_error_is_said_and_newer_sound_is_heard(listen, engines, heard):
    engines.errors.append(PluginError("It broke.", plugin="toy"))
    _, failed = listen(ramp(500))
    listen(ramp(500))
    assert [str(error) for error in failed] == ["It broke."]
    assert len(heard) == 1


def test_what_begins_is_heard_before_its_turn_on_the_same_grid_of_frames(listen, engines, heard):
    listen(np.full(500, 0.001))
    for _ in range(2):
        listen(np.full(50, 0.001), answers=0)
    for _ in range(6):
        listen(np.full(50, 0.9), answers=0)
    listen(np.full(50, 0.9))
    assert [moment.seconds for moment in heard] == [0.5, 0.9]  # it begins at 0.6 s; its turn would be at 1.0 s
    assert heard[-1].newest[0] == pytest.approx(0.9)
    listen(np.full(550, 0.9))
    assert heard[-1].seconds == pytest.approx(1.4)
