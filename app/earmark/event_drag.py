"""Moving, resizing and drawing an event by hand: from where the pointer is to where the event is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Part = Literal["body", "onset", "offset", "new"]
SHORTEST = 0.005  # seconds: what is drawn shorter is a click


@dataclass(frozen=True, kw_only=True)
class Magnets:
    """Times that draw an edge to them: other events' edges, the playhead.

    Attributes:
        times: seconds, sorted.
        reach: seconds; 0 draws nothing.
    """

    times: NDArray[np.float64]
    reach: float = 0.0

    def pull(self, seconds: float) -> float:
        """Return how far the nearest time within reach draws; 0.0 where there is none."""
        if not len(self.times) or self.reach <= 0:
            return 0.0
        after = int(np.searchsorted(self.times, seconds))
        near = self.times[max(after - 1, 0) : after + 1] - seconds
        nearest = float(near[np.abs(near).argmin()])
        return nearest if abs(nearest) <= self.reach else 0.0


NO_MAGNETS = Magnets(times=np.zeros(0))


@dataclass(frozen=True, kw_only=True)
class Drag:
    """An event held by the pointer.

    Attributes:
        part: what is held; "new" is an event being drawn.
        onset, offset: of the event when it was taken, in seconds.
        held_at: where the pointer took it; duration: of the recording.
    """

    part: Part
    onset: float
    offset: float
    held_at: float
    duration: float

    def to(self, seconds: float, magnets: Magnets = NO_MAGNETS) -> tuple[float, float]:
        """Return onset and offset with the pointer at a time; an edge dragged past the other becomes the other."""
        if self.part == "body":
            return self._moved(seconds - self.held_at, magnets)
        still, moving = {
            "onset": (self.offset, self.onset + seconds - self.held_at),
            "offset": (self.onset, self.offset + seconds - self.held_at),
            "new": (self.held_at + magnets.pull(self.held_at), seconds),
        }[self.part]
        moving = min(max(moving + magnets.pull(moving), 0.0), self.duration)
        return self._in_order(still, moving)

    def _moved(self, by: float, magnets: Magnets) -> tuple[float, float]:
        pulls = (magnets.pull(self.onset + by), magnets.pull(self.offset + by))
        by += min((pull for pull in pulls if pull), key=abs, default=0.0)
        by = min(max(by, -self.onset), max(self.duration - self.offset, 0.0))
        return self.onset + by, self.offset + by

    def _in_order(self, still: float, moving: float) -> tuple[float, float]:
        """Return both edges; an event that is resized never becomes shorter than can be taken hold of again."""
        if self.part != "new" and abs(moving - still) < SHORTEST:
            moving = still + SHORTEST if moving >= still and still + SHORTEST <= self.duration else still - SHORTEST
        return max(min(still, moving), 0.0), max(still, moving)


def is_drawn(onset: float, offset: float) -> bool:
    """Return whether a stretch is long enough to be meant."""
    return offset - onset >= SHORTEST * 0.999  # a difference of floats
