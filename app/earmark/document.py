"""The versioned document of one recording heard by one model: what `--format json` prints and the window exports."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np

from earmark.analysis import Analysis, Pool
from earmark.api import Float
from earmark.audio_file import AudioInfo
from earmark.errors import DatasetError
from earmark.events import Event
from earmark.judging import JudgedEvent

VERSION = 1
DECIMALS = 6  # of scores and seconds: finer than any model or file
SHOWN_TAGS = 10
ADDED = frozenset({"sample_rate", "channel"})  # which the first documents did not have

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
    """An event in seconds.

    `score` is null where a person drew it; `status` is unreviewed, accepted or rejected, and `reviewer` who said so;
    `low` and `high` are hertz, and are there where a frequency was given.
    """

    label: str
    onset: float
    offset: float
    score: float | None
    status: str
    reviewer: str
    low: NotRequired[float | None]
    high: NotRequired[float | None]


class Document(TypedDict):
    """What one model heard in one recording, or what a person said of it without one.

    `file` is the path as it was given, `weights` a sha256, `duration`, `window` and `hop` are seconds. `model` is empty
    where none heard it. `sample_rate` (hertz) and `channel` (counted from 1) are there where they are known.
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
    sample_rate: NotRequired[int]
    channel: NotRequired[int]


def document(
    analysis: Analysis | None,
    events: Iterable[Event | JudgedEvent],
    *,
    info: AudioInfo | None = None,
    top: Top = SHOWN_TAGS,
    pool: Pool = "max",
) -> Document:
    """Return the document of a recording; its times count from the start of the file.

    Args:
        analysis: None where no model heard it; `info` must then be there.
        events: as `find_events` found them in this analysis, or as people judged them.
        info: the recording.
        top: how many tags the recording and each of its windows has; "all" is every label.
        pool: how the tags of the recording are made of those of its windows.
    """
    made = _of_analysis(analysis, top, pool) if analysis else _of_recording(info)
    made["events"] = [event_of(event, analysis.start if analysis else 0.0) for event in events]
    if info:
        made["sample_rate"] = info.sample_rate
    if analysis and str(analysis.channel).isdecimal():
        made["channel"] = int(analysis.channel)
    return made


def _of_recording(info: AudioInfo | None) -> Document:
    """Return the document of a recording that no model heard."""
    if info is None:
        raise ValueError("There is neither an analysis nor a recording.")
    return {
        "version": VERSION,
        "file": str(info.path),
        "model": "",
        "weights": "",
        "duration": _rounded(info.duration),
        "window": 0.0,
        "hop": 0.0,
        "tags": [],
        "windows": [],
        "events": [],
        "warnings": [],
    }


def _of_analysis(analysis: Analysis, top: Top, pool: Pool) -> Document:
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
        "events": [],
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
        text = Path(path).read_text(encoding="utf-8-sig")
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
    if missing := sorted(Document.__annotations__.keys() - ADDED - content.keys()):
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


def event_of(event: Event | JudgedEvent, start: float = 0.0) -> DocumentEvent:
    """Return an event; what `find_events` found counts from the start of what was analysed."""
    if isinstance(event, JudgedEvent):
        return _judged(event)
    return {
        "label": event.label,
        "onset": _rounded(start + event.onset),
        "offset": _rounded(start + event.offset),
        "score": _rounded(event.score),
        "status": "unreviewed",
        "reviewer": "",
    }


def _judged(event: JudgedEvent) -> DocumentEvent:
    made: DocumentEvent = {
        "label": event.label,
        "onset": _rounded(event.onset),
        "offset": _rounded(event.offset),
        "score": None if event.score is None else _rounded(event.score),
        "status": event.status,
        "reviewer": event.annotation.author if event.annotation else "",
    }
    if event.low is not None or event.high is not None:
        made["low"] = None if event.low is None else _rounded(event.low)
        made["high"] = None if event.high is None else _rounded(event.high)
    return made


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
