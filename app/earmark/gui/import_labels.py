"""File ▸ Import labels…: what other programs wrote becomes annotations, in one change that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from earmark import audio_file, exchange
from earmark.annotations import Change
from earmark.audio_file import AudioInfo, shown
from earmark.exchange import Arrival, Gatherer, Labelled, Reading, Remark
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.judging import JudgedEvent, shown_as

SUFFIXES = (".txt", ".csv", ".tsv", ".json", ".jams", ".lab", ".labels", ".tab")
MOST_NAMED = 3  # recordings that are not here
MOST_LINES = 200  # of a report


@dataclass(kw_only=True)
class Imported:
    """What became of the labels of one file.

    Attributes:
        here: what is new for the recording that is shown.
        elsewhere: how many were added to other recordings; known: how many were there already.
        strangers: recordings that the file names and that are not here.
    """

    reading: Reading
    here: Arrival = field(default_factory=Arrival)
    elsewhere: int = 0
    known: int = 0
    lines: list[str] = field(default_factory=list)
    skipped: int = 0
    strangers: list[Labelled] = field(default_factory=list)


class ImportLabels:
    """Reads label files beside the window and adds what is new in them."""

    def __init__(self, desk: Desk, errands: Errands, gatherer) -> None:
        self._desk, self._errands, self._gatherer = desk, errands, gatherer
        self._waiting: list[Path] = []  # for the recording that is being opened
        desk.shown.opened.connect(lambda _: self._go_on())

    def ask(self) -> None:
        """Let the person choose files."""
        path = self._desk.shown.path
        known = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        names, _ = QFileDialog.getOpenFileNames(
            self._desk.window, "Import labels", str(path.parent) if path else "", f"Labels ({known});;All files (*)"
        )
        self.take([Path(name) for name in names])

    def take(self, paths: Sequence[Path], *, after_opening: bool = False) -> None:
        """Import these files; where a recording is about to be opened, once it is open."""
        self._waiting.extend(paths)
        if after_opening:
            return
        if self._desk.shown.info:
            self._go_on()
        elif paths and not self._desk.shown.path:
            self._waiting.clear()
            self._desk.notices.say("There is no recording for these labels.", hint="Open it first.")

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for path in waiting:
            self._import(path)

    def _import(self, path: Path) -> None:
        desk, gatherer = self._desk, self._gatherer()
        analysis = desk.findings.analysis
        here = _Here(
            path=desk.shown.path,
            info=desk.shown.info,
            events=list(desk.findings.events),
            labels=analysis.labels if analysis else (),
        )
        others = [each for each in desk.recordings.paths() if each != here.path]
        author = desk.author
        self._errands.run(
            lambda: import_file(path, here, others, gatherer=gatherer, author=author),
            lambda imported: self._apply(here, imported),
        )

    def _apply(self, here: _Here, imported: Imported) -> None:
        new = imported.here.annotations
        if new:
            self._make(here, change_of(imported.reading.path, imported.here))
        sentence, hint = told(imported)
        if imported.lines or imported.strangers or not (new or imported.elsewhere or imported.known):
            self._desk.notices.say(sentence, hint=hint, details="\n".join(imported.lines[:MOST_LINES]))
        else:
            self._desk.notices.tell(f"{sentence} {hint}".strip())

    def _make(self, here: _Here, change: Change) -> None:
        """Make the change, in the library alone where another recording is shown by now."""
        path, library = here.path, self._desk.library
        if path == self._desk.shown.path:
            self._desk.findings.apply(change)
        elif path and library:
            self._errands.run(lambda: library.change(path, change, here.info), lambda _: None)


@dataclass(frozen=True, kw_only=True)
class _Here:
    path: Path | None
    info: AudioInfo | None
    events: Sequence[JudgedEvent]
    labels: Sequence[str]


def import_file(path: Path, here: _Here, others: Sequence[Path], *, gatherer: Gatherer | None, author: str) -> Imported:
    """Read a file; what is new for other recordings than the one shown is kept in the library at once.

    Raises:
        EarmarkError: the file cannot be read, or the library cannot be used.
    """
    reading = exchange.read_any(path)
    recordings = [here.path, *others] if here.path else list(others)
    found, strangers = exchange.matched(reading.recordings, recordings, label_file=path, shown=here.path)
    imported = Imported(reading=reading, strangers=[each for each in strangers if each.events or each.tags])
    _report(imported, reading.skipped, reading.remarks)
    for recording, labelled in found.items():
        if recording == here.path:
            said = gatherer.library.annotations(recording) if gatherer else []
            there = [*here.events, *map(shown_as, said)]
            imported.here = exchange.arrive(labelled, there=there, info=here.info, labels=here.labels, author=author)
            _count(imported, imported.here)
        elif gatherer:
            _keep(imported, recording, labelled, gatherer=gatherer, author=author)
        _tag(imported, recording, labelled, gatherer)
    return imported


def _keep(imported: Imported, recording: Path, labelled: Labelled, *, gatherer: Gatherer, author: str) -> None:
    info = audio_file.probe(recording)
    arrival = exchange.arrive(labelled, there=gatherer.events(recording), info=info, author=author)
    if arrival.annotations:
        gatherer.library.change(recording, change_of(imported.reading.path, arrival), info)
    imported.elsewhere += len(arrival.annotations)
    _count(imported, arrival)


def _tag(imported: Imported, recording: Path, labelled: Labelled, gatherer: Gatherer | None) -> None:
    """Tag the recording with what a person said of all of it; a model's tags are found by models here."""
    said = [label for label, score in labelled.tags if score is None and label.strip()]
    if said and gatherer:
        gatherer.library.set_tags(recording, dict.fromkeys((*gatherer.library.tags_of(recording), *said)))
        imported.lines.append(f"{shown(recording)} was tagged: {', '.join(dict.fromkeys(said))}.")
    if heard := len(labelled.tags) - len(said):
        imported.lines.append(f"{heard} tags with scores were left out: models here find their own.")


