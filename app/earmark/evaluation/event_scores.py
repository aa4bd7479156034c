"""How well events are found: collar and segment F1 (sed_eval), intersection F1 and PSDS (psds_eval), false alarms.

The scorers are the field's own and come with the extra `evaluate`; they are imported when they are first needed.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from earmark.errors import EarmarkError

Numbers = NDArray[np.float64]


class Timed(Protocol):
    """A label with its time, seconds: `earmark.events.Event`, `api.StrongLabel`, or what a scene was made of."""

    @property
    def label(self) -> str: ...
    @property
    def onset(self) -> float: ...
    @property
    def offset(self) -> float: ...


EventLists = Mapping[str, Sequence[Timed]]
"""The events of each recording, by its name."""


@dataclass(frozen=True)
class F1:
    """How well events are found, 0..1.

    Attributes:
        macro: the mean over the labels that the reference holds; one that was never found counts 0.
        labels: by label.
        micro: over all events, whatever their label; None where the scorer does not say.
        scorers: the scorer's own mean, which may leave out labels that were never found.
    """

    macro: float
    labels: Mapping[str, float] = field(default_factory=dict)
    micro: float | None = None
    scorers: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """What psds_eval takes for the same event.

    Attributes:
        detection (DTC): the least share of what was found that lies in true events.
        truth (GTC): the least share of a true event that was found.
        cross_trigger (CTTC): from which share in events of another label a false alarm is a confusion.
        label_variance (alpha_st), confusions (alpha_ct): how much PSDS minds each.
    """

    detection: float = 0.5
    truth: float = 0.5
    cross_trigger: float = 0.3
    label_variance: float = 1.0
    confusions: float = 0.0


FAST_REACTION = Tolerance(detection=0.7, truth=0.7, cross_trigger=0.3, label_variance=1.0, confusions=0.0)
FEW_CONFUSIONS = Tolerance(detection=0.1, truth=0.1, cross_trigger=0.3, label_variance=1.0, confusions=0.5)
"""DCASE's scenarios 1 and 2 since 2021: PSDS 1 and PSDS 2."""

MOST_FALSE_ALARMS = 100.0  # an hour: where DCASE cuts the curve whose area is PSDS


def event_f1(reference: EventLists, found: EventLists, *, collar: float = 0.2, share: float = 0.2) -> F1:
    """Return the event-based F1: onsets within `collar` seconds, offsets within it or `share` of the event's length.

    Source: Mesaros et al., Metrics for polyphonic sound event detection, 2016; sed_eval.
    """
    scorer = _sed_eval().EventBasedMetrics(
        event_label_list=_labels(reference),
        t_collar=collar,
        percentage_of_length=share,
        empty_system_output_handling="zero_score",
    )
    return _scored(scorer, reference, found)


def segment_f1(reference: EventLists, found: EventLists, *, seconds: float = 1.0) -> F1:
    """Return the segment-based F1: whether a label is there, asked for each stretch of `seconds`.

    Source: as `event_f1`.
    """
    scorer = _sed_eval().SegmentBasedMetrics(event_label_list=_labels(reference), time_resolution=seconds)
    return _scored(scorer, reference, found)


def intersection_f1(
    reference: EventLists,
    found: EventLists,
    durations: Mapping[str, float],
    tolerance: Tolerance = Tolerance(),
) -> F1:
    """Return the intersection-based F1: how much of the found lies in the true, of the true in the found.

    Source: Bilen et al., A framework for the robust evaluation of sound event detection, 2020; psds_eval.

    Args:
        durations: seconds of every recording.
    """
    labels = _labels(reference)
    table = _table(found, labels)
    if not len(table):
        return F1(0.0, dict.fromkeys(labels, 0.0))
    with _quiet():
        mean, by_label = _psds(reference, durations, tolerance).compute_macro_f_score(table)
    scores = {label: _number(by_label.get(label, 0.0)) for label in labels}
    return F1(sum(scores.values()) / max(1, len(labels)), scores, scorers=_number(mean))


def psds(
    reference: EventLists,
    found: Sequence[EventLists],
    durations: Mapping[str, float],
    tolerance: Tolerance,
) -> float | None:
    """Return the polyphonic sound detection score, 0..1: the area under hits over false alarms an hour.

    None where there is one label only: psds_eval counts confusions, and needs two. Its own area under its curve is not
    asked for: psds_eval 0.5.3 cannot compute it with numpy 2.4.

    Source: as `intersection_f1`.

    Args:
        found: what was found at each of several thresholds.
        durations: seconds of every recording.
    """
    labels = _labels(reference)
    if len(labels) < 2:
        return None
    tables = _different(_table(each, labels) for each in found)
    if not tables:
        return 0.0
    with _quiet():
        scorer = _psds(reference, durations, tolerance)
        for table in tables:
            scorer.add_operating_point(table)
        _, _, curve = scorer.psd_roc_curves(tolerance.confusions)
    hits = np.nan_to_num(curve.mean - tolerance.label_variance * curve.std).clip(min=0)
    within = curve.xp < MOST_FALSE_ALARMS
    widths = np.diff(np.append(curve.xp[within], MOST_FALSE_ALARMS))
    return float((widths * hits[within]).sum() / MOST_FALSE_ALARMS)


