"""The trainer as a process: started, steered and followed, or followed where another process started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any, Literal

from earmark.training.job_lock import is_trained, taken

LOOK = 0.5  # seconds between two looks at a job of another process
Wish = Literal["pause", "continue", "stop", "cancel"]
How = Literal["done", "stopped", "cancelled", "failed", "interrupted"]


class JobProcess:
    """One run of a job's folder.

    The end of its standard input means stop, so that nothing is left on the GPU when this process dies.

    Raises:
        DatasetError: another process trains this job.
    """

    def __init__(self, folder: Path) -> None:
        if is_trained(folder):
            raise taken(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        with (folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "earmark_trainer", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=os.environ | {"EARMARK_CONTROL": "stdin"},
                start_new_session=True,  # a terminal's Ctrl+C is this process's to answer
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def events(self) -> Iterator[Mapping[str, Any]]:
        """Yield what it says, as it says it; ends with the process."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)
        self._process.wait()

    def ask(self, wish: Wish) -> None:
        """Tell it what the person wants; nothing where it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{wish}\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):  # it ended between the look and the word
            pass

    def kill(self) -> None:
        """End it at once; its last checkpoint stays."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Let go of a process: one that still runs is told to stop by the end of its standard input."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


class EventFile:
    """What a job has said, in its `events.jsonl`; each look goes on from where the one before ended."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "events.jsonl"
        self._at = 0  # bytes that were read

    def new(self) -> list[dict[str, Any]]:
        """Return what was said since the last look; a last line that is not whole yet, or was torn, is left out."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                lines = file.read().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        self._at += sum(len(line) + 1 for line in lines)
        return [event for line in lines if (event := _parsed(line))]


def events_of(folder: Path) -> list[dict[str, Any]]:
    """Return what a job has said so far."""
    return EventFile(folder).new()


def followed(folder: Path, *, skip: int = 0, left: Event | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield what a job says that another process trains, as it says it, until nobody trains it any more.

    Args:
        skip: this many events are known.
        left: once it is set, nobody follows any more.
    """
    file, left = EventFile(folder), left or Event()
    is_over = False
    while not is_over and not left.is_set():
        is_over = not is_trained(folder)  # before the look: what it said last is seen then
        found = file.new()
        yield from found[skip:]
        skip = max(0, skip - len(found))
        left.wait(0 if is_over else LOOK)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        return json.loads(line)
    except ValueError:  # torn by a kill and written on after
        return None


def how_it_ended(folder: Path) -> How | None:
    """Return how a job's last run ended; None where it never began, "interrupted" where it said nothing."""
    found = events_of(folder)
    if not found:
        return None
    return found[-1]["how"] if found[-1]["event"] == "ended" else "interrupted"
