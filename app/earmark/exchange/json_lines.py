"""Earmark's own documents, one on a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from earmark.document import Document, DocumentEvent, dumps, read_documents
from earmark.exchange.labelled import FEATURES, Labelled, LabelledEvent
from earmark.exchange.report import Report
from earmark.exchange.status import status_of

title = "Earmark JSON"
noun = "Earmark's documents"
suffix = ".json"
holds = FEATURES


def write(documents: Iterable[Document], stream: TextIO) -> None:
    for document in documents:
        stream.write(dumps(document) + "\n")


def written(label: str) -> str:
    """Return the label: JSON holds any."""
    return label


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    report = report or Report(is_strict=True)
    return [_labelled(document, number, report) for number, document in enumerate(read_documents(path), start=1)]


def _labelled(document: Document, line: int, report: Report) -> Labelled:
    events: list[LabelledEvent] = []
    for event in document["events"]:
        with report.row(line):
            events.append(_event(event, line))
    tags = tuple((tag["label"], tag["score"]) for tag in document["tags"])
    return Labelled(
        file=document["file"],
        events=tuple(events),
        tags=tags,
        model=document["model"],
        weights=document["weights"],
    )


def _event(event: DocumentEvent, line: int) -> LabelledEvent:
    return LabelledEvent(
        label=str(event["label"]),
        onset=float(event["onset"]),
        offset=float(event["offset"]),
        score=event["score"],
        low=event.get("low"),
        high=event.get("high"),
        status=status_of(event.get("status")),
        reviewer=str(event.get("reviewer", "")),
        line=line,
    )
