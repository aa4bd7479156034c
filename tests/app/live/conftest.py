"""A source that gives what it is told to, as fast as it is taken."""

from __future__ import annotations

import queue
from collections.abc import Callable

import numpy as np
import pytest

from earmark.api import AudioDeviceError
from earmark.live.capture import Capture
from earmark.live.source import Block

RATE = 1000


class Fed:
    """Gives blocks of 20 samples from what was put into it; an error put into it is raised."""

    name, sample_rate, channels = "toy", RATE, 1

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue = queue.SimpleQueue()
        self.opened = 0
        self.refusing = 0  # times that opening fails

    def put(self, samples: np.ndarray, *, overflowed: bool = False) -> None:
        for begin in range(0, len(samples), 20):
            piece = np.asarray(samples[begin : begin + 20], np.float32).reshape(-1, self.channels)
            self.waiting.put(Block(piece, overflowed and begin == 0))

    def fail(self, sentence: str) -> None:
        self.waiting.put(AudioDeviceError(sentence))

    def end(self) -> None:
        self.waiting.put(None)

    def open(self) -> None:
        self.opened += 1
        if self.opened > 1 and self.refusing:
            self.refusing -= 1
            raise AudioDeviceError("It is not there.")

    def read(self) -> Block | None:
        block = self.waiting.get()
        if isinstance(block, AudioDeviceError):
            raise block
        return block

    def close(self) -> None:
        pass

    def lose(self) -> None:
        self.fail("It went away.")


@pytest.fixture
def source() -> Fed:
    return Fed()


@pytest.fixture
def capture(source, monkeypatch) -> Callable[..., Capture]:
    monkeypatch.setattr("earmark.live.capture.AGAIN_SECONDS", 0.01)
    made: list[Capture] = []

    def make(**settings) -> Capture:
        made.append(Capture(source, **settings))
        made[-1].start()
        return made[-1]

    yield make
    source.end()
    for each in made:
        each.stop()


def ramp(count: int, first: int = 0) -> np.ndarray:
    """Samples that tell their own number."""
    return (np.arange(first, first + count) / 65536).astype(np.float32)[:, None]
