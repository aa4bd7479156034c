"""Earmark's own documents, one on a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from earmark.document import Document, dumps, read_documents
from earmark.exchange.labelled import Labelled, LabelledEvent

suffix = ".json"


def write(documents: Iterable[Document], stream: TextIO) -> None:
    for document in documents:
        stream.write(dumps(document) + "\n")


def read(path: Path) -> list[Labelled]:
    return [_labelled(document) for document in read_documents(path)]


def _labelled(document: Document) -> Labelled:
    events = (
        LabelledEvent(label=event["label"], onset=event["onset"], offset=event["offset"], score=event["score"])
        for event in document["events"]
    )
    tags = tuple((tag["label"], tag["score"]) for tag in document["tags"])
    return Labelled(file=document["file"], events=tuple(events), tags=tags)
