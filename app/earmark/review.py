"""Going through a model's events: in which order, and how many are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from earmark.events import EventSettings
from earmark.judging import JudgedEvent, answers_of


def uncertain_first(events: Sequence[JudgedEvent], settings: EventSettings) -> list[int]:
    """Return the numbers of the unreviewed events, those first whose score is nearest to their label's threshold."""
    margins = {
        number: abs(score - settings.threshold_of(events[number].label)) for number, score in _open(events).items()
    }
    return sorted(margins, key=lambda number: (margins[number], number))


def spread_over_scores(events: Sequence[JudgedEvent], count: int) -> list[int]:
    """Return the numbers of up to `count` unreviewed events whose scores lie evenly between the lowest and the highest.

    A calibration is worth as much as its judgements are typical: those made around the threshold alone say nothing
    of sure events. These come in turns from below and from above, so that the first few span all scores too.
    """
    scores = _open(events)
    left = sorted(scores, key=lambda number: (scores[number], number))
    if not left or count < 1:
        return []
    lowest, highest = scores[left[0]], scores[left[-1]]
    taken: list[int] = []
    for place in _halving(min(count, len(left))):
        wanted = lowest + place * (highest - lowest)
        nearest = min(left, key=lambda number: abs(scores[number] - wanted))
        left.remove(nearest)
        taken.append(nearest)
    return taken


def progress(events: Iterable[JudgedEvent]) -> tuple[int, int]:
    """Return how many of a model's events are reviewed, and how many there are."""
    counts = progress_by_label(events).values()
    return sum(reviewed for reviewed, _ in counts), sum(count for _, count in counts)


def progress_by_label(events: Iterable[JudgedEvent]) -> Mapping[str, tuple[int, int]]:
    """Return for each label that a model heard how many of its events are reviewed, and how many there are."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for event in events:
        if heard := answers_of(event):
            counts[heard.label][0] += event.status != "unreviewed"
            counts[heard.label][1] += 1
    return {label: (reviewed, count) for label, (reviewed, count) in counts.items()}


def _open(events: Sequence[JudgedEvent]) -> dict[int, float]:
    """Return the scores of the unreviewed events, by their numbers."""
    return {
        number: event.score
        for number, event in enumerate(events)
        if event.status == "unreviewed" and event.score is not None
    }


def _halving(count: int) -> list[float]:
    """Return `count` places in 0..1, each in the widest gap that is left: 0, 1, 0.5, 0.25, 0.75, …"""
    places = [0.0, 1.0]
    parts = 2
    while len(places) < count:
        places += [part / parts for part in range(1, parts, 2)]
        parts *= 2
    return places[:count]
