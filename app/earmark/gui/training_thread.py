"""Follows one trainer on a thread: what it says waits here until the window's slow clock takes it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from earmark.training.job_process import JobProcess, Wish

PATIENCE = 8.0  # seconds at the end of the window


class TrainingThread(threading.Thread):
    """One run of a job's folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name=f"training {folder.name}", daemon=True)
        self._said: deque[Mapping[str, Any]] = deque()
        self._process = JobProcess(folder)
        self.start()

    def run(self) -> None:
        """Follow it to its end."""
        for event in self._process.events():
            self._said.append(event)

    def ask(self, wish: Wish) -> None:
        """Tell it what the person wants."""
        self._process.ask(wish)

    def taken(self) -> list[Mapping[str, Any]]:
        """Return what was said since the last time."""
        return [self._said.popleft() for _ in range(len(self._said))]

    def close(self) -> None:
        """Have it stop with a checkpoint; one that still judges what it learnt after a while ends by itself."""
        self._process.ask("stop")
        self.join(PATIENCE)
