"""What several models heard in one sound, averaged: scores by label, on the finest of their time axes.

Every model hears by its own windows and at its own rate. Where windows differ, the shortest are taken, and of every
other model the window that lies closest. Frames are averaged over the models that have frames: where none has, the
windows are the timeline, as for one model alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from earmark.analysis import Analysis
from earmark.api import Float, Heard
from earmark.windows import between

_SLACK = 1e-3  # of a frame


def together(analyses: Sequence[Analysis], labels: tuple[str, ...]) -> Analysis:
    """Return what members heard in one recording, as one; model, weights and thresholds are the finest member's.

    Args:
        labels: to be averaged; every member has them.
    """
    finest = min(analyses, key=lambda analysis: analysis.window)
    frames, hop = _frames(analyses, labels)
    return replace(
        finest,
        labels=labels,
        window_scores=_mean([_at(each, finest)[:, _columns(each.labels, labels)] for each in analyses]),
        frames=frames,
        frame_hop=hop,
        device=", ".join(dict.fromkeys(each.device for each in analyses)),
        seconds_taken=sum(each.seconds_taken for each in analyses),
        warnings=tuple(dict.fromkeys(warning for each in analyses for warning in each.warnings)),
    )


def heard_together(answers: Sequence[tuple[Heard, tuple[str, ...]]], labels: tuple[str, ...]) -> Heard:
    """Return what members heard in the newest sound, as one.

    Frames end where the sound ends; a frame that only some windows reach back to is the mean of those.

    Args:
        answers: of each member, with its labels.
    """
    scores = _mean([heard.scores[_columns(own, labels)] for heard, own in answers])
    drawn = [
        (heard.frames[:, _columns(own, labels)], heard.hop)
        for heard, own in answers
        if heard.frames is not None and heard.hop
    ]
    if not drawn:
        return Heard(scores=scores)
    hop = min(own for _, own in drawn)
    count = math.ceil(max(len(frames) * own for frames, own in drawn) / hop - _SLACK)
    ages = (np.arange(count) + 0.5)[::-1] * hop  # of the middles of frames: seconds before the end
    sums, counts = np.zeros((count, len(labels))), np.zeros((count, 1))
    for frames, own in drawn:
        reached = ages <= len(frames) * own
        sums[reached] += between(frames, len(frames) - ages[reached] / own - 0.5)
        counts[reached] += 1
    return Heard(scores=scores, frames=(sums / counts.clip(min=1)).astype(np.float32), hop=hop)


def mean_thresholds(thresholds: Sequence[dict[str, float]], labels: tuple[str, ...]) -> dict[str, float]:
    """Return for each label the mean of the thresholds of the members that have one for it."""
    known = {label: [own[label] for own in thresholds if label in own] for label in labels}
    return {label: float(np.mean(values)) for label, values in known.items() if values}


def _frames(analyses: Sequence[Analysis], labels: tuple[str, ...]) -> tuple[Float | None, float | None]:
    """Return (frames [frames, labels], hop) on the axis of the member with the finest frames, or nothing."""
    drawn = [
        (each.frames[:, _columns(each.labels, labels)], each.frame_hop)
        for each in analyses
        if each.frames is not None and each.frame_hop
    ]
    if not drawn:
        return None, None
    finest, hop = min(drawn, key=lambda one: one[1])
    middles = (np.arange(len(finest)) + 0.5) * hop
    return _mean([between(frames, middles / own - 0.5) for frames, own in drawn]), hop


def _at(analysis: Analysis, finest: Analysis) -> Float:
    """Return a member's scores [windows, labels], for each window of the finest member those of the window closest."""
    middles, wanted = (each.starts + each.window / 2 for each in (analysis, finest))
    return analysis.window_scores[np.searchsorted((middles[1:] + middles[:-1]) / 2, wanted)]


def _columns(own: tuple[str, ...], labels: tuple[str, ...]) -> NDArray[np.intp]:
    """Return where these labels stand among a model's own."""
    places = {label: place for place, label in enumerate(own)}
    return np.array([places[label] for label in labels], np.intp)


def _mean(arrays: Sequence[Float]) -> Float:
    return np.asarray(np.mean(arrays, axis=0, dtype=np.float64), np.float32)