def false_alarms_an_hour(found: EventLists, durations: Mapping[str, float]) -> dict[str, float]:
    """Return events an hour by label, and in all under `""`, on recordings that hold none.

    Args:
        durations: seconds of every recording, also of those where nothing was found.
    """
    hours = sum(durations.values()) / 3600
    counts = Counter(event.label for events in found.values() for event in events)
    return {"": counts.total() / hours} | {label: count / hours for label, count in sorted(counts.items())}


def joined(events: Iterable[Timed]) -> list[tuple[str, float, float]]:
    """Return (label, onset, offset) in order; events of one label that overlap are one, as psds_eval takes no others.

    Twice the very same event is two events to psds_eval, and stays so.
    """
    groups: list[list[tuple[str, float, float]]] = []
    end = 0.0
    for event in sorted((event.label, event.onset, event.offset) for event in events):
        if groups and groups[-1][0][0] == event[0] and event[1] < end:
            groups[-1].append(event)
            end = max(end, event[2])
        else:
            groups.append([event])
            end = event[2]
    return [event for group in groups for event in _one_or_the_same(group)]


def _one_or_the_same(group: Sequence[tuple[str, float, float]]) -> Sequence[tuple[str, float, float]]:
    (label, onset, _), ends = group[0], [offset for *_, offset in group]
    return group if len(set(group)) == 1 else [(label, onset, max(ends))]


def _scored(scorer: Any, reference: EventLists, found: EventLists) -> F1:
    """Return what a scorer of sed_eval says, recording by recording."""
    labels = _labels(reference)
    for name in sorted({*reference, *found}):
        wanted = _dcase_list(name, reference.get(name, ()))
        scorer.evaluate(wanted, _dcase_list(name, [e for e in found.get(name, ()) if e.label in labels]))
    with _quiet():
        each, overall, mean = (
            scorer.results_class_wise_metrics(),
            scorer.results_overall_metrics(),
            scorer.results_class_wise_average_metrics(),
        )
    by_label = {label: _f(each[label]) for label in labels}
    return F1(sum(by_label.values()) / max(1, len(labels)), by_label, micro=_f(overall), scorers=_f(mean))


def _f(metrics: Mapping[str, Any]) -> float:
    return _number(metrics["f_measure"]["f_measure"])


def _labels(events: EventLists) -> list[str]:
    return sorted({event.label for listed in events.values() for event in listed})


def _dcase_list(name: str, events: Iterable[Timed]) -> list[dict[str, Any]]:
    return [
        {"filename": name, "event_label": e.label, "event_onset": e.onset, "event_offset": e.offset} for e in events
    ]


def _table(events: EventLists, labels: Sequence[str] | None = None) -> Any:
    rows = [
        (name, onset, offset, label)
        for name, listed in events.items()
        for label, onset, offset in joined(listed)
        if labels is None or label in labels
    ]
    return _imported("pandas").DataFrame(rows, columns=["filename", "onset", "offset", "event_label"])


def _different(tables: Iterable[Any]) -> list[Any]:
    """Return the tables that hold something, each once: several thresholds often find the same."""
    return list({tuple(table.itertuples(index=False)): table for table in tables if len(table)}.values())


def _psds(reference: EventLists, durations: Mapping[str, float], tolerance: Tolerance) -> Any:
    recordings = _imported("pandas").DataFrame({"filename": list(durations), "duration": list(durations.values())})
    scorer = _imported("psds_eval").PSDSEval(
        tolerance.detection,
        tolerance.truth,
        tolerance.cross_trigger,
        ground_truth=_table(reference),
        metadata=recordings,
    )
    scorer.step_curve = _step_curve
    return scorer


def _step_curve(at: Numbers, false_alarms: Numbers, hits: Numbers) -> Numbers:
    """Return the most hits [at] with no more false alarms than each of `at`, which is sorted.

    Takes the place of psds_eval's own of the same meaning, which calls what pandas 3 no longer has.
    """
    order = np.argsort(false_alarms, kind="stable")
    best = np.concatenate([[0.0], np.maximum.accumulate(hits[order])])
    return best[np.searchsorted(false_alarms[order], at, side="right")]


def _number(score: float) -> float:
    return 0.0 if score != score else float(score)  # both scorers say NaN where nothing was found


def _quiet() -> warnings.catch_warnings[None]:
    """Return what silences both scorers, which divide by the zero events of a label that was never found."""
    return warnings.catch_warnings(action="ignore")


def _sed_eval() -> ModuleType:
    with _quiet():
        return _imported("sed_eval").sound_event


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise EarmarkError(f"{name} is not installed.", hint='pip install "earmark[evaluate]"') from error
