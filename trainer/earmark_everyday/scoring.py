"""How well events are found: collar F1 (sed_eval), intersection F1 (psds_eval), false alarms an hour.

Both scorers are the field's own, and development dependencies: nothing that Earmark runs needs them.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

from earmark.api import EarmarkError


class Timed(Protocol):
    """A label with its time, seconds: `earmark.events.Event`, or what a scene was made of."""

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
    """F1 by label, of those that the reference holds, and their mean."""

    macro: float
    labels: Mapping[str, float]


def event_f1(reference: EventLists, found: EventLists, *, collar: float = 0.2, share: float = 0.2) -> F1:
    """Return the event-based F1: onsets within `collar` seconds, offsets within it or `share` of the event's length.

    Source: Mesaros et al., Metrics for polyphonic sound event detection, 2016; sed_eval.
    """
    labels = _labels(reference)
    scorer = _sed_eval().sound_event.EventBasedMetrics(
        event_label_list=labels,
        t_collar=collar,
        percentage_of_length=share,
        empty_system_output_handling="zero_score",
    )
    for name in sorted({*reference, *found}):
        wanted = _dcase_list(name, reference.get(name, ()))
        scorer.evaluate(wanted, _dcase_list(name, [e for e in found.get(name, ()) if e.label in labels]))
    by_label = {
        label: _number(scorer.results_class_wise_metrics()[label]["f_measure"]["f_measure"]) for label in labels
    }
    return F1(sum(by_label.values()) / max(1, len(labels)), by_label)


def intersection_f1(
    reference: EventLists,
    found: EventLists,
    durations: Mapping[str, float],
    *,
    detection: float = 0.5,
    truth: float = 0.5,
    cross_trigger: float = 0.3,
) -> F1:
    """Return the intersection-based F1: how much of the found lies in the true (`detection`), of the true in the found.

    Source: Bilen et al., A framework for the robust evaluation of sound event detection, 2020; psds_eval.

    Args:
        durations: seconds of every recording.
    """
    labels = _labels(reference)
    table = _table(found, labels)
    if not len(table):
        return F1(0.0, dict.fromkeys(labels, 0.0))
    psds, pandas = _imported("psds_eval"), _imported("pandas")
    recordings = pandas.DataFrame({"filename": list(durations), "duration": list(durations.values())})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # psds_eval divides by the zero events of a label that was never found
        scorer = psds.PSDSEval(detection, truth, cross_trigger, ground_truth=_table(reference), metadata=recordings)
        _, by_label = scorer.compute_macro_f_score(table)
    scores = {label: _number(by_label.get(label, 0.0)) for label in labels}
    return F1(sum(scores.values()) / max(1, len(labels)), scores)


def false_alarms_an_hour(found: EventLists, durations: Mapping[str, float]) -> dict[str, float]:
    """Return events an hour by label, and in all under `""`, on recordings that hold none.

    Args:
        durations: seconds of every recording, also of those where nothing was found.
    """
    hours = sum(durations.values()) / 3600
    counts = Counter(event.label for events in found.values() for event in events)
    return {"": counts.total() / hours} | {label: count / hours for label, count in sorted(counts.items())}


def _labels(events: EventLists) -> list[str]:
    return sorted({event.label for listed in events.values() for event in listed})


def _dcase_list(name: str, events: Iterable[Timed]) -> list[dict[str, Any]]:
    return [
        {"filename": name, "event_label": e.label, "event_onset": e.onset, "event_offset": e.offset} for e in events
    ]


def _table(events: EventLists, labels: Sequence[str] | None = None) -> Any:
    rows = [
        (name, event.onset, event.offset, event.label)
        for name, listed in events.items()
        for event in listed
        if labels is None or event.label in labels
    ]
    return _imported("pandas").DataFrame(rows, columns=["filename", "onset", "offset", "event_label"])


def _number(score: float) -> float:
    return 0.0 if score != score else float(score)  # both scorers say NaN where nothing was found


def _sed_eval() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _imported("sed_eval")


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise EarmarkError(f"{name} is not installed.", hint="pip install sed_eval psds_eval") from error
