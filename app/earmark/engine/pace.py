"""How many clips a batch of file work may hold, by the time that they were seen to take."""

from __future__ import annotations

LONGEST_BATCH = 0.2  # seconds: what live sound may have to wait
MOST_CLIPS = 64


class Pace:
    """Measured time per clip → clips per batch. Starts with one clip, at most doubles, and never exceeds `most`."""

    def __init__(self) -> None:
        self.clips = 1
        self.most = MOST_CLIPS

    def took(self, clips: int, seconds: float) -> None:
        """Note that a batch of so many clips took so long."""
        affordable = int(LONGEST_BATCH / max(seconds / clips, 1e-6))
        self.clips = max(1, min(affordable, 2 * self.clips, self.most))
