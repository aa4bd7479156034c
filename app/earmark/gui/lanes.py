"""Event lanes: which lane an event lies in, and in which row of it; no Qt, so that it can be counted and tested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from earmark.event_filter import STANDINGS, Standing, standing
from earmark.judging import JudgedEvent
from earmark.label_names import name_read

LANE_PIXELS = 24
MOST_ROWS = 3  # in a lane; what overlaps more than that lies on the last
TOUCHING = 1e-6  # seconds: the next begins where this one ends


class LaneOrder:
    """Which lane a label has: once shown it keeps its place, new ones come below, the surest first.

    Labels that are read alike have the same place: several models' lanes may share one order.
    """

    def __init__(self) -> None:
        self._order: list[str] = []  # what labels are known by

    def arrange(self, events: Iterable[JudgedEvent], also: Iterable[str] = ()) -> list[str]:
        """Return the labels of the lanes, from the top down; what a person drew counts as sure.

        Args:
            also: labels that have a lane without any event.
        """
        best = dict.fromkeys(also, 0.0)
        for event in events:
            score = 1.0 if event.score is None else event.score
            best[event.label] = max(score, best.get(event.label, 0.0))
        known_by = {label: name_read(label) for label in best}
        known = set(self._order)
        new = [label for label in sorted(best, key=lambda label: (-best[label], label)) if known_by[label] not in known]
        self._order += dict.fromkeys(known_by[label] for label in new)
        places = {name: place for place, name in enumerate(self._order)}
        return sorted(best, key=lambda label: (places[known_by[label]], label))

    def forget(self) -> None:
        """Let labels take new places."""
        self._order.clear()


@dataclass(frozen=True)
class Lane:
    """The events of one label, in order of onset.

    Attributes:
        numbers: [events], their places in the list that all views share.
        stands: [events], places in `STANDINGS`.
        rows: [events], 0 is the upper one; row_counts: how many rows there are where the event is.
    """

    label: str
    onsets: NDArray[np.float64]
    offsets: NDArray[np.float64]
    numbers: NDArray[np.intp]
    stands: NDArray[np.intp]
    rows: NDArray[np.intp]
    row_counts: NDArray[np.intp]
    reach: NDArray[np.float64]  # the latest offset until here

    def between(self, start: float, end: float) -> slice:
        """Return which events may lie between two times: all that do, and few others."""
        first = np.searchsorted(self.reach, start)
        last = np.searchsorted(self.onsets, end, side="right")
        return slice(int(first), int(max(first, last)))

    def at(self, seconds: float, slack: float, height: float = 0.5) -> int | None:
        """Return the number of the event at a time, or within `slack` seconds of it.

        Args:
            height: 0 is the upper border of the lane, 1 the lower: where events overlap they lie in rows.
        """
        near = self.between(seconds - slack, seconds + slack)
        beyond = np.maximum(self.onsets[near] - seconds, seconds - self.offsets[near])
        row = np.minimum((height * self.row_counts[near]).astype(int), self.row_counts[near] - 1)
        candidates = np.flatnonzero(beyond <= slack)
        if not len(candidates):
            return None
        order = np.lexsort((beyond[candidates], row[candidates] != self.rows[near][candidates]))
        return int(self.numbers[near][candidates[order[0]]])


def lanes_of(events: Sequence[JudgedEvent], labels: Sequence[str], hidden: Collection[str] = ()) -> list[Lane]:
    """Return a lane for each label, in that order.

    Args:
        hidden: of `STANDINGS`; events that stand so are in no lane.
    """
    numbers: dict[str, list[int]] = {label: [] for label in labels}
    for number, event in enumerate(events):
        if event.label in numbers and not (hidden and standing(event) in hidden):
            numbers[event.label].append(number)
    return [_lane(label, events, numbers[label]) for label in labels]


def _lane(label: str, events: Sequence[JudgedEvent], numbers: list[int]) -> Lane:
    places = {name: place for place, name in enumerate(STANDINGS)}
    numbers = sorted(numbers, key=lambda each: (events[each].onset, events[each].offset))
    onsets = np.array([events[each].onset for each in numbers], float)
    offsets = np.array([events[each].offset for each in numbers], float)
    reach = np.maximum.accumulate(offsets)
    stands = np.array([places[standing(events[each])] for each in numbers], np.intp)
    rows, counts = rows_of(onsets, offsets, reach)
    return Lane(label, onsets, offsets, np.array(numbers, np.intp), stands, rows, counts, reach)


def rows_of(
    onsets: NDArray[np.float64], offsets: NDArray[np.float64], reach: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each event its row and how many rows there are where it is, so that none covers another."""
    rows, counts = np.zeros(len(onsets), np.intp), np.ones(len(onsets), np.intp)
    if len(onsets) < 2:
        return rows, counts
    begins = np.flatnonzero(np.concatenate([[True], onsets[1:] >= reach[:-1] - TOUCHING]))
    ends = np.append(begins[1:], len(onsets))
    crowded = ends - begins > 1
    for begin, end in zip(begins[crowded], ends[crowded], strict=True):
        rows[begin:end] = _stacked(onsets[begin:end], offsets[begin:end])
        counts[begin:end] = rows[begin:end].max() + 1
    return rows, counts


def _stacked(onsets: NDArray[np.float64], offsets: NDArray[np.float64]) -> list[int]:
    free_from: list[float] = []  # of each row
    rows = []
    for onset, offset in zip(onsets.tolist(), offsets.tolist(), strict=True):
        free = (row for row, until in enumerate(free_from) if until <= onset + TOUCHING)
        row = next(free, min(len(free_from), MOST_ROWS - 1))
        free_from[row : row + 1] = [max([offset, *free_from[row : row + 1]])]
        rows.append(row)
    return rows


def edges(lanes: Iterable[Lane], start: float, end: float, *, but: int | None = None) -> NDArray[np.float64]:
    """Return the onsets and offsets of the events between two times, sorted, those of event `but` left out."""
    found = [np.zeros(0)]
    for lane in lanes:
        some = lane.between(start, end)
        others = lane.numbers[some] != but
        found += [lane.onsets[some][others], lane.offsets[some][others]]
    return np.sort(np.concatenate(found))


def counts_of(events: Iterable[JudgedEvent], label: str) -> Mapping[Standing, int]:
    """Return how many events of a label stand how."""
    found = [standing(event) for event in events if event.label == label]
    return {name: found.count(name) for name in STANDINGS if name in found}


def picked_with(lanes: Iterable[Lane], selected: Sequence[int], number: int, *, is_range: bool) -> tuple[int, ...]:
    """Return what is selected once an event is clicked with a key held.

    Args:
        is_range: add all from the nearest selected event of the lane to it; else add it, or take it away.
    """
    if not is_range:
        others = tuple(each for each in selected if each != number)
        return others if number in selected else (*others, number)
    lane = next(each for each in lanes if number in each.numbers)
    places = {int(each): place for place, each in enumerate(lane.numbers)}
    here = places[number]
    others = [places[each] for each in selected if each in places]
    nearest = min(others, key=lambda each: abs(each - here), default=here)
    between = lane.numbers[min(nearest, here) : max(nearest, here) + 1].tolist()
    return (*dict.fromkeys(each for each in (*selected, *between) if each != number), number)
