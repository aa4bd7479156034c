"""Work that is done once, beside the window: on a thread of its own, its answer on Qt's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from earmark.api import EarmarkError

Answer = Callable[[Any], object]


class Errand(QThread):
    """Does one thing and says what came of it."""

    answered = Signal(object)
    failed = Signal(object)  # EarmarkError
    broke = Signal(object)  # any other exception: a bug

    def __init__(self, work: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """Do it."""
        try:
            self.answered.emit(self._work())
        except EarmarkError as error:
            self.failed.emit(error)
        except Exception as error:  # the edge of a thread: shown as any other bug
            self.broke.emit(error)


class Errands(QObject):
    """The errands of one part of the window; all have ended when it is closed."""

    def __init__(self, parent: QObject, failed: Answer) -> None:
        super().__init__(parent)
        self._failed = failed
        self._running: set[Errand] = set()
        self._is_closed = False

    def run(self, work: Callable[[], Any], answered: Answer, *, ended: Callable[[], object] | None = None) -> None:
        """Begin something; `ended` is called whatever came of it. Both are called on Qt's thread."""
        errand = Errand(work, self)
        errand.answered.connect(lambda answer: self._is_closed or answered(answer))
        errand.failed.connect(lambda error: self._is_closed or self._failed(error))
        errand.broke.connect(_raise)
        errand.finished.connect(lambda: self._end(errand, ended))
        self._running.add(errand)
        errand.start()

    def close(self) -> None:
        """Wait until all have ended; what they answer then is heard by nobody."""
        self._is_closed = True
        for errand in list(self._running):
            errand.wait()

    def _end(self, errand: Errand, ended: Callable[[], object] | None) -> None:
        self._running.discard(errand)
        errand.deleteLater()
        if ended and not self._is_closed:
            ended()


def _raise(error: Exception) -> None:
    raise error  # a bug: the exception hook shows it
