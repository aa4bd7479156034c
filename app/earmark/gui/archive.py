"""The library in the window: searched, opened where it matches, tagged, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDockWidget, QMenu, QMessageBox

from earmark.audio_file import shown
from earmark.gui import layout
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.library_panel import LibraryPanel
from earmark.gui.library_searcher import LibrarySearcher
from earmark.gui.tag_window import TagWindow
from earmark.library import Found, KnownRecording, Library

SETTLING_MS = 400  # after a change, before what is shown is searched for again
LOOKING_MS = 3_000  # after the last change, before the file's content is looked at
Target = tuple[Path, frozenset[str]]


class Archive(QObject):
    """The library's panel, and what is done from it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self.library = desk, desk.library
        self.panel, self.errands = LibraryPanel(), Errands(desk, desk.notices.report)
        self.searcher = LibrarySearcher(self.library) if self.library else None
        self.dock_widget: QDockWidget | None = None
        self._target: Target | None = None  # where the recording that is being opened matched
        self._is_stale = True
        self._settling, self._looking = _timer(self, SETTLING_MS), _timer(self, LOOKING_MS)
        self._is_closing = False
        self._connect()

    def _connect(self) -> None:
        panel, desk = self.panel, self._desk
        panel.opened.connect(self.open)
        panel.menu_asked.connect(self._offer)
        desk.listening.heard.connect(self._change)
        desk.findings.change_made.connect(self._change)
        desk.findings.change_made.connect(lambda change: self._looking.start())
        desk.shown.left.connect(self._looking.stop)
        desk.findings.changed.connect(self._aim)
        desk.findings.analysis_changed.connect(self._aim)
        self._settling.timeout.connect(self._refresh_if_stale)
        self._looking.timeout.connect(self._look_into_it)
        if self.searcher is None:
            panel.show_away()
            return
        panel.searched.connect(self.searcher.search)
        self.searcher.found.connect(self._show)
        self.searcher.failed.connect(desk.notices.report)

    def dock(self) -> None:
        """Stand beside the recordings, behind them."""
        window = self._desk.window
        self.dock_widget = layout.dock(window, "Library", self.panel, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.dock_widget.visibilityChanged.connect(lambda seen: QTimer.singleShot(0, self, self._refresh_if_stale))
        recordings = window.findChild(QDockWidget, "recordings")
        if recordings:
            window.tabifyDockWidget(recordings, self.dock_widget)
            recordings.raise_()

    def close(self) -> None:
        """End the threads."""
        self._is_closing = True
        if self.searcher:
            self.searcher.close()
        self.errands.close()

    def show(self) -> None:
        """Bring the panel to the front, ready for words."""
        if self.dock_widget:
            self.dock_widget.show()
            self.dock_widget.raise_()
            self.panel.focus_search()

    def refresh(self) -> None:
        """Search again for what is asked for."""
        self._is_stale = False
        if self.searcher:
            self.searcher.search(self.panel.search.text())

    def open(self, recording: KnownRecording) -> None:
        """Open a recording, at the surest event of what matched in it."""
        labels = frozenset(name for name, _ in recording.labels)
        self._target = (recording.path, labels) if labels else None
        self._desk.open([recording.path])
        self._aim()

    def edit_tags(self, paths: Sequence[Path]) -> None:
        """Ask for the tags of some recordings."""
        library = self.library
        if library and paths:
            self.errands.run(
                lambda: ({path: library.tags_of(path) for path in paths}, library.tags()),
                lambda found: self.ask_for_tags(*found),
            )

    def ask_for_tags(self, tags: Mapping[Path, Sequence[str]], known: Sequence[str]) -> TagWindow:
        """Show the dialog; what is chosen there is kept."""
        dialog = TagWindow(self._desk.window, tags, known)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.set_tags(dialog.chosen()))
        dialog.open()
        return dialog

    def set_tags(self, chosen: Mapping[Path, Sequence[str]]) -> None:
        """Give recordings their tags, on a thread."""
        library = self.library
        if library:
            self.errands.run(lambda: _set_all(library, chosen), self._show_tags)

    def read_tags(self, paths: Sequence[Path]) -> None:
        """Show the tags of recordings that were opened."""
        library = self.library
        if library and paths:
            self.errands.run(lambda: {path: library.tags_of(path) for path in paths}, self._write_tags)

    def forget(self, paths: Sequence[Path]) -> None:
        """Drop recordings and all that was heard and said in them, if a person means it."""
        what = shown(paths[0]) if len(paths) == 1 else f"{len(paths)} recordings"
        question = f"Forget {what}?\n\nWhat was heard and said there is deleted. The files themselves stay."
        buttons = QMessageBox.StandardButton
        choice = buttons.Yes | buttons.Cancel
        answer = QMessageBox.question(self._desk.window, "Forget", question, choice, buttons.Cancel)
        library = self.library
        if answer == buttons.Yes and library:
            self.errands.run(lambda: [library.forget(path) for path in paths], lambda _: self.refresh())

    def menu(self, paths: Sequence[Path]) -> QMenu:
        """Return what can be done with some recordings of the library."""
        menu = QMenu(self.panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Open", lambda: self._desk.open(list(paths)))
        menu.addAction("&Tags…", lambda: self.edit_tags(paths))
        menu.addAction("&Export…", lambda: self._desk.exported.emit(list(paths)))
        menu.addAction("&Show in the folder", lambda: show_in_folder(paths[0])).setEnabled(len(paths) == 1)
        menu.addSeparator()
        menu.addAction("&Forget…", lambda: self.forget(paths))
        return menu

    def _offer(self, paths: Sequence[Path], at: QPoint) -> None:
        self.menu(paths).popup(at)

    def _change(self, *_: object) -> None:
        """Something was heard or said: what is shown may be old."""
        self._is_stale = True
        self._settling.start()

    def _refresh_if_stale(self) -> None:
        if self._is_stale and self.panel.is_seen:
            self.refresh()

    def _look_into_it(self) -> None:
        """Have the recording found again should it be moved: one that was judged is worth that."""
        library, path = self.library, self._desk.shown.path
        if library and path:
            self.errands.run(lambda: library.hash_missing([path], lambda: self._is_closing), lambda count: None)

    def _show(self, text: str, found: Found) -> None:
        if text == self.panel.search.text():
            self.panel.show_found(found)
            self._desk.found = [each.path for each in found.recordings] if text.strip() else ()

    def _show_tags(self, chosen: Mapping[Path, Sequence[str]]) -> None:
        self._write_tags(chosen)
        self.refresh()

    def _write_tags(self, tags: Mapping[Path, Sequence[str]]) -> None:
        for path, each in tags.items():
            self._desk.recordings.show_tags(path, each)

    def _aim(self) -> None:
        """Select the surest event of what was searched for, once it is there."""
        findings, shown_now = self._desk.findings, self._desk.shown
        if self._target is None or shown_now.info is None or self._target[0] != shown_now.path:
            return
        labels = self._target[1]
        fitting = [number for number, event in enumerate(findings.events) if event.label in labels]
        if fitting:
            self._target = None
            findings.select([max(fitting, key=lambda number: _sureness(findings.events[number]))])


def _timer(parent: QObject, milliseconds: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    return timer


def show_in_folder(path: Path) -> None:
    """Open the folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _set_all(library: Library, chosen: Mapping[Path, Sequence[str]]) -> dict[Path, Sequence[str]]:
    for path, tags in chosen.items():
        library.set_tags(path, tags)
    return {path: library.tags_of(path) for path in chosen}


def _sureness(event) -> float:
    """Return how sure it is that an event is there: what a person accepted is surer than any score."""
    if event.status == "rejected":
        return -1.0
    return 2.0 if event.status == "accepted" else event.score or 0.0
