"""Audacity's label track: `start TAB end TAB label`, and a line `\\ TAB low TAB high` where there are frequencies.

https://manual.audacityteam.org/man/importing_and_exporting_labels.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line

suffix = ".labels.txt"
UNDEFINED = -1.0  # a frequency that was left open


def write(documents: Iterable[Document], stream: TextIO) -> None:
    for document in documents:
        events = (
            LabelledEvent(label=event["label"], onset=event["onset"], offset=event["offset"])
            for event in document["events"]
        )
        write_events(events, stream)


def write_events(events: Iterable[LabelledEvent], stream: TextIO) -> None:
    """Write a track, with the frequencies of those events that have some."""
    for event in events:
        stream.write(f"{event.onset:.6f}\t{event.offset:.6f}\t{one_line(event.label)}\n")
        if event.low is not None or event.high is not None:
            low, high = (UNDEFINED if hertz is None else hertz for hertz in (event.low, event.high))
            stream.write(f"\\\t{low:.6f}\t{high:.6f}\n")


def read(path: Path) -> list[Labelled]:
    """Return one recording's labels; the track does not name the recording."""
    events: list[LabelledEvent] = []
    for line in path.read_text(encoding="utf-8-sig", errors="surrogateescape").split("\n"):
        first, *rest = line.rstrip("\r").split("\t")
        if first == "\\" and events:
            low, high = (None if float(text) < 0 else float(text) for text in rest[:2])
            events[-1] = replace(events[-1], low=low, high=high)
        elif line.strip():
            label = "\t".join(rest[1:]).strip()
            events.append(LabelledEvent(label=label, onset=_seconds(first), offset=_seconds(rest[0])))
    return [Labelled(file="", events=tuple(events))]


def _seconds(text: str) -> float:
    return float(text.replace(",", "."))  # Audacity once wrote the decimal sign of the country
