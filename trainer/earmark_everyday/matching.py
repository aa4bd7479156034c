"""Choosing a label's threshold: many thresholds tried on stored frames, by a quick collar F1 of our own.

The figures that are published come from `scoring`; this only has to rank thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from earmark.analysis import Analysis
from earmark.events import EventSettings, find_events
from earmark_everyday.placing import Placed

THRESHOLDS = tuple(round(float(each), 3) for each in np.arange(0.1, 0.91, 0.05))
ALARM_COST = 2.0
"""What an event in a noise counts, in wrong events of scenes."""


def matched(truth: Sequence[tuple[float, float]], found: Sequence[tuple[float, float]], collar: float = 0.2) -> int:
    """Return how many found (onset, offset) fit a true one each: within `collar`, offsets or a fifth of the length."""
    free, count = list(truth), 0
    for onset, offset in found:
        for event in free:
            length = event[1] - event[0]
            if abs(event[0] - onset) <= collar and abs(event[1] - offset) <= max(collar, 0.2 * length):
                free.remove(event)
                count += 1
                break
    return count


def best_threshold(label: str, scenes: Sequence[tuple[Sequence[Placed], Analysis]], noise: Sequence[Analysis]) -> float:
    """Return the threshold with the highest collar F1 of a label; events in noise count as wrong ones."""
    scores = [_f1(label, scenes, noise, threshold) for threshold in THRESHOLDS]
    best = max(scores)
    near = [threshold for threshold, score in zip(THRESHOLDS, scores, strict=True) if score >= best - 0.005]
    return near[len(near) // 2]


def _f1(
    label: str, scenes: Sequence[tuple[Sequence[Placed], Analysis]], noise: Sequence[Analysis], threshold: float
) -> float:
    right = wanted = found = 0.0
    for events, analysis in scenes:
        truth = [(event.onset, event.offset) for event in events if event.label == label]
        heard = _events(label, analysis, threshold)
        right, wanted, found = right + matched(truth, heard), wanted + len(truth), found + len(heard)
    found += ALARM_COST * sum(len(_events(label, analysis, threshold)) for analysis in noise)
    return 2 * right / max(1.0, wanted + found)


def _events(label: str, analysis: Analysis, threshold: float) -> list[tuple[float, float]]:
    frames, hop = analysis.timeline()
    column = frames[:, [analysis.labels.index(label)]]
    settings = EventSettings(threshold=threshold)
    return [(e.onset, e.offset) for e in find_events(column, hop, (label,), settings, duration=analysis.duration)]
