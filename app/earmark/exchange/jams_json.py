"""JAMS, the JSON annotated music specification: tags as `tag_open`, events as `segment_open`.

https://jams.readthedocs.io/en/stable/jams_structure.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, TextIO

from earmark import __version__
from earmark.document import Document, dumps
from earmark.exchange.labelled import Labelled, LabelledEvent

suffix = ".jams"
JAMS_VERSION = "0.3.4"


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """Write one JAMS object on a line for each document; a file of one is what other programs expect."""
    for document in documents:
        stream.write(dumps(_jams(document)) + "\n")


def read(path: Path) -> list[Labelled]:
    lines = path.read_text(encoding="utf-8").strip()
    try:
        return [_labelled(json.loads(lines))]
    except json.JSONDecodeError:
        return [_labelled(json.loads(line)) for line in lines.split("\n")]


def _jams(document: Document) -> dict[str, Any]:
    duration = document["duration"]
    tags = [_observation(0.0, duration, tag["label"], tag["score"]) for tag in document["tags"]]
    events = [
        _observation(event["onset"], event["offset"] - event["onset"], event["label"], event["score"])
        for event in document["events"]
    ]
    return {
        "file_metadata": {
            "title": PurePath(document["file"]).name,
            "artist": "",
            "release": "",
            "duration": duration,
            "identifiers": {},
            "jams_version": JAMS_VERSION,
        },
        "annotations": [
            _annotation("tag_open", tags, document),
            _annotation("segment_open", events, document),
        ],
        "sandbox": {name: document[name] for name in ("file", "model", "weights", "window", "hop", "warnings")},
    }


def _observation(time: float, duration: float, value: str, confidence: float) -> dict[str, Any]:
    return {"time": time, "duration": round(duration, 6), "value": value, "confidence": confidence}


def _annotation(namespace: str, observations: list[dict[str, Any]], document: Document) -> dict[str, Any]:
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
        "sandbox": {},
        "time": 0,
        "duration": document["duration"],
    }


def _labelled(content: Mapping[str, Any]) -> Labelled:
    if "annotations" not in content:
        raise ValueError("It has no annotations.")
    events: list[LabelledEvent] = []
    tags: list[tuple[str, float | None]] = []
    for annotation in content["annotations"]:
        for seen in annotation["data"]:
            if annotation["namespace"].startswith("tag_"):
                tags.append((str(seen["value"]), seen["confidence"]))
            elif annotation["namespace"].startswith("segment_"):
                events.append(_event(seen))
    file = content.get("sandbox", {}).get("file") or content.get("file_metadata", {}).get("title", "")
    return Labelled(file=file, events=tuple(events), tags=tuple(tags))


def _event(seen: Mapping[str, Any]) -> LabelledEvent:
    return LabelledEvent(
        label=str(seen["value"]),
        onset=seen["time"],
        offset=round(seen["time"] + seen["duration"], 6),
        score=seen["confidence"],
    )