def _count(imported: Imported, arrival: Arrival) -> None:
    imported.known += arrival.known
    _report(imported, arrival.skipped, arrival.remarks)


def _report(imported: Imported, skipped: Sequence[Remark], remarks: Sequence[Remark]) -> None:
    imported.skipped += len(skipped)
    imported.lines += [f"{each} Left out." for each in skipped]
    imported.lines += [str(each) for each in remarks]


def change_of(path: Path, arrival: Arrival) -> Change:
    """Return the one change that an import is: "Import 12 labels from garden.txt"."""
    count = len(arrival.annotations)
    return Change(
        name=f"Import {count} label{'' if count == 1 else 's'} from {shown(path)}", after=tuple(arrival.annotations)
    )


def told(imported: Imported) -> tuple[str, str]:
    """Return what came of an import, in a sentence and a hint."""
    name, form = shown(imported.reading.path), exchange.FORMATS[imported.reading.format_name]
    new = len(imported.here.annotations) + imported.elsewhere
    parts = [f"{_labels(new)} {'was' if new == 1 else 'were'} imported from {name} ({form.title})"]
    if imported.elsewhere:
        parts.append(f"{imported.elsewhere} of them into other recordings")
    if imported.known:
        parts.append(f"{imported.known} {'was' if imported.known == 1 else 'were'} there already")
    if imported.skipped:
        parts.append(f"{imported.skipped} {'was' if imported.skipped == 1 else 'were'} left out")
    return "; ".join(parts) + ".", _about_strangers(imported.strangers)


def _about_strangers(strangers: Sequence[Labelled]) -> str:
    if not strangers:
        return ""
    count = sum(len(each.events) + len(each.tags) for each in strangers)
    names = ", ".join(Path(each.file.replace("\\", "/")).name for each in strangers[:MOST_NAMED])
    more = f" and {len(strangers) - MOST_NAMED} more" if len(strangers) > MOST_NAMED else ""
    verb = "is" if count == 1 else "are"
    return f"{_labels(count)} {verb} of recordings that are not open: {names}{more}. Open them and import again."


def _labels(count: int) -> str:
    return f"{count} label{'' if count == 1 else 's'}"


def is_label_file(path: Path) -> bool:
    """Tell whether a file that was dropped is taken for labels."""
    return path.suffix.casefold() in SUFFIXES and path.is_file()
