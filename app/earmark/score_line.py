"""One label's scores over time, as a line of any width: no peak is lost, however much lies under one pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

POOLED = 8  # scores of a level that make one of the next, by their maximum
FEWEST = 4  # scores under a pixel for which a level is coarse enough
Line = tuple[NDArray[np.floating], NDArray[np.floating]]  # seconds, scores


class ScoreLine:
    """The scores of one label [frames], `hop` seconds apart, the first in the middle of 0 to `hop`."""

    def __init__(self, scores: Float, hop: float) -> None:
        self._levels = [np.ascontiguousarray(scores, np.float32)]
        self.hop = hop

    def between(self, start: float, end: float, pixels: int) -> Line:
        """Return the line between two times: each score where there is room for it, else a pixel's highest."""
        if not len(self._levels[0]) or end <= start:
            return np.zeros(0), np.zeros(0)
        if (end - start) / self.hop < pixels:
            return self._scores(start, end)
        return self._highest(start, end, pixels)

    def _scores(self, start: float, end: float) -> Line:
        """Return the scores at the middles of their frames, one more at either side, level at the recording's ends."""
        scores, count = self._levels[0], len(self._levels[0])
        first = min(max(int(start / self.hop - 0.5), 0), count - 1)
        numbers = np.arange(first, min(int(end / self.hop + 0.5) + 1, count))
        seconds, heights = (numbers + 0.5) * self.hop, scores[numbers].astype(float)
        if first == 0:
            seconds, heights = np.append(0.0, seconds), np.append(scores[0], heights)
        if numbers[-1:] == count - 1:
            seconds, heights = np.append(seconds, count * self.hop), np.append(heights, scores[-1])
        return seconds, heights

    def _highest(self, start: float, end: float, pixels: int) -> Line:
        level, width = self._level((end - start) / pixels / self.hop)
        length = width * self.hop
        edges = np.linspace(start, end, pixels + 1)
        first = np.floor(edges[:-1] / length).astype(np.intp)
        last = np.maximum(np.ceil(edges[1:] / length).astype(np.intp), first + 1)
        there = (last > 0) & (first < len(level))
        bounds = np.stack([np.maximum(first, 0), np.minimum(last, len(level))], 1)[there].ravel()
        if not len(bounds):
            return np.zeros(0), np.zeros(0)
        among = np.append(level[bounds[0] : bounds[-1]], np.float32(0))  # the last bound must be a place too
        highest = np.maximum.reduceat(among, bounds - bounds[0])[::2]
        middles = (edges[:-1] + edges[1:]) / 2
        return middles[there].astype(float), highest.astype(float)

    def _level(self, frames_a_pixel: float) -> tuple[Float, int]:
        """Return the coarsest level that is fine enough, and how many frames one of its scores stands for."""
        place, width = 0, 1
        while width * POOLED * FEWEST <= frames_a_pixel:
            place, width = place + 1, width * POOLED
            if place == len(self._levels):
                finer = self._levels[-1]
                self._levels.append(np.maximum.reduceat(finer, np.arange(0, len(finer), POOLED)))
        return self._levels[place], width
