"""The event list of DCASE and DESED, as sed_eval and psds_eval read it. A recording without events has empty fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line
from earmark.exchange.report import Report
from earmark.exchange.text import delimiter_of, lines_of, rows_of, seconds, text_of

title = "DCASE event list"
noun = "DCASE event lists"
suffix = ".tsv"
holds = frozenset({"people", "silence"})
COLUMNS = ("filename", "onset", "offset", "event_label")
NAMES = {"file": "filename", "event_onset": "onset", "event_offset": "offset", "label": "event_label"}
written = one_line


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
            table.writerow((one_line(name), *times, written(event["label"])))


@dataclass
class _Recording:
    events: list[LabelledEvent] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    """Return the labels of each recording, also of those that have none; strong, or weak ones as tags."""
    report = report or Report(is_strict=True)
    recordings: dict[str, _Recording] = {}
    for line, row in _rows(text_of(path), report):
        with report.row(line):
            found = recordings.setdefault(row["filename"].strip(), _Recording())
            if row.get("event_label"):
                found.events.append(_event(row, line))
            elif (row.get("onset") or "").strip():
                raise ValueError("It has a time and no label.")
            found.tags.extend(filter(None, (tag.strip() for tag in (row.get("event_labels") or "").split(","))))
    return [
        Labelled(file=file, events=tuple(found.events), tags=tuple((label, None) for label in found.tags))
        for file, found in recordings.items()
    ]


def _event(row: Mapping[str, str], line: int) -> LabelledEvent:
    return LabelledEvent(
        label=row["event_label"], onset=seconds(row["onset"]), offset=seconds(row["offset"]), line=line
    )


def _rows(text: str, report: Report) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows by the names of DESED, whether the list has a header or none, as sed_eval allows."""
    header = next(lines_of(text), (0, ""))[1]
    if has_header(header):
        yield from rows_of(text, report, name=lambda name: NAMES.get(name.casefold(), name.casefold()))
        return
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(header))
    for cells in table:
        with report.row(table.line_num):
            if any(cell.strip() for cell in cells):
                yield table.line_num, _named(cells)


def has_header(line: str) -> bool:
    """Tell whether a line names the columns of an event list."""
    names = {cell.strip().strip('"').casefold() for cell in line.split(delimiter_of(line))}
    names = {NAMES.get(name, name) for name in names}
    return "filename" in names and bool(names & {"event_label", "event_labels"})


def _named(cells: Sequence[str]) -> Mapping[str, str]:
    """Return a row without a header: file, scene or nothing, onset, offset, label; or onset, offset, label."""
    times = [index for index, cell in enumerate(cells) if _is_time(cell)]
    first = next((index for index in times if index + 1 in times), None)
    if first is None or first > 2 or len(cells) < first + 3:
        raise ValueError("It is not a file, two times and a label.")
    file = cells[0] if first else ""
    return {
        "filename": file,
        "onset": cells[first],
        "offset": cells[first + 1],
        "event_label": cells[first + 2].strip(),
    }


def _is_time(cell: str) -> bool:
    try:
        seconds(cell)
    except ValueError:
        return False
    return True
