"""It has become louder: what begins then is worth hearing before its turn."""

from __future__ import annotations

import numpy as np

from earmark.live.ring_buffer import RingBuffer, mixed

PIECE_SECONDS = 0.02
RISE = 10.0  # times the power of what was before: 10 dB
BACKGROUND_SECONDS = 0.5  # in which the background follows to 63 %
FLOOR = 1e-6  # of full scale's power, −60 dB: what is softer is no sound


class OnsetWatch:
    """Follows how loud the ring's samples are."""

    def __init__(self, ring: RingBuffer, sample_rate: int) -> None:
        self._ring, self._size = ring, max(1, round(PIECE_SECONDS * sample_rate))
        self._cursor = ring.written
        self._background = FLOOR
        self._was_loud = False

    def follow(self) -> int | None:
        """Return the sample at which it last became louder since the last call, or None."""
        whole = (self._ring.written - self._cursor) // self._size * self._size
        stretch = self._ring.read(self._cursor, self._cursor + whole)
        self._cursor = stretch.last
        pieces = mixed(stretch.samples)[: len(stretch.samples) // self._size * self._size].reshape(-1, self._size)
        onsets = [number for number, power in enumerate(np.square(pieces).mean(axis=1)) if self._rises(float(power))]
        return stretch.first + onsets[-1] * self._size if onsets else None

    def _rises(self, power: float) -> bool:
        is_loud = power > RISE * self._background
        rises, self._was_loud = is_loud and not self._was_loud, is_loud
        self._background += (max(power, FLOOR) - self._background) * PIECE_SECONDS / BACKGROUND_SECONDS
        return rises
