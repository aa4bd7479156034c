"""File ▸ Back up, restore and export the library: asked for here, done on threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog

from earmark.api import Cancelled
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.times import time_text

BACKUPS = "Backups of the library (*.sqlite);;All files (*)"
ENOUGH = 2.0  # seconds after which the time that is left can be told


class LibraryFiles(QObject):
    """Asks where to, and tells what came of it."""

    restored = Signal()
    _went_on = Signal(int, int)

    def __init__(self, desk: Desk, errands: Errands) -> None:
        super().__init__(desk)
        self._desk, self._errands, self._library = desk, errands, desk.library
        self._progress: QProgressDialog | None = None
        self._cancelled = False
        self._began = 0.0
        self._went_on.connect(self._show_progress)

    def ask_and_back_up(self) -> None:
        """Ask for a file and write the backup."""
        proposed = str(Path.home() / f"Earmark library {date.today()}.sqlite")
        name, _ = QFileDialog.getSaveFileName(self._desk.window, "Back up the library", proposed, BACKUPS)
        if name:
            self.back_up(Path(name) if Path(name).suffix else Path(f"{name}.sqlite"))

    def back_up(self, to: Path) -> None:
        """Write a backup."""
        if library := self._library:
            told = f"The library was backed up to {to.name}."
            self._errands.run(lambda: library.backup(to), lambda _: self._desk.notices.tell(told))

    def ask_and_restore(self) -> None:
        """Ask for a backup, and whether it is meant, and put it in the library's place."""
        name, _ = QFileDialog.getOpenFileName(self._desk.window, "Restore the library", str(Path.home()), BACKUPS)
        question = (
            f"Put {Path(name).name} in the place of the library?\n\n"
            "What is in the library now is kept in a file beside it, and can be restored in the same way."
        )
        buttons = QMessageBox.StandardButton
        choice = buttons.Yes | buttons.Cancel
        if name and QMessageBox.question(self._desk.window, "Restore", question, choice, buttons.Cancel) == buttons.Yes:
            self.restore(Path(name))

    def restore(self, source: Path) -> None:
        """Put a backup in the library's place; the recording that is shown has what the backup says of it."""
        if library := self._library:
            self._errands.run(lambda: library.restore(source), lambda kept: self._tell_restored(source, kept))

    def ask_and_export(self) -> None:
        """Ask for a new folder and export into it."""
        proposed = str(Path.home() / f"Earmark library {date.today()}")
        name, _ = QFileDialog.getSaveFileName(self._desk.window, "Export the library into a new folder", proposed)
        if name:
            self.export(Path(name))

    def export(self, folder: Path) -> None:
        """Write everything as open files into a new folder."""
        library = self._library
        if library is None:
            return
        self._begin(folder.name)
        self._errands.run(
            lambda: _until_cancelled(lambda: library.export(folder, self._tell)),
            lambda count: self._tell_exported(folder, count),
            ended=self._end,
        )

    def close(self) -> None:
        """Leave what is being exported."""
        self._cancelled = True

    def _tell_restored(self, source: Path, kept: Path) -> None:
        told = f"The library is that of {source.name}. What was there before is kept in {kept.name}."
        self._desk.notices.tell(told)
        self.restored.emit()

    def _tell_exported(self, folder: Path, count: int | None) -> None:
        if count is not None:
            self._desk.notices.tell(f"{folder.name} was written. Recordings: {count}.")

    def _begin(self, name: str) -> None:
        self._cancelled, self._began = False, time.monotonic()
        self._progress = QProgressDialog(f"Exporting to {name}…", "Cancel", 0, 0, self._desk.window)
        self._progress.setWindowTitle("Export the library")
        self._progress.setWindowModality(Qt.WindowModality.NonModal)
        self._progress.setMinimumDuration(300)
        self._progress.setAutoReset(False)
        self._progress.canceled.connect(self.close)

    def _tell(self, done: int, total: int) -> None:
        """Called on the thread that exports."""
        if self._cancelled:
            raise Cancelled
        self._went_on.emit(done, total)

    def _show_progress(self, done: int, total: int) -> None:
        if self._progress:
            self._progress.setMaximum(total)
            self._progress.setValue(done)
            self._progress.setLabelText(f"{done} of {total} recordings{self._left(done, total)}")

    def _left(self, done: int, total: int) -> str:
        taken = time.monotonic() - self._began
        return f" · {time_text(taken / done * (total - done), 0)} left" if done and taken > ENOUGH else ""

    def _end(self) -> None:
        if self._progress:
            self._progress.canceled.disconnect()
            self._progress.close()
            self._progress.deleteLater()
            self._progress = None


def _until_cancelled(work: Callable[[], int]) -> int | None:
    try:
        return work()
    except Cancelled:
        return None
