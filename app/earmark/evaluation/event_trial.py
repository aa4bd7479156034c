"""Events that were found, against those that are true: every score of `event_scores`, and how they were taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PureWindowsPath

from earmark import exchange
from earmark.api import Example, StrongLabel
from earmark.audio_file import SUFFIXES, probe
from earmark.errors import AudioFileError, DatasetError
from earmark.evaluation.event_scores import (
    F1,
    FAST_REACTION,
    FEW_CONFUSIONS,
    EventLists,
    Timed,
    Tolerance,
    event_f1,
    intersection_f1,
    psds,
    segment_f1,
)
from earmark.evaluation.label_match import match_labels
from earmark.exchange.report import Report
from earmark.exchange.text import number, rows_of, text_of

COLLAR, SHARE, SEGMENT_SECONDS = 0.2, 0.2, 1.0
POINTS = tuple(round(0.02 * step, 2) for step in range(1, 50))
"""The thresholds whose events draw the curve of PSDS."""


@dataclass(frozen=True, kw_only=True)
class EventScores:
    """How well events are found.

    Attributes:
        recordings, true, found: how many there are.
        collar: seconds that an onset may be off; an offset too, or a fifth of the event's length.
        psds_1, psds_2: of DCASE's two scenarios; None where there are no events at several thresholds.
        events: what was found, by recording.
        warnings: sentences on what was left out.
    """

    recordings: int
    true: int
    found: int
    collar: float
    segment_seconds: float
    tolerance: Tolerance
    event: F1
    segment: F1
    intersection: F1
    psds_1: float | None = None
    psds_2: float | None = None
    events: EventLists = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = ()


def judge_events(
    truth: EventLists,
    found: EventLists,
    durations: Mapping[str, float],
    *,
    points: Sequence[EventLists] = (),
    collar: float = COLLAR,
    warnings: Sequence[str] = (),
) -> EventScores:
    """Return every score of what was found.

    Args:
        truth, found: by recording; recordings without events are there too, with none.
        durations: seconds of every recording.
        points: what was found at each of several thresholds, for PSDS.

    Raises:
        DatasetError: there is no true event.
    """
    if not any(truth.values()):
        raise DatasetError("There is no event with a time to compare with.")
    tolerance = Tolerance()
    return EventScores(
        recordings=len(truth),
        true=sum(map(len, truth.values())),
        found=sum(map(len, found.values())),
        collar=collar,
        segment_seconds=SEGMENT_SECONDS,
        tolerance=tolerance,
        event=event_f1(truth, found, collar=collar, share=SHARE),
        segment=segment_f1(truth, found, seconds=SEGMENT_SECONDS),
        intersection=intersection_f1(truth, found, durations, tolerance),
        psds_1=psds(truth, points, durations, FAST_REACTION) if points else None,
        psds_2=psds(truth, points, durations, FEW_CONFUSIONS) if points else None,
        events=found,
        warnings=tuple(warnings),
    )


def strong_truth(examples: Sequence[Example]) -> dict[Path, list[StrongLabel]]:
    """Return the true events of each recording with strong labels; weak ones, labels without times, are left out."""
    strong = [example for example in examples if example.events or not example.labels]
    return {example.path: [e for e in example.events if e.offset > e.onset] for example in strong}


def by_name(truth: Mapping[Path, list[StrongLabel]]) -> dict[str, list[StrongLabel]]:
    """Return the same by what lists compare recordings by.

    Raises:
        DatasetError: two recordings cannot be told apart by that.
    """
    found: dict[str, list[StrongLabel]] = {}
    for path, events in truth.items():
        if key_of(path) in found:
            raise DatasetError(f"Several recordings are called {key_of(path)}: no list can tell which is meant.")
        found[key_of(path)] = events
    return found


def listed_events(path: Path) -> dict[str, list[StrongLabel]]:
    """Return the events of each recording that a list names, in any format that Earmark reads.

    Raises:
        DatasetError: it cannot be read, or a line of it cannot.
    """
    reading = exchange.read_any(path)
    if reading.skipped:
        raise DatasetError(f"{path} cannot be used: {reading.skipped[0]}")
    events: dict[Path, list[StrongLabel]] = {}
    for recording in reading.recordings:
        if not recording.file:
            raise DatasetError(f"{path} does not say which recording its events are in.")
        listed = events.setdefault(Path(recording.file.replace("\\", "/")), [])
        listed += [StrongLabel(label=e.label, onset=e.onset, offset=e.offset) for e in recording.events]
    return by_name(events)


def judge_predictions(
    truth: EventLists,
    predictions: EventLists,
    durations: Mapping[str, float],
    *,
    own_map: Mapping[str, Sequence[str]] | None = None,
    collar: float = COLLAR,
) -> EventScores:
    """Return the scores of events that another program found; labels are matched as a model's are.

    Args:
        truth: recordings that are not in it, but of known duration, hold no events.
        durations: seconds of recordings; where all are known, PSDS is that of this one list.
    """
    truth = dict.fromkeys(predictions.keys() & durations.keys(), ()) | dict(truth)
    wanted = sorted({event.label for listed in truth.values() for event in listed})
    given = sorted({event.label for listed in predictions.values() for event in listed})
    match = match_labels(given, wanted, own_map)
    names = {given[place]: label for label, places in zip(match.labels, match.columns, strict=True) for place in places}
    found = {name: _renamed(predictions.get(name, ()), names) for name in truth}
    said = _about(match.unknown, "true label", "was never predicted")
    said += _about([name for name in given if name not in names], "predicted label", "is none of the true ones")
    said += _about([name for name in predictions if name not in truth], "recording", "is not in the truth")
    points = [found] if truth.keys() <= durations.keys() else []
    if points and len(wanted) > 1:
        said.append("PSDS is of one threshold: of events at several it would be higher.")
    return judge_events(truth, found, whole(durations, truth, found), points=points, collar=collar, warnings=said)


def whole(durations: Mapping[str, float], *events: EventLists) -> dict[str, float]:
    """Return seconds of every recording; where they are not known, up to the last event."""
    found = dict(durations)
    for listed in events:
        for name in listed:
            if name not in durations:
                last = max((event.offset for event in listed[name]), default=0.0)
                found[name] = max(found.get(name, 1e-3), last)
    return found


def durations_beside(folder: Path, recordings: Iterable[Path] = ()) -> dict[str, float]:
    """Return seconds by recording: from a table of them (`filename`, `duration`) in a folder, else from the files."""
    for path in sorted(folder.glob("*duration*.tsv")):
        rows = rows_of(text_of(path), Report())
        return {key_of(row["filename"]): number(row["duration"]) for _, row in rows if row.get("duration")}
    return {key_of(path): seconds for path in recordings if (seconds := _seconds(path))}


def key_of(file: str | PurePath) -> str:
    """Return what recordings are compared by: the name without folders and its suffix, as lists differ in both."""
    text = str(file)
    path = PureWindowsPath(text) if "\\" in text else PurePath(text)
    return path.stem if path.suffix.casefold() in SUFFIXES else path.name


def _renamed(events: Sequence[Timed], names: Mapping[str, str]) -> list[StrongLabel]:
    known = [event for event in events if event.label in names]
    return [StrongLabel(label=names[e.label], onset=e.onset, offset=e.offset) for e in known]


def _about(names: Sequence[str], what: str, how: str) -> list[str]:
    if not names:
        return []
    more = f", and {len(names) - 1} more" if len(names) > 1 else ""
    return [f"The {what} “{names[0]}”{more}: {how}."]


def _seconds(path: Path) -> float:
    try:
        return probe(path).duration
    except AudioFileError:
        return 0.0
