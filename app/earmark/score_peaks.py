"""All labels' highest scores in any stretch of time, at once also where that is a day."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from earmark.api import Float

POOLED = 64  # frames that are put together beforehand
ROUNDING = 1e-6  # frames


class ScorePeaks:
    """The highest of the scores [frames, labels], `hop` seconds apart."""

    def __init__(self, frames: Float, hop: float, labels: Sequence[str]) -> None:
        self.frames, self._hop, self._labels = frames, hop, labels
        self._pooled = np.maximum.reduceat(frames, np.arange(0, len(frames), POOLED)) if len(frames) else frames

    def between(self, start: float, end: float) -> dict[str, float]:
        """Return each label's highest score between two times, in seconds; nothing where there are no scores."""
        count = len(self.frames)
        if not count:
            return {}
        first = min(max(int(start / self._hop + ROUNDING), 0), count - 1)
        last = min(max(first + 1, math.ceil(end / self._hop - ROUNDING)), count)
        return dict(zip(self._labels, self._highest(first, last).tolist(), strict=True))

    def _highest(self, first: int, last: int) -> Float:
        whole, until = -(-first // POOLED), last // POOLED  # the pooled ones that lie inside
        if whole >= until:
            return self.frames[first:last].max(0)
        edges = self.frames[first : whole * POOLED], self._pooled[whole:until], self.frames[until * POOLED : last]
        return np.maximum.reduce([part.max(0) for part in edges if len(part)])
