"""The way through a recording that is played: its passage, and which second each sample on the way belongs to."""

from __future__ import annotations

from dataclasses import dataclass

Stretch = tuple[float, float]
SHORTEST_LOOP = 0.02  # seconds


@dataclass(frozen=True)
class Passage:
    """What is to be played.

    Attributes:
        start: seconds.
        end: seconds; None is the end of the recording. Not reached where something is repeated.
        loop: the seconds that are repeated, once the way from `start` has come to their end.
    """

    start: float = 0.0
    end: float | None = None
    loop: Stretch | None = None


@dataclass(frozen=True)
class Route:
    """A passage in samples, counted on through every repetition: exact after any number of them.

    Attributes:
        rate: samples in a second.
        first_lap: samples until the loop's end is reached for the first time.
        lap: samples of each repetition; 0 where nothing is repeated.
        visit: which search for a place it belongs to.
    """

    passage: Passage
    rate: int
    first_lap: int = 0
    lap: int = 0
    visit: int = 0

    @classmethod
    def along(cls, passage: Passage, rate: int, *, visit: int = 0) -> Route:
        """Return the route of a passage; a start behind the loop is its beginning."""
        if passage.loop is None:
            return cls(passage, rate, visit=visit)
        begin, end = passage.loop
        end = max(end, begin + SHORTEST_LOOP)
        start = passage.start if passage.start < end else begin
        kept = Passage(start, None, (begin, end))
        first_lap, lap = (max(1, round((end - each) * rate)) for each in (start, begin))
        return cls(kept, rate, first_lap, lap, visit)

    def seconds(self, sample: float) -> float:
        """Return where in the recording a sample on the way is."""
        if self.passage.loop is None or sample < self.first_lap:
            return self.passage.start + sample / self.rate
        return self.passage.loop[0] + (sample - self.first_lap) % self.lap / self.rate

    def laps(self, sample: float) -> int:
        """Return how often the loop's end has been passed."""
        if self.passage.loop is None or sample < self.first_lap:
            return 0
        return 1 + int((sample - self.first_lap) // self.lap)
