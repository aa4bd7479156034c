"""What the loudspeaker is at: the sample that is heard now, and how loud it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from earmark.api import Float
from earmark.route import Route

LEVEL_SECONDS = 0.05  # of what was heard last, for its level
KEPT = 512  # pieces: more than a device holds back


class Place(NamedTuple):
    """A sample on a route."""

    route: Route
    sample: float

    @property
    def seconds(self) -> float:
        """Return where in the recording that is."""
        return self.route.seconds(self.sample)


class Given(NamedTuple):
    """Samples that were handed to the device.

    Attributes:
        heard_at: the stream's time at which the first of them is heard.
        first: the sample of the route that this is.
        pace: samples of the route for each of these.
    """

    heard_at: float
    samples: int
    route: Route
    first: float
    pace: float = 1.0


@dataclass(frozen=True)
class Level:
    """How loud it is, for each of the device's channels, where 1 is full scale."""

    peaks: tuple[float, ...]
    rms: tuple[float, ...]


class Clock:
    """Which sample the loudspeaker is at, from what the stream was given and when it said that would be heard."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._given: deque[Given] = deque(maxlen=KEPT)
        self._levels: deque[tuple[float, float, Float, Float]] = deque(maxlen=KEPT)  # from, to, peaks, mean squares

    def give(self, given: Given) -> None:
        """Note what was handed to the device."""
        self._given.append(given)

    def measure(self, samples: Float, heard_at: float) -> None:
        """Note how loud [samples, channels] are that are heard from a time on."""
        peaks = np.maximum(samples.max(0), -samples.min(0))
        squares = np.einsum("sc,sc->c", samples, samples) / len(samples)
        self._levels.append((heard_at, heard_at + len(samples) / self._rate, peaks, squares))

    def place(self, now: float) -> Place | None:
        """Return what is heard at a time of the stream; an empty buffer holds it. None before the first sample."""
        for given in reversed(tuple(self._given)):
            if given.heard_at <= now:
                gone = min((now - given.heard_at) * self._rate, given.samples)
                return Place(given.route, given.first + gone * given.pace)
        return None

    def level(self, now: float) -> Level | None:
        """Return how loud it has been in the moment before a time of the stream; None where nothing was heard."""
        heard = [each for each in tuple(self._levels) if each[0] <= now and each[1] > now - LEVEL_SECONDS]
        if not heard:
            return None
        peaks = np.max([each[2] for each in heard], axis=0)
        rms = np.sqrt(np.mean([each[3] for each in heard], axis=0))
        return Level(tuple(peaks.tolist()), tuple(rms.tolist()))
