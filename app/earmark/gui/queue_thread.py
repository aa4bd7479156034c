"""The thread that lists folders and reads and changes the queue, so that neither is waited for where Qt draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import QThread, Signal

from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.audio_file import found
from earmark.batch import Queue, State

Order = Callable[[], None]
TELL_SECONDS = 0.3  # between two words on how far the listing is


class QueueThread(QThread):
    """Carries out orders in turn."""

    counted = Signal(object)  # Counts
    paged = Signal(object, int, list)  # the state asked for, how many stand before them, Items
    met = Signal(object)  # Path: the first recording in what is being listed
    grew = Signal(int)  # how many recordings were listed until now
    listed = Signal(int, int)  # how many recordings there were, and how many of them are to be heard
    changed = Signal()  # the queue was changed by an order, wholly
    failed = Signal(object)  # EarmarkError

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._stopping = False

    def add(self, paths: Sequence[Path], heading: Heading, precision: str) -> None:
        """Have recordings heard, the files of folders too."""
        self.do(lambda: self._add(paths, heading, precision))

    def change(self, work: Callable[[], object]) -> None:
        """Have something changed in the queue."""

        def order() -> None:
            work()
            self.changed.emit()

        self.do(order)

    def count(self) -> None:
        """Have the queue counted."""
        self.do(lambda: self.counted.emit(self._queue.counts()))

    def page(self, state: State | None, first: int, count: int) -> None:
        """Have some of the queue read."""
        self.do(lambda: self.paged.emit(state, first, self._queue.page(first, count, state)))

    def do(self, order: Order) -> None:
        """Have an order carried out after those before it."""
        self._orders.put(order)

    def stop(self) -> None:
        """End the thread, soon; a folder that is being listed is left."""
        self._stopping = True
        self._orders.put(None)

    def run(self) -> None:
        """Carry out orders until stopped."""
        while (order := self._orders.get()) and not self._stopping:
            try:
                order()
            except EarmarkError as error:
                self.failed.emit(error)

    def _add(self, paths: Sequence[Path], heading: Heading, precision: str) -> None:
        seen, added, told = [0], 0, 0.0
        for some in self._queue.add(self._walked(paths, seen), heading, precision):
            added += some
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                self.grew.emit(seen[0])
        self.listed.emit(seen[0], added)
        self.changed.emit()

    def _walked(self, paths: Sequence[Path], seen: list[int]) -> Iterator[Path]:
        for path in found(paths):
            if self._stopping:
                return
            if not seen[0]:
                self.met.emit(path)
            seen[0] += 1
            yield path
