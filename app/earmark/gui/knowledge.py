"""What is known of the scores of the model shown: judgements in all recordings, and the calibrations made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.annotations import Annotation
from earmark.calibration import Calibration, Judgement, judgement_of
from earmark.errors import LibraryError
from earmark.library import Library

SETTLE_MS = 400  # after a judgement: it is written by then, and several in a row are read at once


class Knowledge(QObject):
    """Reads and keeps on a thread.

    Without a library it knows what is `said` of the recording shown, and what it keeps lasts as long as the window.
    """

    changed = Signal()
    failed = Signal(object)  # LibraryError
    _read = Signal(object, object, object)  # model, its calibrations, its judgements

    def __init__(self, library: Library | None, said: Callable[[], Iterable[Annotation]] = tuple) -> None:
        super().__init__()
        self.calibrations: Mapping[str, Calibration] = {}
        self.judgements: Sequence[Judgement] = ()
        self._library, self._said = library, said
        self._model = ("", "")  # its id, its weights
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge")
        self._waiting = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._waiting.timeout.connect(self._ask)
        self._read.connect(self._take)

    def open(self, model_id: str, weights: str) -> None:
        """Turn to a model; the same one is read again all the same."""
        if (model_id, weights) != self._model:
            self._model = (model_id, weights)
            self.calibrations, self.judgements = {}, ()
            self.changed.emit()
        self._ask()

    def read_again(self) -> None:
        """Look soon whether there is more."""
        self._waiting.start()

    def judgements_of(self, label: str) -> list[Judgement]:
        """Return what was said of one label."""
        return [each for each in self.judgements if each.label == label]

    def keep(self, calibration: Calibration) -> None:
        """Show the scores of a label as probabilities from now on."""
        model = self._model
        self.calibrations = {**self.calibrations, calibration.label: calibration}
        self.changed.emit()
        self._do(lambda library: library.keep_calibration(*model, calibration))

    def forget(self, label: str) -> None:
        """Show the scores of a label as scores again."""
        model = self._model
        self.calibrations = {name: each for name, each in self.calibrations.items() if name != label}
        self.changed.emit()
        self._do(lambda library: library.forget_calibration(*model, label))

    def close(self) -> None:
        """Wait until everything is on disk, and end the thread."""
        self._waiting.stop()
        self._thread.shutdown(wait=True)

    def _ask(self) -> None:
        model = self._model
        if self._library is None:
            found = (judgement_of(each) for each in self._said() if (each.model_id, each.weights) == model)
            self._take(model, self.calibrations, [each for each in found if each])
        self._do(lambda library: self._read.emit(model, library.calibrations(*model), library.judgements(*model)))

    def _do(self, do: Callable[[Library], object]) -> None:
        if self._library is not None and self._model[0]:
            self._thread.submit(self._try, do, self._library)

    def _try(self, do: Callable[[Library], object], library: Library) -> None:
        try:
            do(library)
        except LibraryError as error:
            self.failed.emit(error)

    def _take(self, model: tuple[str, str], calibrations: Mapping, judgements: Sequence) -> None:
        if model == self._model:
            self.calibrations, self.judgements = calibrations, judgements
            self.changed.emit()
