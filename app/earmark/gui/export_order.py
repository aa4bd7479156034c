"""What is to be exported: which recordings, what is known of them, and into which files it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from earmark import exchange
from earmark.api import EarmarkError
from earmark.audio_file import shown
from earmark.document import Document

MOST_NAMED = 3
Make = Callable[[Path], Document]  # what is known of a recording
Step = Callable[[int, int], None]  # done, in all; raises Cancelled


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One choice of recordings."""

    title: str
    paths: tuple[Path, ...]

    @property
    def is_one(self) -> bool:
        return len(self.paths) == 1


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the recordings of a scope, as far as choosing needs it: thousands of them fit in memory.

    Attributes:
        heads: documents without what was heard in them.
        events: how many there are, for each choice of events.
        losses: sentences, for each format and choice of events.
        unknown: the recordings of which nothing is known.
    """

    heads: tuple[Document, ...]
    events: Mapping[str, int]
    losses: Mapping[tuple[str, str], tuple[str, ...]]
    unknown: tuple[str, ...] = ()


def known_of(scope: Scope, make: Make, step: Step) -> Known:
    """Return what is known of the recordings of a scope."""
    kinds = [(name, which) for name in exchange.FORMATS for which in exchange.WANTED]
    losses = {(name, which): exchange.Losses(exchange.FORMATS[name]) for name, which in kinds}
    events = dict.fromkeys(exchange.WANTED, 0)
    heads: list[Document] = []
    unknown: list[str] = []
    for number, path in enumerate(scope.paths):
        step(number, len(scope.paths))
        try:
            document = make(path)
        except EarmarkError:
            unknown.append(shown(path))
            continue
        heads.append({**document, "tags": [], "windows": [], "events": []})
        for which in exchange.WANTED:
            chosen = exchange.only(document, which)
            events[which] += len(chosen["events"])
            for name in exchange.FORMATS:
                losses[name, which].add(chosen)
    told = {kind: counted.sentences() for kind, counted in losses.items()}
    return Known(heads=tuple(heads), events=events, losses=told, unknown=tuple(unknown))


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be written; `out` is a file for one recording, else a folder."""

    format_name: str
    which: str
    out: Path
    is_one: bool
    known: Known

    @property
    def events(self) -> int:
        """Return how many events are written."""
        return self.known.events[self.which]

    @property
    def losses(self) -> tuple[str, ...]:
        """Return what the format cannot hold of them."""
        return self.known.losses[self.format_name, self.which]

    def places(self) -> list[Path]:
        """Return the files that it makes."""
        if self.is_one:
            return [self.out]
        folder = self._folder()
        return [folder.place(head) for head in self.known.heads]

    def write(self, make: Make, step: Step) -> list[Path]:
        """Write the files and return them; what is written when it is cancelled stays.

        Raises:
            EarmarkError: a file cannot be written, or a recording cannot be read any more.
        """
        folder, paths = self._folder(), []
        for number, head in enumerate(self.known.heads):
            step(number, len(self.known.heads))
            document = exchange.only(make(Path(head["file"])), self.which)
            if self.is_one:
                exchange.write_file(self.out, exchange.FORMATS[self.format_name], document)
            paths.append(self.out if self.is_one else folder.add(document))
        return paths

    def _folder(self) -> exchange.Folder:
        return exchange.Folder(self.out, exchange.FORMATS[self.format_name])


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
    """Return how much it is, and of which recordings nothing is known, in sentences."""
    events = f"{order.events} event{'' if order.events == 1 else 's'}"
    heads, unknown = order.known.heads, order.known.unknown
    if order.is_one:
        return f"{events} of {shown(Path(heads[0]['file']))}."
    left = f" Nothing is known yet of {len(unknown)}: {', '.join(unknown[:MOST_NAMED])}." if unknown else ""
    return f"{events} of {len(heads)} recordings, each into a file of its own.{left}"


def replaced(places: Sequence[Path]) -> str:
    """Return a warning where files are there already; "" where none is."""
    there = [place for place in places if place.exists()]
    if not there:
        return ""
    if len(there) == 1:
        return f"⚠ {shown(there[0])} is there already and will be replaced."
    return f"⚠ {len(there)} files of these names are there already and will be replaced."
