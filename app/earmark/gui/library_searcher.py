"""Searches the library on a thread: while somebody types, only the newest words are answered."""

from __future__ import annotations

import threading

from PySide6.QtCore import QThread, Signal

from earmark.api import EarmarkError
from earmark.library import Library


class LibrarySearcher(QThread):
    """Answers the newest search; those overtaken are never answered."""

    found = Signal(str, object)  # the words, Found
    failed = Signal(object)  # EarmarkError

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._newest: str | None = None
        self._changed = threading.Condition()
        self._stopping = False

    def search(self, text: str) -> None:
        """Search for this, soon."""
        with self._changed:
            self._newest = text
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """Search until closed."""
        while (text := self._take()) is not None:
            try:
                self.found.emit(text, self._library.search(text))
            except EarmarkError as error:
                self.failed.emit(error)

    def _take(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._newest is not None)
            text, self._newest = self._newest, None
            return None if self._stopping else text
