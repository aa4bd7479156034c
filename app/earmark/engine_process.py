"""One engine as its parent sees it: a process, a conversation, and the moment in which either ends."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from earmark.api import Float
from earmark.folders import engine_log_path
from earmark.host import Call
from earmark.installed import Entry
from earmark.wire import Closed, Connection, Message

LONGEST_START = 120.0  # seconds until Python and the engine's own modules are there, on a cold and busy machine
LONGEST_LOG = 2_000_000  # bytes
LAST_WORDS = ("done", "failed", "cancelled", "overtaken")


@dataclass(frozen=True)
class Death:
    """How an engine ended.

    Attributes:
        how: in words that follow “it …”.
        call: the hook call in flight, if there was one.
        request: the request for which that call was made.
    """

    how: str
    call: Call | None
    request: int


class EngineProcess:
    """Starts an engine, asks it, ends it when a hook is overdue, and tells all who wait when it is gone.

    Args:
        on_death: called once, before those who wait learn of it, on this object's own thread.
    """

    def __init__(
        self, entries: Sequence[Entry], *, device: str, deadline: float, on_death: Callable[[Death], None]
    ) -> None:
        self._on_death = on_death
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.Queue[Message | Death]] = {}
        self._changing = threading.Lock()
        self._death: Death | None = None
        self._why = ""
        self._call: Call | None = Call("", "start")
        self._request, self._until = 0, time.monotonic() + max(LONGEST_START, deadline)
        self._process, self._connection = _start()
        with contextlib.suppress(Closed):  # then the thread sees it too
            plain = [[entry.name, entry.value, entry.distribution] for entry in entries]
            self._connection.send({"entries": plain, "device": device, "deadline": deadline})
        self._thread = threading.Thread(target=self._receive, name="engine", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Say whether it can still be asked."""
        return self._death is None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def ask(self, request: dict[str, Any], *arrays: Float) -> tuple[int, queue.Queue[Message | Death]]:
        """Send a request; return its number and the queue on which the answers will come, a Death among them."""
        number, answers = next(self._numbers), queue.Queue()
        with self._changing:
            if self._death:
                answers.put(self._death)
                return number, answers
            self._answers[number] = answers
        with contextlib.suppress(Closed):  # the thread sees it too, and answers with a Death
            self._connection.send({"id": number, **request}, *arrays)
        return number, answers

    def forget(self, number: int) -> None:
        """Want no more answers to a request; cancel it if it is still running."""
        with self._changing:
            unfinished = self._answers.pop(number, None) is not None and self._death is None
        if unfinished:
            with contextlib.suppress(Closed):
                self._connection.send({"do": "cancel", "id": number})

    def end(self, how: str = "was closed") -> None:
        """End the process at once; returns when all who waited know."""
        self._why = how
        self._process.kill()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _receive(self) -> None:
        how = ""
        with contextlib.suppress(Closed):
            while not how:
                message = self._connection.receive(self._seconds_left())
                if message is not None:
                    self._take(message)
                elif self._seconds_left() == 0:
                    how = "did not return in time and was ended"
        self._die(how)

    def _take(self, message: Message) -> None:
        header = message.header
        match header["about"]:
            case "call":
                self._call, self._request = Call(**header["call"]), header["id"]
                self._until = time.monotonic() + header["seconds"]
            case "returned" | "ready":
                self._call = None
            case about:
                with self._changing:
                    last = about in LAST_WORDS
                    answers = (self._answers.pop if last else self._answers.get)(header["id"], None)
                if answers is not None:
                    answers.put(message)

    def _seconds_left(self) -> float | None:
        return max(0.0, self._until - time.monotonic()) if self._call else None

    def _die(self, how: str) -> None:
        """Reap the process, and tell everybody."""
        if how:
            self._process.kill()
        self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        status = self._process.wait()
        death = Death(self._why or how or how_it_ended(status), self._call, self._request)
        with self._changing:
            self._death = death
            waiting, self._answers = list(self._answers.values()), {}
        try:
            self._on_death(death)
        finally:
            for answers in waiting:
                answers.put(death)


def how_it_ended(status: int) -> str:
    """Return in words what an exit status says."""
    if status >= 0:
        return f"ended itself with status {status}"
    if status == -signal.SIGSEGV:
        return "crashed with a segmentation fault"
    if status == -getattr(signal, "SIGKILL", 9):
        return "was killed from outside, most likely because memory ran out"
    with contextlib.suppress(ValueError):
        return f"crashed with {signal.Signals(-status).name}"
    return f"crashed with signal {-status}"


def _start() -> tuple[subprocess.Popen[bytes], Connection]:
    """Start the process on one end of a socket pair; `-P` keeps the current folder's files from being imported."""
    ours, theirs = socket.socketpair()
    python = [sys.executable, "-P", "-m", "earmark.engine"]
    with theirs, _log() as log:
        if sys.platform == "win32":
            process = subprocess.Popen([*python, "--share"], stdin=subprocess.PIPE, stdout=log, stderr=log)
            assert process.stdin is not None
            with process.stdin as stdin:
                stdin.write(theirs.share(process.pid))
        else:
            descriptor = theirs.fileno()
            process = subprocess.Popen(
                [*python, "--socket", str(descriptor)],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,  # nothing that a plugin prints reaches the terminal, or a document on our stdout
                stderr=log,
            )
    return process, Connection(ours)


def _log() -> BinaryIO:
    """Return the log, begun anew when it is long; nowhere, where nothing may be written."""
    path = engine_log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        keep = path.exists() and path.stat().st_size < LONGEST_LOG
        return path.open("ab" if keep else "wb")
    except OSError:
        return Path(os.devnull).open("ab")
