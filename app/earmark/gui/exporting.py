"""Drives File ▸ Export…: gathers what is known beside the window, writes it there, and tells what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from earmark import exchange
from earmark.api import Cancelled
from earmark.audio_file import shown
from earmark.document import Document, document
from earmark.errors import LibraryError
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.export_order import Known, Make, Order, Scope, Step, known_of
from earmark.gui.exports import ExportWindow


class Exporting(QObject):
    """Export of what was found, in the formats of other programs."""

    _went_on = Signal(int, int)  # recordings done, in all

    def __init__(self, desk: Desk, errands: Errands) -> None:
        super().__init__(desk)
        self._desk, self._errands = desk, errands
        self._stop = threading.Event()
        self._make: Make = self._maker()
        self._chosen: Mapping[str, Any] = {}
        self.window: ExportWindow | None = None  # while it is open
        desk.exported.connect(self.open)

    def keep(self) -> Mapping[str, Any]:
        """Return what is remembered."""
        return self._chosen

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Choose as the last time."""
        self._chosen = {name: kept[name] for name in ("export_format", "export_events") if name in kept}

    def open(self, paths: Sequence[Path] = ()) -> None:
        """Ask what is to be exported, and where.

        Args:
            paths: recordings that were chosen in the library; they are offered first.
        """
        scopes = self._scopes(paths)
        if not scopes:
            return
        self.window = window = ExportWindow(self._desk.window, scopes)
        window.restore(self._chosen)
        window.scope_chosen.connect(self._gather)
        window.ordered.connect(self._write)
        window.cancelled.connect(lambda: self._stop.set())
        self._went_on.connect(window.show_progress)
        window.finished.connect(lambda _: self._forget(window))
        window.begin()

    def close(self) -> None:
        """Stop what is being read or written."""
        self._stop.set()

    def _forget(self, window: ExportWindow) -> None:
        self._chosen = window.chosen()
        self.window = None

    def _scopes(self, chosen: Sequence[Path]) -> list[Scope]:
        shown_path, listed, found = self._desk.shown.path, self._desk.recordings.paths(), self._desk.found
        scopes = [Scope(title=_title("The {} chosen in the library", chosen), paths=tuple(chosen))] if chosen else []
        if shown_path:
            scopes.append(Scope(title=f"This recording, {shown(shown_path)}", paths=(shown_path,)))
        if len(listed) > 1:
            scopes.append(Scope(title=_title("All {} in the list", listed), paths=tuple(listed)))
        if found:
            scopes.append(Scope(title=_title("The {} found in the library", found), paths=tuple(found)))
        return scopes

    def _gather(self, scope: Scope) -> None:
        self._stop.set()  # what was read for another choice
        self._stop = stop = threading.Event()
        self._make = make = self._maker()
        self._errands.run(
            lambda: _unless_cancelled(lambda: known_of(scope, make, self._step(stop))),
            lambda known: self._show(scope, known),
        )

    def _show(self, scope: Scope, known: Known | None) -> None:
        if self.window and known:
            self.window.show_known(scope, known)

    def _step(self, stop: threading.Event) -> Step:
        def step(done: int, total: int) -> None:
            self._went_on.emit(done, total)
            if stop.is_set():
                raise Cancelled

        return step

    def _maker(self) -> Make:
        """Return what makes the document of a recording; what is on the screen is newer than what the library has."""
        here, gatherer = self._what_is_shown(), self.gatherer()

        def make(path: Path) -> Document:
            if here and path == here[0]:
                return document(here[1], here[2], info=here[3])
            if gatherer is None:
                raise LibraryError("There is no library.")
            return gatherer.document(path)

        return make

    def _what_is_shown(self):
        """Return the recording on the screen as it stands there: its path, and what its document is made of."""
        findings, info = self._desk.findings, self._desk.shown.info
        if info is None:
            return None
        return self._desk.shown.path, findings.analysis, list(findings.events), info

    def gatherer(self) -> exchange.Gatherer | None:
        """Return what finds the events of other recordings, by the chosen model and the settings of the sliders."""
        desk, heading = self._desk, self._desk.listening.heading
        if desk.library is None:
            return None
        return exchange.Gatherer(
            library=desk.library,
            model_id=desk.listening.model_id,
            weights=heading.weights_sha256 if heading else "",
            precision=getattr(desk.engines, "precision", "fp32"),
            settings=desk.findings.settings,
        )

    def _write(self, order: Order) -> None:
        self._stop, make = threading.Event(), self._make
        step = self._step(self._stop)
        ended = self.window.end if self.window else None
        self._errands.run(
            lambda: _unless_cancelled(lambda: order.write(make, step)),
            lambda paths: self._tell(order, paths),
            ended=ended,
        )

    def _tell(self, order: Order, paths: Sequence[Path] | None) -> None:
        if paths is None:
            self._desk.notices.tell("Cancelled. The files that were written until then are there.")
            return
        name = shown(paths[0]) if order.is_one else f"{len(paths)} files in {shown(order.out)}"
        self._desk.notices.tell(f"{name} {'was' if order.is_one else 'were'} written. Events: {order.events}.")


def _unless_cancelled(work: Callable[[], Any]) -> Any:
    """Return what some work returns, or None where it was cancelled."""
    try:
        return work()
    except Cancelled:
        return None


def _title(words: str, paths: Sequence[Path]) -> str:
    return words.format(f"{len(paths)} recordings" if len(paths) != 1 else f"recording {shown(paths[0])}")
