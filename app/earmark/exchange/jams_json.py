"""JAMS, the JSON annotated music specification: tags as `tag_open`, events as `segment_open`.

https://jams.readthedocs.io/en/stable/jams_structure.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, TextIO

from earmark import __version__
from earmark.document import Document, DocumentEvent, dumps
from earmark.exchange.labelled import Labelled, LabelledEvent
from earmark.exchange.report import Report
from earmark.exchange.status import status_of
from earmark.exchange.text import text_of

title = "JAMS"
noun = "JAMS files"
suffix = ".jams"
holds = frozenset({"scores", "people", "statuses", "reviewers", "frequencies", "tags", "silence"})
JAMS_VERSION = "0.3.4"
TAGS, EVENTS = "tag_open", "segment_open"


def written(label: str) -> str:
    """Return the label: JSON holds any."""
    return label


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """Write one JAMS object on a line for each document; a file of one is what other programs expect."""
    for document in documents:
        stream.write(dumps(_jams(document)) + "\n")


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    """Return the tags and segments of each object; other namespaces (beats, chords) are no events of sound."""
    report = report or Report(is_strict=True)
    text = text_of(path).strip()
    try:
        return [_labelled(json.loads(text), 0, report)]
    except json.JSONDecodeError:
        return [_labelled(json.loads(line), number, report) for number, line in enumerate(text.split("\n"), start=1)]


def _jams(document: Document) -> dict[str, Any]:
    duration = document["duration"]
    tags = [_observation(0.0, duration, tag["label"], tag["score"]) for tag in document["tags"]]
    heard = sorted(document["events"], key=lambda event: event["onset"])  # as the jams library will have them
    events = [
        _observation(event["onset"], event["offset"] - event["onset"], event["label"], event["score"])
        for event in heard
    ]
    return {
        "file_metadata": _file_metadata(document),
        "annotations": [
            _annotation(TAGS, tags, document),
            _annotation(EVENTS, events, document, _judgements(heard)),
        ],
        "sandbox": {name: document[name] for name in ("file", "model", "weights", "window", "hop", "warnings")},
    }


def _file_metadata(document: Document) -> dict[str, Any]:
    return {
        "title": PurePath(document["file"]).name,
        "artist": "",
        "release": "",
        "duration": document["duration"],
        "identifiers": {},
        "jams_version": JAMS_VERSION,
    }


def _judgements(events: Sequence[DocumentEvent]) -> dict[str, Any]:
    """Return what JAMS has no place for, one for each observation and in their order; nothing where there is none."""
    names = ("status", "reviewer", "low", "high")
    judgements = [{name: event.get(name) for name in names if event.get(name) is not None} for event in events]
    is_plain = all(each == {"status": "unreviewed", "reviewer": ""} for each in judgements)
    return {} if is_plain else {"judgements": judgements}


def _observation(time: float, duration: float, value: str, confidence: float | None) -> dict[str, Any]:
    return {"time": time, "duration": round(duration, 6), "value": value, "confidence": confidence}


def _annotation(
    namespace: str, observations: list[dict[str, Any]], document: Document, sandbox: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "data": observations,
        "annotation_metadata": {
            "curator": {"name": "", "email": ""},
            "annotator": {},
            "version": "",
            "corpus": "",
            "annotation_tools": f"Earmark {__version__}",
            "annotation_rules": "",
            "validation": "",
            "data_source": document["model"],
        },
        "sandbox": dict(sandbox or {}),
        "time": 0,
        "duration": document["duration"],
    }


def _labelled(content: Mapping[str, Any], line: int, report: Report) -> Labelled:
    if "annotations" not in content:
        raise ValueError("It has no annotations.")
    events: list[LabelledEvent] = []
    tags: list[tuple[str, float | None]] = []
    for annotation in content["annotations"]:
        judgements = annotation.get("sandbox", {}).get("judgements", [])
        for number, seen in enumerate(_observations(annotation["data"])):
            with report.row(line):
                if annotation["namespace"].startswith("tag_"):
                    tags.append((str(seen["value"]), _confidence(seen)))
                elif annotation["namespace"].startswith("segment_"):
                    judged = judgements[number] if number < len(judgements) else {}
                    events.append(_event(seen, judged, line))
    sandbox = content.get("sandbox", {})
    file = sandbox.get("file") or content.get("file_metadata", {}).get("title", "")
    model, weights = (str(sandbox.get(name, "")) for name in ("model", "weights"))
    return Labelled(file=file, events=tuple(events), tags=tuple(tags), model=model, weights=weights)


def _observations(data: Any) -> list[Mapping[str, Any]]:
    """Return the observations; old files have a list for each column instead of one for each observation."""
    if isinstance(data, Mapping):
        return [dict(zip(data, values, strict=True)) for values in zip(*data.values(), strict=True)]
    return data


def _confidence(seen: Mapping[str, Any]) -> float | None:
    value = seen.get("confidence")
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _event(seen: Mapping[str, Any], judged: Mapping[str, Any], line: int) -> LabelledEvent:
    onset = float(seen["time"])
    return LabelledEvent(
        label=str(seen["value"]),
        onset=onset,
        offset=max(onset, round(onset + float(seen["duration"]), 6)),
        score=_confidence(seen),
        low=judged.get("low"),
        high=judged.get("high"),
        status=status_of(judged.get("status")),
        reviewer=str(judged.get("reviewer", "")),
        line=line,
    )
