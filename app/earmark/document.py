"""The versioned document of one recording heard by one model: what `--format json` prints and the window exports."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np

from earmark.analysis import Analysis, Pool
from earmark.api import Float
from earmark.errors import DatasetError
from earmark.events import Event

VERSION = 1
DECIMALS = 6  # of scores and seconds: finer than any model or file
SHOWN_TAGS = 10

Top = int | Literal["all"]


class Tag(TypedDict):
    label: str
    score: float


class Window(TypedDict):
    """The tags of one window; `start` and `end` in seconds."""

    start: float
    end: float
    tags: list[Tag]


class DocumentEvent(TypedDict):
    """An event in seconds; `status` is unreviewed, accepted or rejected, and `reviewer` who said so."""

    label: str
    onset: float
    offset: float
    score: float
    status: str
    reviewer: str


class Document(TypedDict):
    """What one model heard in one recording.

    `file` is the path as it was given, `weights` a sha256, `duration`, `window` and `hop` are seconds.
    """

    version: int
    file: str
    model: str
    weights: str
    duration: float
    window: float
    hop: float
    tags: list[Tag]
    windows: list[Window]
    events: list[DocumentEvent]
    warnings: list[str]


def document(analysis: Analysis, events: Iterable[Event], *, top: Top = SHOWN_TAGS, pool: Pool = "max") -> Document:
    """Return the document of an analysis; its times count from the start of the file.

    Args:
        events: as `find_events` found them in this analysis.
        top: how many tags the recording and each of its windows has; "all" is every label.
        pool: how the tags of the recording are made of those of its windows.
    """
    count = len(analysis.labels) if top == "all" else top
    return {
        "version": VERSION,
        "file": str(analysis.path),
        "model": analysis.model_id,
        "weights": analysis.weights,
        "duration": _rounded(analysis.duration),
        "window": _rounded(analysis.window),
        "hop": _rounded(analysis.hop),
        "tags": [{"label": label, "score": _rounded(score)} for label, score in analysis.tags(pool)[:count]],
        "windows": _windows(analysis, count),
        "events": [_event(event, analysis.start) for event in events],
        "warnings": list(analysis.warnings),
    }


def dumps(content: Mapping[str, Any]) -> str:
    """Return one line of JSON, readable in any language; a file name that is no text is written with escapes."""
    line = json.dumps(content, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(content)
    return line


def read_documents(path: str | os.PathLike[str]) -> list[Document]:
    """Return the documents of a file: one, or JSON Lines.

    Raises:
        DatasetError: it is no such file, or of a version that this Earmark does not know.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        found = _parsed(text)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as documents of Earmark.", hint=str(error)) from error
    for content in found or [None]:
        _check(content, path)
    return found


def _parsed(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


def _check(content: object, path: str | os.PathLike[str]) -> None:
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(content, dict) or version is None:
        raise DatasetError(f"{path} holds no document of Earmark.", hint="Such a document has a version.")
    if version != VERSION:
        raise DatasetError(
            f"{path} is of version {version}; this Earmark reads version {VERSION}.",
            hint="It was made by another Earmark: use that one, or make it again.",
        )
    if missing := sorted(Document.__required_keys__ - content.keys()):
        raise DatasetError(f"{path} is not whole: {', '.join(missing)} missing.")


def _windows(analysis: Analysis, count: int) -> list[Window]:
    windows: list[Window] = []
    for begin, scores in zip(analysis.starts.tolist(), analysis.window_scores, strict=True):
        start, end = analysis.start + begin, analysis.start + min(begin + analysis.window, analysis.duration)
        windows.append(
            {"start": _rounded(start), "end": _rounded(end), "tags": _highest(scores, analysis.labels, count)}
        )
    return windows


def _highest(scores: Float, labels: tuple[str, ...], count: int) -> list[Tag]:
    order = np.argsort(-scores, kind="stable")[:count]
    values = scores.tolist()
    return [Tag(label=labels[index], score=_rounded(values[index])) for index in order]


def _event(event: Event, start: float) -> DocumentEvent:
    return {
        "label": event.label,
        "onset": _rounded(start + event.onset),
        "offset": _rounded(start + event.offset),
        "score": _rounded(event.score),
        "status": "unreviewed",
        "reviewer": "",
    }


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
