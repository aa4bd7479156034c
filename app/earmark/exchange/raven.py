"""Raven's selection table. Over several recordings Begin and End run on; `File Offset (s)` begins anew in each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from earmark import audio_file
from earmark.document import Document, DocumentEvent
from earmark.errors import AudioFileError
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line
from earmark.exchange.report import Report
from earmark.exchange.status import status_of
from earmark.exchange.text import hertz, number, rows_of, score, seconds, text_of

title = "Raven selection table"
noun = "Raven selection tables"
suffix = ".selections.txt"
holds = frozenset({"scores", "people", "statuses", "reviewers", "frequencies"})
COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin Path", "File Offset (s)", "Tag", "Score", "Status", "Reviewer"),
)
LABEL_COLUMNS = ("Tag", "Annotation", "Label", "Species", "Common Name", "Species Code", "Call type", "ID", "Class")
# What Raven measures or notes itself, and so is no label, whatever it holds.
OTHER_COLUMNS = (
    *COLUMNS,
    "Begin File",
    "End File",
    "End Path",
    "Begin Date",
    "Begin Clock Time",
    "Notes",
    "Confidence",
)
HIGHEST = 24000.0  # hertz: where a recording has gone and nothing tells its rate; a selection must have an upper edge
SILENCE = "nocall"  # BirdNET's line for a recording in which it heard nothing


def write(documents: Iterable[Document], stream: TextIO) -> None:
    stream.write("\t".join(COLUMNS) + "\n")
    selection, passed = 0, 0.0
    for document in documents:
        recording = one_line(os.path.abspath(document["file"]))  # noqa: PTH100 - no links followed
        channel, highest = _channel(document), _highest(document)
        for event in document["events"]:
            selection += 1
            low, high = _edges(event, highest)
            begin, end = passed + event["onset"], passed + event["offset"]
            place = (f"{begin:.6f}", f"{end:.6f}", f"{low:.1f}", f"{high:.1f}", recording, f"{event['onset']:.6f}")
            stream.write("\t".join((str(selection), "Spectrogram 1", channel, *place, *_facts(event))) + "\n")
        passed += document["duration"]


def written(label: str) -> str:
    """Return a label without double quotes: Raven knows no quoting, and to other readers one begins a cell."""
    return one_line(label).replace('"', "'")


def _facts(event: DocumentEvent) -> tuple[str, ...]:
    score = "" if event["score"] is None else f"{event['score']:.4f}"
    return (written(event["label"]), score, event["status"], written(event["reviewer"]))


def _channel(document: Document) -> str:
    channel = str(document.get("channel", ""))
    return channel if channel.isdecimal() else "1"


def _highest(document: Document) -> float:
    """Return half the recording's sample rate."""
    if rate := document.get("sample_rate"):
        return rate / 2
    if not document["events"] or all(event.get("high") for event in document["events"]):
        return HIGHEST
    try:
        return audio_file.probe(document["file"]).sample_rate / 2
    except AudioFileError:
        return HIGHEST


def _edges(event: DocumentEvent, highest: float) -> tuple[float, float]:
    low, high = event.get("low"), event.get("high")
    return (0.0 if low is None else low), (highest if high is None else high)


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    report = report or Report(is_strict=True)
    recordings: dict[str, list[LabelledEvent]] = {}
    for line, row in _selections(rows_of(text_of(path), report, quoted=False, name=str), report):
        with report.row(line):
            file = row.get("Begin Path") or row.get("Begin File") or ""
            if recordings and file not in recordings and not row.get("File Offset (s)"):
                raise ValueError("Its time runs on from another recording, and no File Offset tells where it is.")
            found = recordings.setdefault(file, [])
            if _label(row).casefold() != SILENCE:
                found.append(_event(row, line, report))
    return [Labelled(file=file, events=tuple(found)) for file, found in recordings.items()]


def _selections(
    rows: Iterator[tuple[int, Mapping[str, str]]], report: Report
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each selection once: Raven writes a line for the waveform and one for the spectrogram."""
    places: dict[tuple[str | None, ...], int] = {}
    kept: list[tuple[int, Mapping[str, str]]] = []
    for line, row in rows:
        if not {"Begin Time (s)", "End Time (s)"} <= row.keys():
            raise ValueError("Its header names no Begin Time and End Time.")
        key = tuple(row.get(name) for name in ("Selection", "Begin Time (s)", "End Time (s)", "Begin Path"))
        if row.get("Selection") and key in places:
            if row.get("View", "").startswith("Spectrogram"):  # its frequencies mean something
                kept[places[key]] = (line, row)
            continue
        places[key] = len(kept)
        kept.append((line, row))
    yield from kept


def _event(row: Mapping[str, str], line: int, report: Report) -> LabelledEvent:
    begin, end = seconds(row["Begin Time (s)"]), seconds(row["End Time (s)"])
    onset = seconds(row.get("File Offset (s)") or row["Begin Time (s)"])
    is_waveform = row.get("View", "").startswith("Waveform")
    return LabelledEvent(
        label=_label(row),
        onset=onset,
        offset=onset + (end - begin),
        score=score(row.get("Score") or row.get("Confidence"), line, report),
        low=None if is_waveform else hertz(row.get("Low Freq (Hz)")),
        high=None if is_waveform else hertz(row.get("High Freq (Hz)")),
        status=status_of(row.get("Status")),
        reviewer=row.get("Reviewer") or "",
        line=line,
    )


def _label(row: Mapping[str, str]) -> str:
    """Return what stands in a column for labels, else in the first that Raven did not fill itself."""
    names = {name.casefold(): name for name in row}
    named = [row[names[name.casefold()]] for name in LABEL_COLUMNS if name.casefold() in names]
    own = [cell for name, cell in row.items() if name not in OTHER_COLUMNS and "(" not in name and not _is_number(cell)]
    return next((cell.strip() for cell in (*named, *own) if cell and cell.strip()), "")


def _is_number(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True
