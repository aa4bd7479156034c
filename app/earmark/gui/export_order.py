"""What is to be exported: which recordings, and into which files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from earmark import exchange
from earmark.audio_file import shown
from earmark.document import Document


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One choice of recordings; `folder` is where their files are proposed to go."""

    title: str
    paths: tuple[Path, ...]

    @property
    def is_one(self) -> bool:
        return len(self.paths) == 1


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be written; `out` is a file for one recording, else a folder."""

    format_name: str
    out: Path
    is_one: bool
    documents: tuple[Document, ...]

    @property
    def events(self) -> int:
        return sum(len(document["events"]) for document in self.documents)

    def places(self) -> list[Path]:
        """Return the files that it makes."""
        if self.is_one:
            return [self.out]
        folder = exchange.Folder(self.out, exchange.FORMATS[self.format_name])
        return [folder.place(document) for document in self.documents]

    def write(self) -> list[Path]:
        """Write the files and return them.

        Raises:
            DatasetError: a file cannot be written.
        """
        if not self.is_one:
            return exchange.write(self.format_name, self.documents, self.out)
        exchange.write_file(self.out, exchange.FORMATS[self.format_name], self.documents[0])
        return [self.out]


def without_suffix(path: Path) -> str:
    """Return a file's name without the ending of a format."""
    for suffix in sorted((form.suffix for form in exchange.FORMATS.values()), key=len, reverse=True):
        if path.name.endswith(suffix):
            return path.name.removesuffix(suffix)
    return path.stem


def format_of(name: str, otherwise: str) -> str:
    """Return the format whose ending a name has, the longest first."""
    endings = {form.suffix: format_name for format_name, form in exchange.FORMATS.items()}
    matching = [suffix for suffix in endings if name.casefold().endswith(suffix)]
    return endings[max(matching, key=len)] if matching else otherwise


def counted(order: Order) -> str:
    """Return how much it is, in a sentence."""
    events = f"{order.events} event{'' if order.events == 1 else 's'}"
    if order.is_one:
        return f"{events} of {shown(Path(order.documents[0]['file']))}."
    return f"{events} of {len(order.documents)} recordings, each into a file of its own."


def replaced(places: Sequence[Path]) -> str:
    """Return a warning where files are there already; "" where none is."""
    there = [place for place in places if place.exists()]
    if not there:
        return ""
    if len(there) == 1:
        return f"⚠ {shown(there[0])} is there already and will be replaced."
    return f"⚠ {len(there)} files of these names are there already and will be replaced."
