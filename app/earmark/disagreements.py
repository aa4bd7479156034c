"""Where models disagree: one hears a label, and another that knows the label does not.

Labels are the same where they are read alike. What only one model knows is no disagreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float
from earmark.events import Event
from earmark.label_names import name_read

EDGE = 0.2  # seconds that two onsets of one sound may lie apart: the collar of sound event detection (DCASE, task 4)
Spans = NDArray[np.float64]  # [spans, onset offset], seconds
NO_SPANS: Spans = np.zeros((0, 2))


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one model heard in a recording.

    Attributes:
        events: after its own thresholds.
        frames: scores [frames, labels].
        hop: seconds between frames.
    """

    labels: Sequence[str]
    events: Sequence[Event]
    frames: Float
    hop: float
    columns: Mapping[str, list[int]] = field(init=False)  # what labels are known by → their places in `labels`

    def __post_init__(self) -> None:
        columns: dict[str, list[int]] = defaultdict(list)
        for place, label in enumerate(self.labels):
            columns[name_read(label)].append(place)
        object.__setattr__(self, "columns", dict(columns))

    def heard(self) -> dict[str, Spans]:
        """Return the events of each label that was heard, by what it is known by."""
        times: dict[str, list[tuple[float, float]]] = defaultdict(list)
        known_by = {label: name_read(label) for label in {event.label for event in self.events}}
        for event in self.events:
            times[known_by[event.label]].append((event.onset, event.offset))
        return {name: np.array(spans) for name, spans in times.items()}

    def highest(self, name: str, onset: float, offset: float) -> float | None:
        """Return the highest score between two times, of frames with their middle there; None of an unknown label."""
        if name not in self.columns or not len(self.frames):
            return None
        first = min(max(int(np.ceil(onset / self.hop - 0.5)), 0), len(self.frames) - 1)
        last = max(int(np.floor(offset / self.hop + 0.5)), first + 1)
        return float(self.frames[first:last, self.columns[name]].max())


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stretch in which models disagree about a label, in seconds.

    Attributes:
        label: as the first model that knows it writes it.
        heard_by, missed_by: places of models; one that does not know the label is in neither.
        scores: of all models, the highest of the stretch; None where a model does not know the label.
    """

    label: str
    onset: float
    offset: float
    heard_by: tuple[int, ...]
    missed_by: tuple[int, ...]
    scores: tuple[float | None, ...]


def disagreements(sides: Sequence[Side], *, edge: float = EDGE) -> list[Disagreement]:
    """Return where models disagree, in order of onset.

    Args:
        edge: seconds; what is shorter, and lies beside a stretch that somebody hears, is only an edge that two models
            place differently.
    """
    heard = [side.heard() for side in sides]
    found: list[Disagreement] = []
    for name in {name for each in heard for name in each}:
        knowing = [place for place, side in enumerate(sides) if name in side.columns]
        if len(knowing) > 1:
            spans = [heard[place].get(name, NO_SPANS) for place in knowing]
            found.extend(_of_label(name, sides, knowing, _differing(spans, edge)))
    return sorted(found, key=lambda each: (each.onset, each.offset, each.label))


def differing_spans(found: Sequence[Disagreement], side: Side, place: int) -> dict[str, Spans]:
    """Return the stretches in which the model at a place hears otherwise than another, by its own labels."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in found:
        if place in each.heard_by or place in each.missed_by:
            for column in side.columns[name_read(each.label)]:
                spans[side.labels[column]].append((each.onset, each.offset))
    return {label: np.array(times) for label, times in spans.items()}


def within(spans: Mapping[str, Spans], start: float, end: float) -> dict[str, Spans]:
    """Return the stretches of each label that reach into a span of time, and the labels that have some."""
    there = {label: each[(each[:, 0] <= end) & (each[:, 1] >= start)] for label, each in spans.items()}
    return {label: each for label, each in there.items() if len(each)}


def _differing(spans: Sequence[Spans], edge: float) -> Iterator[tuple[float, float, list[bool]]]:
    """Yield onset, offset and who hears it, of the stretches that some hear and some do not."""
    times = np.unique(np.concatenate([each.ravel() for each in spans]))
    middles = (times[1:] + times[:-1]) / 2
    hears = np.stack([_covers(each, middles) for each in spans])  # [models, stretches]
    first = np.flatnonzero(np.concatenate([[True], (hears[:, 1:] != hears[:, :-1]).any(0)]))
    onsets, offsets = times[first], times[np.append(first[1:], len(middles))]
    hears = hears[:, first]
    some = np.logical_or.reduce(hears)
    beside = np.concatenate([[False], some[:-1]]) | np.concatenate([some[1:], [False]])
    is_edge = (offsets - onsets < edge) & beside
    for each in np.flatnonzero(some & ~hears.all(0) & ~is_edge):
        yield float(onsets[each]), float(offsets[each]), hears[:, each].tolist()


def _covers(spans: Spans, moments: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each moment lies in one of the spans."""
    begun = np.searchsorted(np.sort(spans[:, 0]), moments, side="right")
    return begun > np.searchsorted(np.sort(spans[:, 1]), moments, side="right")


def _of_label(
    name: str, sides: Sequence[Side], knowing: Sequence[int], differing: Iterator[tuple[float, float, list[bool]]]
) -> Iterator[Disagreement]:
    first = sides[knowing[0]]
    label = first.labels[first.columns[name][0]]
    for onset, offset, hears in differing:
        heard_by = tuple(place for place, hear in zip(knowing, hears, strict=True) if hear)
        missed_by = tuple(place for place in knowing if place not in heard_by)
        scores = tuple(side.highest(name, onset, offset) for side in sides)
        yield Disagreement(label, onset, offset, heard_by, missed_by, scores)
