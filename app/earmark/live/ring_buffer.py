"""The newest samples, by absolute number: one writes and never waits, any number read."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from earmark.api import Float


def mixed(samples: Float) -> Float:
    """Return the mean [frames] of the channels of samples [frames, channels]."""
    return samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1)


@dataclass(frozen=True)
class Stretch:
    """Some samples [frames, channels] and the number of the first; `skipped` were gone before they could be read."""

    first: int
    samples: Float
    skipped: int = 0

    @property
    def last(self) -> int:
        """Return the number of the sample behind the last one."""
        return self.first + len(self.samples)


class RingBuffer:
    """Keeps the last `capacity` frames, twice, so that every stretch of them lies in one piece.

    The writer never waits for a reader: one that falls behind skips to the oldest sample kept, and is told how many
    it lost.
    """

    def __init__(self, capacity: int, channels: int = 1) -> None:
        self.capacity, self.channels = capacity, channels
        self.written = 0  # samples ever; the number of the next
        self.closed = False  # there will be no more
        self._claimed = 0  # up to here samples may be being written
        self._samples = np.zeros((2 * capacity, channels), np.float32)
        self._grown = threading.Condition()
        self._awaited: list[int] = []  # numbers that somebody waits for: nobody is woken for less

    def write(self, samples: Float) -> None:
        """Add samples [frames, channels]."""
        for begin in range(0, len(samples), self.capacity):
            self._put(samples[begin : begin + self.capacity])
        with self._grown:
            if any(number <= self.written for number in self._awaited):
                self._grown.notify_all()

    def close(self) -> None:
        """Say that there will be no more; nobody waits any longer."""
        with self._grown:
            self.closed = True
            self._grown.notify_all()

    def skip(self, count: int) -> None:
        """Let time pass in silence: samples that the source did not give."""
        silence = np.zeros((min(count, self.capacity), self.channels), np.float32)
        self.written += count - len(silence)
        self._claimed = self.written
        self.write(silence)

    def wait_for(self, number: int, seconds: float) -> bool:
        """Wait until a sample has been written, but not for ever; return whether it has."""
        with self._grown:
            self._awaited.append(number)
            try:
                self._grown.wait_for(lambda: self.closed or self.written >= number, seconds)
            finally:
                self._awaited.remove(number)
        return self.written >= number

    @property
    def oldest(self) -> int:
        """Return the number of the oldest sample kept."""
        return max(0, self._claimed - self.capacity)

    def read(self, first: int, last: int) -> Stretch:
        """Return a copy of the samples first..last, or what is left of them."""
        while True:
            begin = max(first, self.oldest)
            end = max(begin, min(last, self.written))
            place = begin % self.capacity
            samples = self._samples[place : place + end - begin].copy()
            if begin >= self.oldest or end == begin:  # nothing was overwritten meanwhile
                return Stretch(begin, samples, skipped=max(0, begin - first))

    def newest(self, count: int) -> Stretch:
        """Return a copy of the last `count` samples, or all where there are fewer."""
        written = self.written
        return self.read(max(0, written - count), written)

    def _put(self, samples: Float) -> None:
        place = self.written % self.capacity
        self._claimed = self.written + len(samples)
        for copy in (place, place + self.capacity):
            fitting = min(len(samples), 2 * self.capacity - copy)
            self._samples[copy : copy + fitting] = samples[:fitting]
        if place + len(samples) > self.capacity:  # what lies over the middle belongs to the beginning, too
            over = place + len(samples) - self.capacity
            self._samples[:over] = samples[len(samples) - over :]
        self.written += len(samples)
