"""What `bench.view` measures, one scene a process: `python -m bench.view_scenes SCENE SOUND`; prints JSON.

The window is the real one, offscreen, at 1600×900, painted by Qt's raster engine. Only the engines are stood in for, so
that the view is measured and not a model, and the sound card, which plays at the pace of the clock.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.stand_ins import EVENTS, MODEL, Card, Engines

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QImage

from earmark import folders, settings
from earmark.gui.application import application_of, spare_the_collector
from earmark.gui.main_window import MainWindow
from earmark.gui.pixels import Pixels
from earmark.gui.theme import Appearance
from earmark.library import Library
from earmark.playback import Playback

SIZE = (1600, 900)
SECONDS = 5.0  # of each script
PATIENCE = 300.0
PLACES = (0.5, 0.02, 0.97, 0.31, 0.74)  # of a long recording, that are zoomed into


class Stage(QObject):
    """A window that is measured."""

    def __init__(self) -> None:
        super().__init__()
        self.application = application_of(["bench"])
        settings.change(models=(MODEL,))
        self.engines: Any = Engines()
        library = Library(folders.library_path())
        playback = Playback(sound=lambda **_: Card())
        appearance = Appearance(self.application, "dark")
        self.window = MainWindow(engines=self.engines, library=library, playback=playback, appearance=appearance)
        self.window.setWindowState(Qt.WindowState.WindowNoState)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.begin([])
        self.desk = self.window.desk
        self.plot = self.desk.centre.spectrogram.plot
        self.painted = 0
        self.plot.viewport().installEventFilter(self)
        self.pause(0.5)
        spare_the_collector()

    @property
    def pixels(self) -> Pixels:
        """Return what is drawn."""
        if (pixels := self.desk.centre.spectrogram.item.pixels) is None:
            raise RuntimeError("Nothing is drawn.")
        return pixels

    def is_analysed(self) -> bool:
        """Tell whether all is drawn and all events are there."""
        is_heard = self.desk.findings.analysis is not None
        return is_heard and len(self.desk.findings.events) == EVENTS and self.pixels.is_complete

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Count what is painted."""
        self.painted += event.type() == QEvent.Type.Paint
        return False

    def pause(self, seconds: float) -> bool:
        """Let the window work for some seconds."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.application.processEvents()
            time.sleep(0.002)
        return True

    def until(self, comes: Callable[[], bool], *, patience: float = PATIENCE) -> float:
        """Wait for something; return the seconds it took."""
        began = time.monotonic()
        while not comes():
            if time.monotonic() - began > patience:
                raise RuntimeError("It did not come.")
            self.application.processEvents()
            time.sleep(0.001)
        return time.monotonic() - began

    def is_covered(self) -> bool:
        """Tell whether each column of the plot's inside has something else than the background in it."""
        picture = self.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        item: Any = self.plot.getPlotItem()
        box = item.getViewBox().sceneBoundingRect().toRect().adjusted(2, 2, -2, -2)
        values = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), picture.width())
        inside = values[box.top() : box.bottom(), box.left() : box.right()]
        background = QColor(self.desk.appearance.theme.plot).rgb()
        return bool(self.painted and inside.size and (inside != background).any(0).all())

    def open(self, path: Path) -> float:
        """Open a recording; return the seconds until its picture covers the view."""
        self.painted = 0
        began = time.monotonic()
        self.desk.open([path])
        self.until(lambda: self.desk.shown.info is not None and self.is_covered())
        return time.monotonic() - began

    def frames(self, move: Callable[[int], object], *, seconds: float = SECONDS) -> dict[str, Any]:
        """Move something as often as can be, each time until it is painted; return what the frames were like."""
        taken, worked, ends = [], [], time.monotonic() + seconds
        while time.monotonic() < ends:
            began, busy, painted = time.perf_counter(), time.thread_time(), self.painted
            move(len(taken))
            self.plot.viewport().update()
            while self.painted == painted:
                self.application.processEvents()
            taken.append(time.perf_counter() - began)
            worked.append(time.thread_time() - busy)
        return summary(taken, worked)

    def memory_mb(self) -> float:
        """Return the most memory that this process has had resident."""
        status = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.application.processEvents()


def first_picture(stage: Stage, path: Path) -> dict[str, Any]:
    """Open a recording for the first time."""
    first = stage.open(path)
    rest = stage.until(lambda: stage.pixels.is_complete)
    return {"first_picture_s": first, "all_exact_s": first + rest, "peak_memory_mb": stage.memory_mb()}


def again(stage: Stage, path: Path) -> dict[str, Any]:
    """Open a recording that an earlier process drew and analysed, until all of it is there again."""
    seconds = stage.open(path) + stage.until(stage.is_analysed)
    return {"again_s": seconds, "asked": stage.engines.asked}


def analysed(stage: Stage, path: Path) -> int:
    """Open a recording, wait until all is there and in the library, and return how many events there are."""
    stage.open(path)
    stage.until(stage.is_analysed)
    stage.pause(0.5)
    return len(stage.desk.findings.events)


def scrolling(stage: Stage, path: Path) -> dict[str, Any]:
    """Scroll through tiles that are computed meanwhile, then scroll while it plays."""
    analysed(stage, path)
    span, player = stage.desk.span, stage.desk.player
    span.show(600.0, 620.0)
    scrolled = stage.frames(lambda _: span.pan(0.004))
    span.show(1800.0, 1810.0)
    player.play(1800.0)
    played = stage.frames(lambda _: span.pan(0.001))
    player.stop()
    return {"scrolling": scrolled, "playing": played}


def crowded(stage: Stage, path: Path) -> dict[str, Any]:
    """Zoom and pan with 5 000 events on screen."""
    events = analysed(stage, path)
    span = stage.desk.span
    frames = stage.frames(lambda number: span.show(number % 2 * 0.5, span.duration - number % 3 * 0.5))
    return {"events": events, **frames}


def long(stage: Stage, path: Path) -> dict[str, Any]:
    """Open a day and look around in it."""
    results = first_picture(stage, path)
    span = stage.desk.span
    for place in PLACES:
        for length in (7200.0, 600.0, 30.0):
            start = place * span.duration
            span.show(start, start + length)
            for _ in range(20):
                span.pan(0.25)
                stage.pause(0.02)
    stage.pause(1.0)
    return results | {"peak_memory_mb": stage.memory_mb()}


def summary(taken: list[float], worked: list[float]) -> dict[str, Any]:
    """Return what frames were like.

    Args:
        taken: seconds of each.
        worked: seconds of each in which its thread had a processor: the rest is what runs beside.
    """
    return {
        "frames": len(taken),
        "frames_per_second": len(taken) / sum(taken),
        "median_ms": 1000 * float(np.median(taken)),
        "p99_ms": 1000 * float(np.percentile(taken, 99)),
        "longest_ms": 1000 * max(taken),
        "longest_worked_ms": 1000 * max(worked),
    }


SCENES = {each.__name__: each for each in (first_picture, again, scrolling, crowded, long)}


def main(arguments: list[str]) -> None:
    """Play one scene."""
    stage = Stage()
    results = SCENES[arguments[0]](stage, Path(arguments[1]))
    stage.close()
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1:])
