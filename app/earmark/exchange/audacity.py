"""Audacity's label track: `start TAB end TAB label`, and a line `\\ TAB low TAB high` where there are frequencies.

https://manual.audacityteam.org/man/importing_and_exporting_labels.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from earmark.document import Document
from earmark.exchange.labelled import Labelled, LabelledEvent, one_line
from earmark.exchange.report import Report
from earmark.exchange.text import hertz, lines_of, seconds, text_of

title = "Audacity labels"
noun = "Audacity labels"
suffix = ".labels.txt"
holds = frozenset({"people", "frequencies", "silence"})
UNDEFINED = -1.0  # a frequency that was left open
NUMBER = r"[-+]?[\d.,:]+(?:e[-+]?\d+)?"
LINE = re.compile(rf"\s*({NUMBER})(?:\t|;|\s+)({NUMBER})(?:(?:\t|;|\s+)(.*))?", re.DOTALL | re.IGNORECASE)
BINOMIAL = re.compile(r"[A-Z][a-z-]+ [a-z-]+(?: [a-z-]+)?, (.+)")  # BirdNET: "Turdus merula, Eurasian Blackbird"
written = one_line


def write(documents: Iterable[Document], stream: TextIO) -> None:
    for document in documents:
        events = (
            LabelledEvent(
                label=event["label"],
                onset=event["onset"],
                offset=event["offset"],
                low=event.get("low"),
                high=event.get("high"),
            )
            for event in document["events"]
        )
        write_events(events, stream)


def write_events(events: Iterable[LabelledEvent], stream: TextIO) -> None:
    """Write a track, with the frequencies of those events that have some."""
    for event in events:
        stream.write(f"{event.onset:.6f}\t{event.offset:.6f}\t{written(event.label)}\n")
        if event.low is not None or event.high is not None:
            low, high = (UNDEFINED if hertz is None else hertz for hertz in (event.low, event.high))
            stream.write(f"\\\t{low:.6f}\t{high:.6f}\n")


def read(path: Path, report: Report | None = None) -> list[Labelled]:
    """Return one recording's labels; the track does not name the recording."""
    report = report or Report(is_strict=True)
    events: list[LabelledEvent | None] = []  # None: a line that was skipped, and its frequencies with it
    for number, line in lines_of(text_of(path)):
        if line.startswith("\\"):
            with report.row(number):
                events[-1:] = [_with_frequencies(event, line) for event in events[-1:]]
            continue
        events.append(None)
        with report.row(number):
            events[-1] = _event(number, line)
    return [Labelled(file="", events=tuple(event for event in events if event))]


def _with_frequencies(event: LabelledEvent | None, line: str) -> LabelledEvent | None:
    low, high = (hertz(text) for text in line.split("\t")[1:3])
    return event and replace(event, low=low, high=high)


def _event(number: int, line: str) -> LabelledEvent:
    found = LINE.fullmatch(line)
    if not found:
        raise ValueError("It does not begin with two times.")
    begin, end, rest = found.groups(default="")
    label, score = _label_and_score(rest)
    return LabelledEvent(label=label, onset=seconds(begin), offset=seconds(end), score=score, line=number)


def _label_and_score(rest: str) -> tuple[str, float | None]:
    """Take the score off that BirdNET writes after a label, and the scientific name before it."""
    label, tab, last = rest.rpartition("\t")
    if tab and "\t" not in label and re.fullmatch(r"[01]?\.\d+|0|1", last.strip()):
        common = BINOMIAL.fullmatch(label.strip())
        return (common[1] if common else label.strip()), float(last)
    return rest.strip(), None
