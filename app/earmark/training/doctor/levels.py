"""How loud a recording is, whether it was cut off at the top, and what its samples are: block by block."""

from __future__ import annotations

import hashlib

import numpy as np

from earmark.api import Float

SHORTEST_RUN = 3  # samples at the limit, one after another: fewer are a peak
FLAT = 1e-4  # of the level: what is nearer to it is at it (16 bits are three times finer)
STEEP = 1e-3  # of the level: what was cut off comes to it faster than the top of a wave does


class Extent:
    """Gathers what samples span."""

    def __init__(self) -> None:
        self._lowest, self._highest = np.inf, -np.inf

    def add(self, block: Float) -> None:
        """Take the next block, of any shape."""
        if block.size:
            self._lowest = min(self._lowest, float(block.min()))
            self._highest = max(self._highest, float(block.max()))

    @property
    def peak(self) -> float:
        """The greatest distance from the middle: half of what the samples span."""
        return max(0.0, (self._highest - self._lowest) / 2)  # −inf where there are none


class Levels:
    """Gathers blocks [frames, channels] of one recording.

    Args:
        is_bounded: its coding knows nothing beyond full scale, so that what is beyond was cut off before it was coded.
    """

    def __init__(self, *, is_bounded: bool) -> None:
        self.frames = self.samples = 0
        self.extent = Extent()
        self._ceiling = 1.0 if is_bounded else np.inf
        self._sides = (_Side(), _Side())
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, block: Float) -> None:
        """Take the next block."""
        self._hash.update(np.ascontiguousarray(block).tobytes())
        self.frames, self.samples = self.frames + len(block), self.samples + block.size
        self.extent.add(block)
        for channel in block.T:
            for side, wave in zip(self._sides, (channel, -channel), strict=True):
                level = min(float(wave.max()), self._ceiling)
                if level > 0:
                    side.add(level, samples_at(wave, level))

    @property
    def clipped(self) -> float:
        """The share of samples that are cut off."""
        return sum(side.count for side in self._sides) / max(1, self.samples)

    def content(self, sample_rate: int) -> str:
        """Return what only recordings of the very same samples share."""
        return f"{self._hash.hexdigest()}-{sample_rate}-{self.samples}-{self.frames}"


class _Side:
    """The samples at the highest level so far, on one side of zero."""

    def __init__(self) -> None:
        self.level, self.count = 0.0, 0

    def add(self, level: float, count: int) -> None:
        if level > self.level * (1 + FLAT):
            self.level, self.count = level, count
        elif level >= self.level * (1 - FLAT):
            self.count += count


def samples_at(wave: Float, level: float) -> int:
    """Return how many samples are in flat runs at a level, or above, to which the wave comes steeply."""
    at = np.concatenate(([False], wave >= level * (1 - FLAT), [False]))
    turns = np.flatnonzero(at[1:] != at[:-1])
    first, last = turns[::2], turns[1::2]  # a run is wave[first:last]
    long = last - first >= SHORTEST_RUN
    first, last = first[long], last[long]
    before, after = wave[np.maximum(first - 1, 0)], wave[np.minimum(last, len(wave) - 1)]
    steep = np.minimum(before, after) < level * (1 - STEEP)
    return int((last - first)[steep].sum())
