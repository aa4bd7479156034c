"""How fast recordings are heard, and how long those that wait will take."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

RECENT = 24  # recordings: the machine may have other work now than it had at first


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a file is to hear, as far as that is known without opening it.

    Attributes:
        kind: its suffix: a second of sound has about as many bytes in each file of one kind.
        size: bytes.
    """

    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class _Heard:
    weight: Weight
    sound: float  # seconds
    taken: float


def weight_of(path: Path) -> Weight:
    """Return what a file weighs; nothing where it has gone."""
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return Weight(path.suffix.lower(), size)


class Pace:
    """Learns from recordings that were heard how long the others take. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[str] = Counter()  # kind → bytes
        self._heard: deque[_Heard] = deque(maxlen=RECENT)

    def expect(self, waiting: Mapping[str, int]) -> None:
        """Know what is still to be heard, in bytes by kind."""
        with self._lock:
            self._waiting = Counter(waiting)

    def expect_all(self, weights: Iterable[Weight]) -> None:
        """Know what is still to be heard, file by file."""
        waiting: Counter[str] = Counter()
        for weight in weights:
            waiting[weight.kind] += weight.size
        self.expect(waiting)

    def heard(self, weight: Weight, *, sound: float, taken: float) -> None:
        """Learn from a recording of `sound` seconds, which took `taken` seconds."""
        with self._lock:
            self._heard.append(_Heard(weight, sound, taken))

    def passed(self, weight: Weight) -> None:
        """Wait for one recording less."""
        with self._lock:
            self._waiting[weight.kind] -= weight.size

    @property
    def times_real_time(self) -> float:
        """Return the seconds of sound heard in a second, lately; 0 before anything was heard."""
        with self._lock:
            taken = sum(each.taken for each in self._heard)
            return sum(each.sound for each in self._heard) / taken if taken else 0.0

    def seconds_left(self, done: Weight | None = None) -> float | None:
        """Return how long the rest takes; None before anything was heard.

        Args:
            done: what of the recording in work has been heard.
        """
        with self._lock:
            if not self._heard:
                return None
            left = Counter(self._waiting)
            if done:
                left[done.kind] -= done.size
            return sum(max(0, size) * self._seconds_per_byte(kind) for kind, size in left.items())

    def _seconds_per_byte(self, kind: str) -> float:
        """Return what a byte of this kind took; where none was heard yet, what a byte of any took."""
        alike = [each for each in self._heard if each.weight.kind == kind] or self._heard
        size = sum(each.weight.size for each in alike)
        return sum(each.taken for each in alike) / size if size else 0.0
