"""Drives File ▸ Export…: gathers what is known beside the window, writes it there, and tells what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earmark import exchange
from earmark.api import EarmarkError
from earmark.audio_file import shown
from earmark.document import Document, document
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.export_order import Order, Scope
from earmark.gui.exports import ExportWindow

Known = tuple[list[Document], list[str]]  # documents, and the names of recordings of which nothing is known


class Exporting:
    """Export of what was found, in the formats of other programs."""

    def __init__(self, desk: Desk, errands: Errands) -> None:
        self._desk, self._errands = desk, errands
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
        window.finished.connect(lambda _: self._forget(window))
        window.begin()

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
        here, gatherer = self._what_is_shown(), self.gatherer()
        self._errands.run(lambda: _gathered(scope, here, gatherer), lambda known: self._show(scope, *known))

    def _show(self, scope: Scope, documents: Sequence[Document], unknown: Sequence[str]) -> None:
        if self.window:
            self.window.show_documents(scope, documents, unknown)

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
        self._errands.run(order.write, lambda paths: self._tell(order, paths))

    def _tell(self, order: Order, paths: Sequence[Path]) -> None:
        name = shown(paths[0]) if order.is_one else f"{len(paths)} files in {shown(order.out)}"
        self._desk.notices.tell(f"{name} {'was' if order.is_one else 'were'} written. Events: {order.events}.")


def _gathered(scope: Scope, here, gatherer: exchange.Gatherer | None) -> Known:
    """Return the documents of all recordings; what is on the screen is newer than what the library has."""
    documents: list[Document] = []
    unknown: list[str] = []
    for path in scope.paths:
        if here and path == here[0]:
            documents.append(document(here[1], here[2], info=here[3]))
            continue
        try:
            if gatherer is None:
                raise EarmarkError("There is no library.")
            documents.append(gatherer.document(path))
        except EarmarkError:
            unknown.append(shown(path))
    return documents, unknown


def _title(words: str, paths: Sequence[Path]) -> str:
    return words.format(f"{len(paths)} recordings" if len(paths) != 1 else f"recording {shown(paths[0])}")
