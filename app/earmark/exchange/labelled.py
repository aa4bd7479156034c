"""What label files of any program say about a recording, and what a format is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from earmark.document import Document


@dataclass(frozen=True, kw_only=True)
class LabelledEvent:
    """A labelled stretch of a recording.

    Attributes:
        onset, offset: seconds; the same for a point.
        score: None where a person said so.
        low, high: hertz; None where it has no frequencies.
    """

    label: str
    onset: float
    offset: float
    score: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The labels of one recording.

    Attributes:
        file: the recording as the label file names it; empty where it does not.
        events: in the file's order.
        tags: labels of the whole recording, with their scores.
    """

    file: str
    events: tuple[LabelledEvent, ...] = ()
    tags: tuple[tuple[str, float | None], ...] = ()


BREAKS = {ord(character): " " for character in "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


def one_line(text: str) -> str:
    """Return a label or a name without what would end a line or a column."""
    return text.translate(BREAKS)


class Format(Protocol):
    """A module for one format; `suffix` follows the recording's name."""

    suffix: str

    def write(self, documents: Iterable[Document], stream: TextIO) -> None:
        """Write the documents into one stream."""
        ...

    def read(self, path: Path) -> list[Labelled]:
        """Return what a file says, whoever wrote it; anything may be raised where it is not of this format."""
        ...
