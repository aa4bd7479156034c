"""What label files of any program say about a recording, and what a format is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO

from earmark.annotations import Status
from earmark.document import Document
from earmark.exchange.report import Report


@dataclass(frozen=True, kw_only=True)
class LabelledEvent:
    """A labelled stretch of a recording.

    Attributes:
        onset, offset: seconds; the same for a point.
        score: None where a person said so.
        low, high: hertz; None where it has no frequencies.
        status: None where the file says nothing of it.
        reviewer: who accepted, rejected or drew it; empty where the file does not say.
        line: where it stands in its file, counted from 1; 0 where that means nothing.
    """

    label: str
    onset: float
    offset: float
    score: float | None = None
    low: float | None = None
    high: float | None = None
    status: Status | None = None
    reviewer: str = ""
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.onset < 0:
            raise ValueError("It begins before the recording.")
        if self.offset < self.onset:
            raise ValueError("It ends before it begins.")


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The labels of one recording.

    Attributes:
        file: the recording as the label file names it; empty where it does not.
        events: in the file's order.
        tags: labels of the whole recording, with their scores.
        model, weights: whose events they are, where the file says so.
    """

    file: str
    events: tuple[LabelledEvent, ...] = ()
    tags: tuple[tuple[str, float | None], ...] = ()
    model: str = ""
    weights: str = ""


BREAKS = {ord(character): " " for character in "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


def one_line(label: str) -> str:
    """Return a label or a name without what would end a line or a column."""
    return label.translate(BREAKS)


FEATURES = frozenset(  # what a document has, and a format may have no place for
    {"scores", "people", "statuses", "reviewers", "frequencies", "tags", "windows", "silence"}
)


class Format(Protocol):
    """A module for one format.

    Attributes:
        title: as menus show it; noun: as a sentence begins with it, in the plural.
        suffix: follows the recording's name.
        holds: what the format has a place for, of FEATURES.
    """

    title: str
    noun: str
    suffix: str
    holds: frozenset[str]

    def write(self, documents: Iterable[Document], stream: TextIO) -> None:
        """Write the documents into one stream."""
        ...

    def written(self, label: str) -> str:
        """Return a label as the file has it: without what the format could not tell from its own signs."""
        ...

    def read(self, path: Path, report: Report | None = None) -> list[Labelled]:
        """Return what a file says, whoever wrote it.

        Anything may be raised where it is not of this format. What is left out is told to the report; without one,
        the first such line raises ValueError.
        """
        ...
