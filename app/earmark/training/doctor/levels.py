"""How loud a recording is, whether it was cut off at the top, and what its samples are: block by block."""

from __future__ import annotations

import hashlib

import numpy as np

from earmark.api import Float

FLAT, NEAR = 1e-4, 1e-3  # of the highest level: what is at the top, and what is just below
FLAT_STEPS, NEAR_STEPS = 0.6, 6.5  # the same in steps of the coding, where these are coarser
PILED = 2.0  # times as many at the top as just below: a sine has half as many, noise a ninth
FEWEST = 8  # samples


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
        ceiling: the highest level of its coding, infinite for floating point. What a lossy coding has beyond it was cut
            off before it was coded, or is when it is played.
        step: between two levels of its coding near full scale.
    """

    def __init__(self, *, ceiling: float, step: float) -> None:
        self.frames = self.samples = 0
        self.extent = Extent()
        self._ceiling, self._step = ceiling, step
        self._sides = (_Side(), _Side())
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, block: Float) -> None:
        """Take the next block."""
        self._hash.update(np.ascontiguousarray(block).tobytes())
        self.frames, self.samples = self.frames + len(block), self.samples + block.size
        self.extent.add(block)
        for channel in block.T:
            for side, wave in zip(self._sides, (channel, -channel), strict=True):
                side.add(wave, self._ceiling, self._step)

    @property
    def clipped(self) -> float:
        """The share of samples that are cut off."""
        return sum(side.cut_off for side in self._sides) / max(1, self.samples)

    def content(self, sample_rate: int) -> str:
        """Return what only recordings of the very same samples share."""
        return f"{self._hash.hexdigest()}-{sample_rate}-{self.samples}-{self.frames}"


class _Side:
    """The samples at the highest level so far, on one side of zero, and those just below it."""

    def __init__(self) -> None:
        self._level = 0.0
        self._at = self._below = 0

    def add(self, wave: Float, ceiling: float, step: float) -> None:
        level = min(float(wave.max()), ceiling)
        flat, near = max(FLAT * level, FLAT_STEPS * step), max(NEAR * level, NEAR_STEPS * step)
        if level <= 0 or level < self._level - flat:
            return
        if level > self._level + flat:
            self._level, self._at, self._below = level, 0, 0
        at = int(np.count_nonzero(wave >= level - flat))
        self._at += at
        self._below += int(np.count_nonzero(wave >= level - near)) - at

    @property
    def cut_off(self) -> int:
        """How many samples are cut off: those at the top, where they are many more than a wave has there."""
        return self._at if self._at >= FEWEST and self._at > PILED * self._below else 0
