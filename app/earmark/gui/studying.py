"""Studies of labels, on a thread: while a person goes through the labels, only the newest counts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from earmark.calibration import Judgement
from earmark.reliability import Study, study


class Studying(QObject):
    """Answers the newest question; those overtaken before they were begun are never answered."""

    studied = Signal(object)  # Study
    failed = Signal(object)  # Exception

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="study")
        self._asked: Future[Study] | None = None

    def ask(self, label: str, judgements: Sequence[Judgement], wanted: float) -> None:
        """Study a label soon."""
        if self._asked:
            self._asked.cancel()
        self._asked = self._thread.submit(study, label, judgements, wanted)
        self._asked.add_done_callback(self._answer)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _answer(self, asked: Future[Study]) -> None:
        if asked.cancelled():
            return
        if error := asked.exception():
            self.failed.emit(error)
        elif asked is self._asked:
            self.studied.emit(asked.result())
