"""Opens a long recording in a window and reaches one stretch by several paths; prints JSON. A process of its own.

`python look_around.py SOUND`: the memory that was needed is told by the kernel, and nothing else is in this process.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage

from earmark.gui.application import application_of
from earmark.gui.main_window import MainWindow
from earmark.gui.theme import Appearance
from earmark.playback import Playback

GOAL = (43_210.0, 43_222.5)  # seconds
PATIENCE = 60.0


class NoEngines:
    """Knows no model: what is looked at is the spectrogram."""

    def __init__(self) -> None:
        self.on_notice, self.precision = None, "fp32"

    def headings(self) -> list:
        return []

    faults = cards = headings

    def device_line(self) -> str:
        return ""

    def close(self) -> None: ...


class View:
    """The spectrogram in a window, as somebody sees it who waits until it is drawn."""

    def __init__(self) -> None:
        self.application = application_of(["earmark"])
        appearance = Appearance(self.application, "dark")
        self.window = MainWindow(engines=NoEngines(), library=None, playback=Playback(), appearance=appearance)
        self.window.setWindowState(Qt.WindowState.WindowNoState)  # the screen of the offscreen platform is small
        self.window.resize(1280, 800)
        self.window.show()
        self.desk = self.window.desk
        self.item = self.desk.centre.spectrogram.item
        self.item.show_range(-100.0, -10.0)  # not what follows from the part that is known by now
        self.lacking: list = []
        self.item.lacked.connect(self.lacking.append)

    def until(self, comes: Callable[[], bool]) -> None:
        """Wait for something."""
        ends = time.monotonic() + PATIENCE
        while not comes():
            if time.monotonic() > ends:
                raise RuntimeError("It did not come.")
            QCoreApplication.processEvents()
            time.sleep(0.002)

    def open(self, path: Path) -> None:
        """Open it anew: nothing that was computed is left in memory."""
        self.desk.shown.path = None
        self.desk.shown.show(path)
        self.until(lambda: self.item.pixels is not None and not self.item.pixels.is_empty)

    def show(self, start: float, end: float) -> None:
        """Look at a stretch without waiting for it."""
        self.desk.span.show(start, end)
        self.picture()
        QCoreApplication.processEvents()

    def picture(self) -> QImage:
        """Return what is painted now."""
        return self.desk.centre.spectrogram.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    def is_drawn(self) -> bool:
        """Tell whether nothing is lacking in what is in view."""
        self.lacking.clear()
        self.picture()
        return not self.lacking

    def seen(self) -> list[str]:
        """Return digests of the goal: of its pixels, and of its tiles."""
        self.desk.span.show(*GOAL)
        self.until(self.is_drawn)
        level, tiles = self.item._seen
        columns = [self.item.pixels._columns(level, index).tobytes() for index in tiles]
        picture = self.picture()  # it owns the bits
        return [digest(bytes(picture.constBits())), digest(b"".join(columns))]


def digest(content: bytes) -> str:
    return hashlib.blake2b(content).hexdigest()[:16]


def zoom_in(view: View) -> None:
    """Come from the whole, by a quarter each time."""
    length = view.desk.span.duration
    while length > GOAL[1] - GOAL[0]:
        view.show(GOAL[0] - length / 3, GOAL[0] + 2 * length / 3)
        length /= 4


def scroll_on(view: View) -> None:
    """Come from the left, in steps that fit nothing."""
    for step in range(40):
        start = GOAL[0] - 200.0 + 5.17 * step
        view.show(start, start + GOAL[1] - GOAL[0])


def jump_back(view: View) -> None:
    """Come from the very end, and from too far to the left."""
    for start in (86_300.0, GOAL[0] + 100.0, GOAL[0] - 7.0, 0.0, GOAL[0] + 3.0):
        view.show(start, start + GOAL[1] - GOAL[0])
        view.until(view.is_drawn)


def main(path: Path) -> None:
    view = View()
    view.open(path)
    view.until(lambda: view.item.pixels.is_complete)
    told = {"whole": digest(view.item.pixels._levels[0].tobytes())}
    for way in (zoom_in, scroll_on, jump_back):
        for cache in ("cold", "warm"):
            view.open(path)
            way(view)
            told[f"{way.__name__} {cache}"] = view.seen()
        forget(view)
    view.window.close()
    status = Path("/proc/self/status").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps({"seen": told, "memory_mb": memory / 1024}))


def forget(view: View) -> None:
    """Let the disk forget the tiles of finer levels."""
    whole = view.item.pixels.grid.whole_level
    for file in (Path(os.environ["EARMARK_HOME"]) / "cache" / "tiles").rglob("*-*"):
        if not file.name.startswith(f"{whole}-"):
            file.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
