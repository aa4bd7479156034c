"""Which events are still the same after a setting moved or a judgement was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from earmark.judging import JudgedEvent


def same_events(before: Iterable[JudgedEvent], events: Sequence[JudgedEvent]) -> tuple[int, ...]:
    """Return for each earlier event the number of the one that overlaps it the most, of the same label.

    What overlaps none is left out, and none is named twice.
    """
    before = list(before)
    wanted = {event.label for event in before}
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, event in enumerate(events):
        if event.label in wanted:
            numbers[event.label].append(number)
    times = {label: np.array([_times(events[each]) for each in of]) for label, of in numbers.items()}
    pairs = [(event.label, _most_shared(event, times[event.label])) for event in before if event.label in times]
    return tuple(dict.fromkeys(numbers[label][place] for label, place in pairs if place is not None))


def _times(event: JudgedEvent) -> tuple[float, float]:
    return event.onset, event.offset


def _most_shared(event: JudgedEvent, times: np.ndarray) -> int | None:
    """Return which of some [events, onset offset] shares the most time with an event; None where none does."""
    shared = np.minimum(times[:, 1], event.offset) - np.maximum(times[:, 0], event.onset)
    best = int(shared.argmax())
    is_moment = event.onset == event.offset
    return best if shared[best] > 0 or (is_moment and shared[best] == 0) else None
