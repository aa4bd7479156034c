"""Raven's selection table. Over several recordings Begin and End run on; `File Offset (s)` begins anew in each."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line

suffix = ".selections.txt"
COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin Path", "File Offset (s)", "Tag", "Score"),
)
LABEL_COLUMNS = ("Tag", "Annotation", "Label", "Species", "Common Name", "Species Code", "Call type")
LOW, HIGH = 0.0, 16000.0  # our events have no frequencies; a selection must have some


def write(documents: Iterable[Document], stream: TextIO) -> None:
    stream.write("\t".join(COLUMNS) + "\n")
    number, passed = 0, 0.0
    for document in documents:
        recording = one_line(os.path.abspath(document["file"]))  # noqa: PTH100 - no links followed
        for event in document["events"]:
            number += 1
            begin, end = passed + event["onset"], passed + event["offset"]
            place = (f"{begin:.6f}", f"{end:.6f}", f"{LOW:.1f}", f"{HIGH:.1f}")
            facts = (recording, f"{event['onset']:.6f}", _unquoted(event["label"]), f"{event['score']:.4f}")
            stream.write("\t".join((str(number), "Spectrogram 1", "1", *place, *facts)) + "\n")
        passed += document["duration"]


def read(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    events: dict[str, list[LabelledEvent]] = {}
    seen = set()
    for row in rows:
        if row["Selection"] in seen:  # Raven writes a line for the waveform and one for the spectrogram
            continue
        seen.add(row["Selection"])
        events.setdefault(row.get("Begin Path") or row.get("Begin File") or "", []).append(_event(row))
    return [Labelled(file=file, events=tuple(found)) for file, found in events.items()]


def _unquoted(label: str) -> str:
    """Return a label without double quotes: Raven knows no quoting, and to other readers one begins a cell."""
    return one_line(label).replace('"', "'")


def _event(row: Mapping[str, str]) -> LabelledEvent:
    begin, end = float(row["Begin Time (s)"]), float(row["End Time (s)"])
    onset = float(row.get("File Offset (s)") or begin)
    score = row.get("Score") or row.get("Confidence")
    return LabelledEvent(
        label=next((row[name] for name in LABEL_COLUMNS if row.get(name)), ""),
        onset=onset,
        offset=onset + end - begin,
        score=float(score) if score else None,
        low=_hertz(row.get("Low Freq (Hz)")),
        high=_hertz(row.get("High Freq (Hz)")),
    )


def _hertz(text: str | None) -> float | None:
    return float(text) if text else None
