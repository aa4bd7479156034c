"""Choosing a label's threshold: many thresholds tried on stored frames, by quick F1 scores of our own.

The figures that are published come from `earmark.evaluation.event_scores`; this only has to rank thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from earmark.analysis import Analysis
from earmark.events import EventSettings, find_events
from earmark_everyday.placing import Placed

Span = tuple[float, float]
Scene = tuple[Sequence[Placed], Analysis]

THRESHOLDS = tuple(round(float(each), 3) for each in np.arange(0.1, 0.91, 0.05))
CLOSE = 0.01
"""Thresholds whose F1 is within this of the best are as good; the middle one is taken."""


def within_collar(truth: Span, found: Span, collar: float = 0.2) -> bool:
    """Return whether both ends fit: within `collar`, the offset within a fifth of the length too."""
    near = abs(truth[0] - found[0]) <= collar
    return near and abs(truth[1] - found[1]) <= max(collar, 0.2 * (truth[1] - truth[0]))


def overlaps(truth: Span, found: Span) -> bool:
    """Return whether at least half of each lies in the other."""
    shared = min(truth[1], found[1]) - max(truth[0], found[0])
    return shared >= 0.5 * max(truth[1] - truth[0], found[1] - found[0])


def matched(truth: Sequence[Span], found: Sequence[Span], fits: Callable[[Span, Span], bool] = within_collar) -> int:
    """Return how many of the found fit a true one each."""
    free, count = list(truth), 0
    for span in found:
        if (fitting := next((each for each in free if fits(each, span)), None)) is not None:
            free.remove(fitting)
            count += 1
    return count


def best_threshold(label: str, scenes: Sequence[Scene], noise: Sequence[Analysis]) -> float:
    """Return the threshold that finds a label's events best: the mean of collar F1 and overlap F1.

    Events in noise count as wrong ones. The collar alone would rather miss an event than find it not quite exactly.
    Where the timeline is that of windows, no event can fit, and the threshold is that which best tells whether a
    scene has the label.
    """
    scores = [_f1(label, scenes, noise, threshold) for threshold in THRESHOLDS]
    near = [threshold for threshold, score in zip(THRESHOLDS, scores, strict=True) if score >= max(scores) - CLOSE]
    return near[len(near) // 2]


def _f1(label: str, scenes: Sequence[Scene], noise: Sequence[Analysis], threshold: float) -> float:
    counts = np.zeros(3)  # right, wanted, found
    for events, analysis in scenes:
        truth = [(event.onset, event.offset) for event in events if event.label == label]
        heard = _events(label, analysis, threshold)
        counts += _fitting(truth, heard) if analysis.frames is not None else _together(truth, heard)
    right, wanted, found = counts
    found += sum(len(_events(label, analysis, threshold)) for analysis in noise)
    return 2 * right / max(1.0, wanted + found)


def _fitting(truth: Sequence[Span], heard: Sequence[Span]) -> tuple[float, int, int]:
    right = (matched(truth, heard, within_collar) + matched(truth, heard, overlaps)) / 2
    return right, len(truth), len(heard)


def _together(truth: Sequence[Span], heard: Sequence[Span]) -> tuple[bool, bool, bool]:
    return bool(truth and heard), bool(truth), bool(heard)


def _events(label: str, analysis: Analysis, threshold: float) -> list[Span]:
    frames, hop = analysis.timeline()
    column = frames[:, [analysis.labels.index(label)]]
    if not len(column) or column.max() < threshold:
        return []
    settings = EventSettings(threshold=threshold)
    return [(e.onset, e.offset) for e in find_events(column, hop, (label,), settings, duration=analysis.duration)]
