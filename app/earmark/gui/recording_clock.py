"""When the recording that is shown was made, read on a thread: files on slow disks must not hold the window up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal

from earmark.clock_time import recorded_at


class RecordingClock(QObject):
    """Tells the time of day at which a recording begins, where its name or the file says so."""

    told = Signal()
    _read = Signal(object, object)  # Path, datetime | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.began: datetime | None = None
        self._path: Path | None = None
        self._pool = QThreadPool(self)
        self._read.connect(self._tell)

    def look_at(self, path: Path | None) -> None:
        """Find out about another recording, or forget the last."""
        self._path, self.began = path, None
        self.told.emit()
        if path:
            self._pool.start(lambda: self._read.emit(path, recorded_at(path)))

    def close(self) -> None:
        """Wait until nothing is read."""
        self._path = None
        self._pool.waitForDone()

    def _tell(self, path: Path, began: datetime | None) -> None:
        if path == self._path:
            self.began = began
            self.told.emit()
