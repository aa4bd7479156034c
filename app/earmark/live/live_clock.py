"""What time it is in live sound, between two blocks too."""

from __future__ import annotations

import time
from collections.abc import Callable

FOLLOWING = 0.1  # part of its error that the clock corrects at each look: a block that is late moves it little
JUMP = 0.25  # seconds: an error of more is no jitter, but sound that was lost or held up


class LiveClock:
    """Runs evenly where sound comes in blocks, so that what is drawn by it does not stutter.

    Never later than the newest sample, and never backwards.

    Args:
        lag: seconds behind the newest sample: as much as a block may be late.
    """

    def __init__(self, *, lag: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._lag, self._clock = lag, clock
        self._ahead: float | None = None  # of the live time before the computer's
        self._newest = self._told = 0.0

    def follow(self, newest: float) -> float:
        """Return the seconds since the start, from when the newest sample was heard and what time it is now."""
        now = self._clock()
        if newest == self._newest and self._ahead is not None:  # nothing has come since
            return self._tell(now, newest)
        self._newest, ahead = newest, newest - now
        if self._ahead is None or abs(ahead - self._ahead) > JUMP:
            self._ahead = ahead
        self._ahead += FOLLOWING * (ahead - self._ahead)
        return self._tell(now, newest)

    def _tell(self, now: float, newest: float) -> float:
        assert self._ahead is not None
        self._told = max(self._told, min(now + self._ahead - self._lag, newest), 0.0)
        return self._told
