"""Keeping: the recordings that are open, and the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from earmark import audio_file
from earmark.api import EarmarkError
from earmark.gui.actions import Deed
from earmark.gui.archive import Archive, show_in_folder
from earmark.gui.desk import Desk
from earmark.gui.library_files import LibraryFiles
from earmark.gui.part import Menus, Part

DEEDS = (
    Deed(name="open", menu="&File", text="&Open…", keys=("Ctrl+O",), icon="open"),
    Deed(name="open_demo", menu="&File", text="Open the &demo recording"),
    Deed(name="back_up", menu="|&File", text="&Back up the library…", needs="library"),
    Deed(name="restore_library", menu="&File", text="Resto&re the library…", needs="library"),
    Deed(name="export_library", menu="&File", text="Export the &library…", needs="library"),
    Deed(name="search_library", menu="|&Edit", text="Search the librar&y…", keys=("Ctrl+K",), needs="library"),
    Deed(name="edit_tags", menu="&Edit", text="&Tags of the recording…", keys=("Ctrl+G",), needs="kept"),
)
ORDER = "recordings_order"  # in settings.window

LISTED = 2_000  # of many recordings that are opened at once; the queue holds all of them


class Keeping:
    """The list of recordings, and the library."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shows_next = False
        self.archive = Archive(desk)
        self.files = LibraryFiles(desk, self.archive.errands)
        self._connect()

    def _connect(self) -> None:
        desk = self._desk
        desk.wanted.connect(self.open)
        desk.met.connect(self._meet)
        desk.centre.empty.open.clicked.connect(self.ask_for_files)
        desk.centre.empty.demo.clicked.connect(self.open_demo)
        desk.recordings.chosen.connect(self._show)
        desk.shown.refused.connect(self._refuse)
        desk.listening.said.connect(desk.recordings.say)
        desk.recordings.menu_asked.connect(lambda paths, at: self.menu(paths[0]).popup(at))
        self.files.restored.connect(self._read_again)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        archive, files = self.archive, self.files
        return Part(
            deeds=DEEDS,
            doing={
                "open": self.ask_for_files,
                "open_demo": self.open_demo,
                "back_up": files.ask_and_back_up,
                "restore_library": files.ask_and_restore,
                "export_library": files.ask_and_export,
                "search_library": archive.show,
                "edit_tags": lambda: archive.edit_tags([self._desk.shown.path] if self._desk.shown.path else []),
            },
            menus=self._fill,
            given=self._given,
            keep=lambda: {ORDER: self._desk.recordings.order.currentIndex()},
            restore=self._restore,
            panes=(self._desk.recordings.view, archive.panel.view),
            close=self._close,
        )

    def open(self, paths: Sequence[Path]) -> None:
        """Add recordings to the list, the files of folders too; show the first, and have all of them heard."""
        if any(path.is_dir() for path in paths):
            self._shows_next = True
            self._desk.queued.emit(list(paths))
            return
        for path in paths[:LISTED]:
            self._desk.recordings.add(path)
        self.archive.read_tags(paths[:LISTED])
        if paths:
            self._desk.recordings.choose(paths[0])
        if len(paths) > 1:
            self._desk.queued.emit(list(paths[1:]))

    def _meet(self, path: Path) -> None:
        """Show the first recording of a folder that was opened."""
        if self._shows_next:
            self._shows_next = False
            self._desk.recordings.add(path)
            self.archive.read_tags([path])
            self._desk.recordings.choose(path)

    def open_demo(self) -> None:
        """Open the recording that comes with Earmark."""
        self.open([Path(str(files("earmark_resources") / "demo.flac"))])

    def ask_for_files(self) -> None:
        """Let the person choose recordings."""
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(audio_file.SUFFIXES))
        shown = self._desk.shown.path
        names, _ = QFileDialog.getOpenFileNames(
            self._desk.window,
            "Open recordings",
            str(shown.parent) if shown else "",
            f"Recordings ({suffixes});;All files (*)",
        )
        self.open([Path(name) for name in names])

    def menu(self, path: Path) -> QMenu:
        """Return what can be done with a recording in the list."""
        menu = QMenu(self._desk.recordings)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tags = menu.addAction("&Tags…", lambda: self.archive.edit_tags([path]))
        tags.setEnabled(self._desk.library is not None)
        menu.addAction("&Show in the folder", lambda: show_in_folder(path))
        menu.addSeparator()
        take = menu.addAction("Take &out of the list", lambda: self._desk.recordings.remove(path))
        take.setEnabled(path != self._desk.shown.path)
        return menu

    def _fill(self, menus: Menus) -> None:
        """Dock the library, and move what is done with all of it to the end of its menu."""
        self.archive.dock()
        menu, do = menus["&File"], self._desk.do
        for name in ("back_up", "restore_library", "export_library"):
            menu.insertAction(do["quit"], do[name])
        menu.insertSeparator(do["quit"])

    def _close(self) -> None:
        self.files.close()
        self.archive.close()

    def _given(self) -> set[str]:
        if self._desk.library is None:
            return set()
        return {"library", "kept"} if self._desk.shown.info else {"library"}

    def _restore(self, kept: Mapping[str, Any]) -> None:
        order = kept.get(ORDER)
        if isinstance(order, int) and 0 <= order < self._desk.recordings.order.count():
            self._desk.recordings.order.setCurrentIndex(order)

    def _read_again(self) -> None:
        """Show what the library that was restored says."""
        shown = self._desk.shown
        if shown.path and shown.info:
            self._desk.findings.open(shown.path, shown.info)
            self._desk.listening.listen(shown.path, first=True)
        self.archive.read_tags(self._desk.recordings.paths())
        self.archive.refresh()

    def _show(self, path: Path) -> None:
        if not self._desk.recordings.state(path):
            self._desk.recordings.say(path, "Opening")
        self._desk.shown.show(path)

    def _refuse(self, path: Path, error: EarmarkError) -> None:
        self._desk.recordings.say(path, f"Failed: {error.sentence}")
