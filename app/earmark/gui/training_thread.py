"""Follows one job on a thread: what its trainer says waits here until the window's slow clock takes it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from earmark.training.job_process import JobProcess, Wish, followed

PATIENCE = 8.0  # seconds at the end of the window


class Listener(threading.Thread):
    """Hears what a trainer says, to its end."""

    def __init__(self, folder: Path, events: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(name=f"training {folder.name}", daemon=True)
        self._events = events
        self._said: deque[Mapping[str, Any]] = deque()
        self.start()

    def run(self) -> None:
        """Follow it to its end."""
        for event in self._events:
            self._said.append(event)

    def taken(self) -> list[Mapping[str, Any]]:
        """Return what was said since the last time."""
        return [self._said.popleft() for _ in range(len(self._said))]


class OwnRun:
    """One run of a job's folder.

    Raises:
        DatasetError: another process trains it.
    """

    def __init__(self, folder: Path) -> None:
        self._process = JobProcess(folder)
        self.listener = Listener(folder, self._process.events())

    @property
    def pid(self) -> int:
        """The trainer's process id."""
        return self._process.pid

    def ask(self, wish: Wish) -> None:
        """Tell it what the person wants."""
        self._process.ask(wish)

    def close(self) -> None:
        """Have it stop with a checkpoint; one that still judges what it learnt after a while ends by itself."""
        self._process.ask("stop")
        self.listener.join(PATIENCE)


class OtherRun:
    """A run that another process has started; it can only be listened to.

    Args:
        heard: how many of its events are known.
    """

    def __init__(self, folder: Path, heard: int) -> None:
        self._left = threading.Event()
        self.listener = Listener(folder, followed(folder, skip=heard, left=self._left))

    def close(self) -> None:
        """Follow it no longer."""
        self._left.set()
        self.listener.join()
