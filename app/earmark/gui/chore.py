"""Something that takes its time and is done once: on a thread of its own, with an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from earmark.api import EarmarkError


class Chore(QThread):
    """Does something, says what came of it, and goes."""

    done = Signal(object)  # what it returned
    failed = Signal(object)  # EarmarkError

    def __init__(self, work: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self.finished.connect(self.deleteLater)

    def run(self) -> None:
        """Do it."""
        try:
            self.done.emit(self._work())
        except EarmarkError as error:
            self.failed.emit(error)


class Chores(QObject):
    """The chores that somebody has set off; all have ended when it is closed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._running: set[Chore] = set()

    def do(self, work: Callable[[], Any]) -> Chore:
        """Begin a chore and return it; connect to its signals at once."""
        chore = Chore(work, self)
        self._running.add(chore)
        chore.finished.connect(lambda: self._running.discard(chore))
        chore.start()
        return chore

    def close(self) -> None:
        """Wait until all have ended."""
        for chore in list(self._running):
            chore.wait()
