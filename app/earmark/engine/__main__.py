"""`python -m earmark.engine --socket FD`: one engine, on a socket that its parent made."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys

from earmark.engine.inbox import Inbox
from earmark.engine.service import Service, Setup
from earmark.wire import Closed, Connection

NICE = 5  # the window's threads come first
WAITING = "OMP_WAIT_POLICY"  # torch's idle threads sleep: beside other work, spinning ones cost six times the CPU


def main() -> None:
    """Serve until the parent is gone."""
    faulthandler.enable()  # a native crash leaves its traceback in the log
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to all; the parent decides what it means
    os.environ.setdefault(WAITING, "PASSIVE")  # read once, when torch is imported
    if hasattr(os, "nice"):
        os.nice(NICE)
    connection = Connection(_inherited(sys.argv[1:]))
    with contextlib.suppress(Closed):
        first = connection.receive()
        if first is not None:
            Service(connection, Inbox(connection), Setup.from_plain(first.header)).serve()
    os._exit(0)  # without waiting for a plugin's threads


def _inherited(arguments: list[str]) -> socket.socket:
    """Return the socket: its descriptor is named or, on Windows, what `socket.share` gave comes on stdin."""
    if arguments == ["--share"]:
        return socket.fromshare(sys.stdin.buffer.read())  # type: ignore[attr-defined]  # Windows only
    option, descriptor = arguments
    if option != "--socket":
        raise SystemExit("The engine is started by Earmark itself.")
    end = socket.socket(fileno=int(descriptor))
    end.set_inheritable(False)  # a process that a plugin starts must not keep the conversation open
    return end


if __name__ == "__main__":
    main()
