"""Which events are exported: all, those that are not rejected, or those that a person accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from earmark.annotations import Status
from earmark.document import Document
from earmark.judging import JudgedEvent

WANTED: Mapping[str, frozenset[Status]] = {
    "kept": frozenset({"unreviewed", "accepted"}),
    "accepted": frozenset({"accepted"}),
    "all": frozenset({"unreviewed", "accepted", "rejected"}),
}


def wanted(events: Iterable[JudgedEvent], which: str = "kept") -> list[JudgedEvent]:
    """Return the events of a choice: "kept" is all but the rejected ones."""
    return [event for event in events if event.status in WANTED[which]]


def only(document: Document, which: str) -> Document:
    """Return a document with the events of a choice."""
    return {**document, "events": [event for event in document["events"] if event["status"] in WANTED[which]]}
