"""Live scores: the frames of overlapping windows on one time axis, and tags that neither flicker nor lag."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from earmark.api import Float

KEPT_SECONDS = 120.0
UNSETTLED_PART, UNSETTLED_SECONDS = 0.5, 2.0  # of a window's newest frames: what follows may change them still


class FrameTrack:
    """Frame scores [frames, labels] of the last two minutes; the newer window replaces what the older one said.

    A window knows little about its first frames, since what came before them is missing, and little about its last
    ones. So a newer window replaces the newest two seconds only; what is older is settled.
    """

    def __init__(self, labels: Sequence[str], hop: float) -> None:
        self.labels, self.hop = tuple(labels), hop
        self.first = 0  # the number of the oldest frame kept; frame n covers n·hop to (n + 1)·hop
        self.settled = 0  # frames before this number do not change any more
        self._frames = np.zeros((0, len(self.labels)), np.float32)

    @property
    def frames(self) -> Float:
        """Return the frames kept [frames, labels]."""
        return self._frames

    @property
    def last(self) -> int:
        """Return the number behind the newest frame."""
        return self.first + len(self._frames)

    def add(self, start: float, frames: Float) -> None:
        """Take the frames of a window that begins at `start` seconds."""
        begin = round(start / self.hop)
        unsettled = min(round(len(frames) * UNSETTLED_PART), round(UNSETTLED_SECONDS / self.hop))
        self._put(begin, frames, replaced=max(begin, min(self.settled, self.last), self.first))
        self.settled = max(self.settled, begin + len(frames) - unsettled)

    def _put(self, begin: int, frames: Float, *, replaced: int) -> None:
        if not len(self._frames):
            self.first = begin
        until = max(self.last, begin + len(frames))
        grown = np.zeros((until - self.first, len(self.labels)), np.float32)
        grown[: len(self._frames)] = self._frames
        grown[replaced - self.first : begin + len(frames) - self.first] = frames[replaced - begin :]
        too_many = max(0, len(grown) - round(KEPT_SECONDS / self.hop))
        self._frames, self.first = grown[too_many:], self.first + too_many


class Smoothed:
    """Scores that rise quickly and fall slowly, so that a label neither flickers nor lags.

    Args:
        attack, release: seconds in which a step is followed to 63 %.
    """

    def __init__(self, *, attack: float = 0.1, release: float = 0.8) -> None:
        self._attack, self._release = attack, release
        self._scores: Float | None = None
        self._at = 0.0

    def follow(self, scores: Float, seconds: float) -> Float:
        """Return the smoothed scores [labels] at a time."""
        if self._scores is None:
            self._scores = np.array(scores, np.float32)
        else:
            passed = max(0.0, seconds - self._at)
            times = np.where(scores > self._scores, self._attack, self._release)
            part = 1 - np.exp(-passed / np.maximum(times, 1e-6))
            self._scores = (self._scores + (scores - self._scores) * part).astype(np.float32)
        self._at = seconds
        return self._scores


def whole_hop(hop: float, frame_hop: float | None) -> float:
    """Return the hop rounded to whole frames of a model, at least one."""
    if not frame_hop:
        return hop
    return max(1, math.floor(hop / frame_hop + 0.5)) * frame_hop
