"""Keeping: the recordings that are open, and the library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from earmark import audio_file
from earmark.api import EarmarkError
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.part import Part

DEEDS = (
    Deed(name="open", menu="&File", text="&Open…", keys=("Ctrl+O",), icon="open"),
    Deed(name="open_demo", menu="&File", text="Open the &demo recording"),
)

LISTED = 2_000  # of many recordings that are opened at once; the queue holds all of them


class Keeping:
    """The list of recordings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shows_next = False
        desk.wanted.connect(self.open)
        desk.met.connect(self._meet)
        desk.centre.empty.open.clicked.connect(self.ask_for_files)
        desk.centre.empty.demo.clicked.connect(self.open_demo)
        desk.recordings.chosen.connect(self._show)
        desk.shown.refused.connect(self._refuse)
        desk.listening.said.connect(desk.recordings.say)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        doing = {"open": self.ask_for_files, "open_demo": self.open_demo}
        return Part(deeds=DEEDS, doing=doing, panes=(self._desk.recordings.view,))

    def open(self, paths: Sequence[Path]) -> None:
        """Add recordings to the list, the files of folders too; show the first, and have all of them heard."""
        if any(path.is_dir() for path in paths):
            self._shows_next = True
            self._desk.queued.emit(list(paths))
            return
        for path in paths[:LISTED]:
            self._desk.recordings.add(path)
        if paths:
            self._desk.recordings.choose(paths[0])
        if len(paths) > 1:
            self._desk.queued.emit(list(paths[1:]))

    def _meet(self, path: Path) -> None:
        """Show the first recording of a folder that was opened."""
        if self._shows_next:
            self._shows_next = False
            self._desk.recordings.add(path)
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

    def _show(self, path: Path) -> None:
        if not self._desk.recordings.state(path):
            self._desk.recordings.say(path, "Opening")
        self._desk.shown.show(path)

    def _refuse(self, path: Path, error: EarmarkError) -> None:
        self._desk.recordings.say(path, f"Failed: {error.sentence}")
