"""From starting `earmark` to a painted window: offscreen and, where there is Xvfb, on a real X server.

Warm: the disk cache and Python's byte code are there, as at any start but the first. What is timed is the command as a
person gives it, until the window's first paint event is done, in a process of its own each time.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import target

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "earmark_resources" / "demo.flac"
TIMES, PATIENCE = 5, 60.0
VISIBLE_WITHIN = 1.5  # seconds

# `earmark` itself; only that the window tells when it was painted, and then ends.
STARTED = """
import sys, time, json
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self.tell)    # after this paint
        return False

    def tell(self):
        heavy = [name for name in ("torch", "earmark_htsat") if name in sys.modules]
        print(json.dumps({"painted": time.monotonic(), "heavy": heavy}), flush=True)
        for window in QApplication.topLevelWidgets():
            window.close()

from earmark.gui import application
original = application.application_of
def watched(arguments):
    made = original(arguments)
    made.watch = Watch()
    made.installEventFilter(made.watch)
    return made
application.application_of = watched
from earmark.commands import main
main(sys.argv[1:])
"""


def measure() -> dict[str, Any]:
    """Return the seconds of each start, and their medians."""
    with tempfile.TemporaryDirectory() as home:
        variables = os.environ | {"EARMARK_HOME": home}
        offscreen = _starts(variables | {"QT_QPA_PLATFORM": "offscreen"})
        results = {"offscreen_seconds": offscreen}
        if shutil.which("Xvfb"):
            with _x_server() as name:
                results["x11_seconds"] = _starts(variables | {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"})
    medians = {where: statistics.median(seconds) for where, seconds in results.items()}
    targets = [
        target(
            f"window painted after start, {where.partition('_')[0]}, median of {TIMES}",
            median,
            "s",
            at_most=VISIBLE_WITHIN,
        )
        for where, median in medians.items()
    ]
    return {**results, "targets": targets}


def _starts(variables: dict[str, str]) -> list[float]:
    """Start once to warm up, then five times; return the seconds of those."""
    return [_start(variables) for _ in range(TIMES + 1)][1:]


def _start(variables: dict[str, str]) -> float:
    began = time.monotonic()  # one clock for all processes of a machine
    ended = subprocess.run(
        [sys.executable, "-c", STARTED, str(DEMO)],
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    try:
        told = json.loads(ended.stdout.splitlines()[0])
    except (IndexError, ValueError) as error:
        raise RuntimeError(f"The window was never painted: {ended.stderr}") from error
    if told["heavy"]:
        raise RuntimeError(f"The window imported {told['heavy']}.")
    return told["painted"] - began


@contextmanager
def _x_server() -> Iterator[str]:
    """Start an X server of its own; gives its display's name."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
