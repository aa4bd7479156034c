"""Decoding on a thread of its own, so that the next block is ready when the model has done with this one."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY = 0.05  # seconds, for what is more urgent


class ReadAhead(Iterable[T]):
    """Iterates over `items` on a thread, two ahead; what is raised there is raised here.

    Args:
        while_waiting: called now and then while there is nothing yet (a disk may be slow); may raise.
    """

    def __init__(self, items: Iterable[T], while_waiting: Callable[[], None] = lambda: None) -> None:
        self._items, self._while_waiting = items, while_waiting
        self._ready: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(maxsize=2)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, name="read ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while True:
            try:
                item, error = self._ready.get(timeout=LOOK_EVERY)
            except queue.Empty:
                self._while_waiting()
                continue
            if error is not None:
                raise error
            if item is None:
                return
            yield item

    def close(self) -> None:
        """Stop reading, wherever it is."""
        self._closed.set()
        self._thread.join()

    def _read(self) -> None:
        try:
            for item in self._items:
                if not self._put(item, None):
                    return
            self._put(None, None)
        except BaseException as error:  # belongs to whoever iterates
            self._put(None, error)

    def _put(self, item: T | None, error: BaseException | None) -> bool:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._ready.put((item, error), timeout=0.1)
                return True
        return False
