"""What became of a run of `earmark tag`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from earmark.counted import counted
from earmark.errors import EarmarkError
from earmark.tagging import Heard
from earmark.times import time_text

NAMED = 20  # failures listed at the end; all of them were named when they happened


@dataclass
class Counts:
    """How many results there are, how fast they came, and what failed."""

    results: int = 0
    known: int = 0
    sound: float = 0.0  # seconds analysed, and the time it took
    taken: float = 0.0
    device: str = ""
    together: int = 0  # windows heard at once, at most
    failures: list[tuple[Path, EarmarkError]] = field(default_factory=list)

    def add(self, heard: Heard) -> None:
        """Count a result."""
        self.results += 1
        self.known += heard.was_known
        if not heard.was_known:
            self.sound += heard.analysis.duration
            self.taken += heard.analysis.seconds_taken
            self.device = heard.analysis.device
            self.together = max(self.together, heard.analysis.together)

    def __str__(self) -> str:
        parts = [counted(self.results, "result")]
        if self.taken:
            batch = f", up to {self.together} windows at once," if self.together > 1 else ""
            speed = f"{self.sound / self.taken:.0f} × real time{batch} on {self.device}"
            parts.append(f"{time_text(self.sound, 1)} of sound in {self.taken:.1f} s ({speed})")
        if self.known:
            parts.append(f"{self.known} from the library")
        if self.failures:
            parts.append(f"{len(self.failures)} failed")
        return ", ".join(parts) + "."

    def lines(self) -> Iterator[str]:
        """Yield what is said at the end: the counts, and what failed, with its reason, where results stand between."""
        yield str(self)
        if not self.failures or not self.results:
            return
        yield "Failed:"
        for path, error in self.failures[:NAMED]:
            yield f"  {path}: {error}"
        if len(self.failures) > NAMED:
            yield f"  and {len(self.failures) - NAMED} more, named above."
