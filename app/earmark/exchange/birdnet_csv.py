"""CSV in the column order of BirdNET-Analyzer, where what has no scientific name has its common one twice."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line

suffix = ".csv"
COLUMNS = ("Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File")


def write(documents: Iterable[Document], stream: TextIO) -> None:
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for document in documents:
        for event in document["events"]:
            times = (f"{event['onset']:.3f}", f"{event['offset']:.3f}")
            label = one_line(event["label"])
            table.writerow((*times, label, label, f"{event['score']:.4f}", one_line(document["file"])))


def read(path: Path) -> list[Labelled]:
    events: dict[str, list[LabelledEvent]] = {}
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for row in csv.DictReader(stream):
            score = row.get("Confidence")
            event = LabelledEvent(
                label=row["Common name"] or row["Scientific name"],
                onset=float(row["Start (s)"]),
                offset=float(row["End (s)"]),
                score=float(score) if score else None,
            )
            events.setdefault(row.get("File") or "", []).append(event)
    return [Labelled(file=file, events=tuple(found)) for file, found in events.items()]
