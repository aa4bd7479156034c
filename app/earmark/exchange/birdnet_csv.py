"""CSV in the column order of BirdNET-Analyzer, where what has no scientific name has its common one twice.

BirdNET finds the columns by their names and needs a number for the confidence: what it has no column for follows its
own, and an event that a person drew has a confidence of 1 and a person as its source. Other tables with a header are
read as well: Kaleidoscope's, those that BirdNET makes for R, and whatever names a begin, an end and a label.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from earmark.document import Document, DocumentEvent
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line
from earmark.exchange.report import Report
from earmark.exchange.status import status_of
from earmark.exchange.text import hertz, rows_of, score, seconds, text_of

title = "CSV, as BirdNET writes it"
noun = "CSV tables as BirdNET writes them"
suffix = ".csv"
holds = frozenset({"scores", "statuses", "reviewers", "frequencies"})
COLUMNS = ("Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File")
MORE_COLUMNS = ("Low Freq (Hz)", "High Freq (Hz)", "Source", "Status", "Reviewer")
PERSON, DRAWN_SCORE = "person", 1.0  # of what a person drew
written = one_line

ONSET = (
    *("start (s)", "start", "start_time", "start time", "begin time (s)", "begin", "onset", "start_seconds"),
    *("onset_s", "time", "offset"),
)
END = (
    *("end (s)", "end", "end_time", "end time", "end time (s)", "end_seconds", "stop_seconds", "stop", "offset_s"),
    "offset",
)
LABEL = (
    *("common name", "common_name", "event_label", "label", "species", "manual id", "scientific name"),
    *("scientific_name", "class", "tag", "annotation", "top1match*", "top1match", "name"),
)
SCORE = ("confidence", "score", "probability")
FILE = ("file", "filepath", "filename", "begin path", "begin file", "in file", "notated_path")
SILENCE = "nocall"  # BirdNET's line for a recording in which it heard nothing


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """Write a table; further columns follow where the documents are known beforehand and something needs them."""
    judged = isinstance(documents, Sequence) and any(
        _is_judged(event) for each in documents for event in each["events"]
    )
    table = csv.writer(stream, lineterminator="\n")
    table.writerow((*COLUMNS, *MORE_COLUMNS) if judged else COLUMNS)
    for document in documents:
        for event in document["events"]:
            table.writerow(_row(document, event) + (_more(event) if judged else ()))


def _is_judged(event: DocumentEvent) -> bool:
    return event["score"] is None or event["status"] != "unreviewed" or "low" in event or "high" in event


def _row(document: Document, event: DocumentEvent) -> tuple[str, ...]:
    label = written(event["label"])
    confidence = DRAWN_SCORE if event["score"] is None else event["score"]
    times = (f"{event['onset']:.3f}", f"{event['offset']:.3f}")
    return (*times, label, label, f"{confidence:.4f}", one_line(document["file"]))


def _more(event: DocumentEvent) -> tuple[str, ...]:
    low, high = ("" if value is None else f"{value:.1f}" for value in (event.get("low"), event.get("high")))
    source = PERSON if event["score"] is None else "model"
    return (low, high, source, event["status"], one_line(event["reviewer"]))


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    report = report or Report(is_strict=True)
    recordings: dict[str, list[LabelledEvent]] = {}
    for line, row in rows_of(text_of(path), report):
        check_columns(row)
        with report.row(line):
            found = recordings.setdefault(_file(row), [])
            if _first(row, LABEL).casefold() != SILENCE:
                found.append(_event(row, line, report))
    return [Labelled(file=file, events=tuple(found)) for file, found in recordings.items()]


def check_columns(names: Iterable[str]) -> None:
    """Raise ValueError where a table names no begin, end or label."""
    given = set(names)
    if not given.intersection(ONSET) or not given.intersection((*END, "duration")) or not given.intersection(LABEL):
        raise ValueError("Its header names no begin, no end or no label.")


def _event(row: Mapping[str, str], line: int, report: Report) -> LabelledEvent:
    onset = seconds(_first(row, ONSET))
    offset = onset + seconds(row["duration"]) if row.get("duration") else seconds(_first(row, END))
    return LabelledEvent(
        label=_first(row, LABEL),
        onset=onset,
        offset=offset,
        score=None if row.get("source") == PERSON else score(_first(row, SCORE), line, report),
        low=hertz(row.get("low freq (hz)")),
        high=hertz(row.get("high freq (hz)")),
        status=status_of(row.get("status")),
        reviewer=row.get("reviewer") or "",
        line=line,
    )


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _file(row: Mapping[str, str]) -> str:
    """Return the recording; Kaleidoscope parts its path in three."""
    parts = [row.get("indir"), row.get("folder"), _first(row, FILE)]
    return re.sub(r"[\\/]+", "/", "/".join(filter(None, parts))) if row.get("in file") else _first(row, FILE)
