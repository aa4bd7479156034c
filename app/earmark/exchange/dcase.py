"""The event list of DCASE and DESED, as sed_eval and psds_eval read it. A recording without events has empty fields."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line

suffix = ".tsv"
COLUMNS = ("filename", "onset", "offset", "event_label")


def write(documents: Iterable[Document], stream: TextIO) -> None:
    table = csv.writer(stream, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    named: dict[str, str] = {}
    for document in documents:
        name = PurePath(document["file"]).name  # as in DESED; whole where two recordings have the same
        if named.setdefault(name, document["file"]) != document["file"]:
            name = document["file"]
        if not document["events"]:
            table.writerow((one_line(name), "", "", ""))
        for event in document["events"]:
            times = (f"{event['onset']:.3f}", f"{event['offset']:.3f}")
            table.writerow((one_line(name), *times, one_line(event["label"])))


def read(path: Path) -> list[Labelled]:
    """Return the labels of each recording, also of those that have none; strong, or weak ones as tags."""
    events: dict[str, list[LabelledEvent]] = {}
    tags: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            found = events.setdefault(row["filename"], [])
            if row.get("event_label"):
                found.append(
                    LabelledEvent(label=row["event_label"], onset=float(row["onset"]), offset=float(row["offset"]))
                )
            tags.setdefault(row["filename"], []).extend(filter(None, (row.get("event_labels") or "").split(",")))
    return [
        Labelled(file=file, events=tuple(found), tags=tuple((label, None) for label in tags[file]))
        for file, found in events.items()
    ]
