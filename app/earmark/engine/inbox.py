"""What the parent asks: a thread reads it, so that cancel and newer live sound are seen while a model runs."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque

from earmark.wire import Closed, Connection, Message

FILE_WORK = ("analyse", "convert", "golden")  # everything else is short, and goes before these


class Inbox:
    """Requests in the order in which they are to be answered: live sound, then what is short, then file work.

    Live sound waits in one slot per model, and per ensemble that it is heard for: what is newer takes its place, and
    the older one is answered `overtaken`.
    When the parent is gone the process ends, whatever it is doing.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changed = threading.Condition()
        self._live: dict[tuple[str, str], Message] = {}
        self._short: deque[Message] = deque()
        self._work: deque[Message] = deque()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def next(self) -> Message:
        """Return the next request; wait for it."""
        with self._changed:
            while (message := self._take_urgent() or self._take_work()) is None:
                self._changed.wait()
            return message

    def next_urgent(self) -> Message | None:
        """Return a request that goes before file work, if there is one."""
        with self._changed:
            return self._take_urgent()

    def is_cancelled(self, request: int) -> bool:
        """Say whether the parent no longer wants an answer."""
        with self._changed:
            return request in self._cancelled

    def forget(self, request: int) -> None:
        """Forget a request that was answered."""
        with self._changed:
            self._cancelled.discard(request)

    def _take_urgent(self) -> Message | None:
        if self._live:
            return self._live.pop(next(iter(self._live)))
        return self._short.popleft() if self._short else None

    def _take_work(self) -> Message | None:
        return self._work.popleft() if self._work else None

    def _read(self) -> None:
        with contextlib.suppress(Closed):
            while True:
                message = self._connection.receive()
                if message is not None:
                    self._sort(message)
        os._exit(0)  # the parent is gone, or ended us; a model may be running, and nobody waits for it

    def _sort(self, message: Message) -> None:
        overtaken = None
        with self._changed:
            match message.header["do"]:
                case "cancel":
                    self._cancelled.add(message.header["id"])
                case "hear":
                    slot = message.header["card"]["model_id"], message.header["for"]
                    overtaken = self._live.get(slot)
                    self._live[slot] = message
                case do if do in FILE_WORK:
                    self._work.append(message)
                case _:
                    self._short.append(message)
            self._changed.notify()
        if overtaken:
            self._connection.send({"about": "overtaken", "id": overtaken.header["id"]})
