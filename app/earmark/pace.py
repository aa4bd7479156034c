"""How fast recordings are heard, and how long those that wait will take."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
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
        self._begun: _Heard | None = None  # what of the one in work was heard

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

    def go_on(self, weight: Weight, *, sound: float, part: float, speed: float) -> None:
        """Learn from the recording in work.

        Args:
            sound: seconds heard of it; part: the share of it, 0..1; speed: seconds of sound in a second.
        """
        done = Weight(weight.kind, round(weight.size * part))
        with self._lock:
            self._begun = _Heard(done, sound, sound / speed if speed else 0.0)

    def heard(self, weight: Weight, *, sound: float, taken: float) -> None:
        """Learn from a recording of `sound` seconds, which took `taken` seconds."""
        with self._lock:
            self._heard.append(_Heard(weight, sound, taken))

    def passed(self, weight: Weight) -> None:
        """Wait for one recording less: it was heard, it was known, or it failed."""
        with self._lock:
            self._waiting[weight.kind] -= weight.size
            self._begun = None

    @property
    def times_real_time(self) -> float:
        """Return the seconds of sound heard in a second, lately; 0 before anything was heard."""
        with self._lock:
            heard = self._lately()
            taken = sum(each.taken for each in heard)
            return sum(each.sound for each in heard) / taken if taken else 0.0

    def seconds_left(self) -> float | None:
        """Return how long the rest takes; None before anything was heard."""
        with self._lock:
            heard, left = self._lately(), Counter(self._waiting)
            if not heard:
                return None
            if self._begun:
                left[self._begun.weight.kind] -= self._begun.weight.size
            return sum(max(0, size) * _seconds_per_byte(heard, kind) for kind, size in left.items())

    def _lately(self) -> list[_Heard]:
        """Return what the pace is learnt from."""
        begun = [self._begun] if self._begun and self._begun.taken else []
        return [*self._heard, *begun]


def _seconds_per_byte(heard: Sequence[_Heard], kind: str) -> float:
    """Return what a byte of this kind took; where none was heard yet, what a byte of any took."""
    alike = [each for each in heard if each.weight.kind == kind] or heard
    size = sum(each.weight.size for each in alike)
    return sum(each.taken for each in alike) / size if size else 0.0
