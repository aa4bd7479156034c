"""Starts Qt, opens the window, and leaves nothing running behind it."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from earmark import display, folders, settings
from earmark.api import EarmarkError, LibraryError
from earmark.engine_client import Engines
from earmark.gui.faults import Faults
from earmark.gui.icons import program_icon
from earmark.gui.main_window import MainWindow
from earmark.gui.theme import Appearance
from earmark.library import Library
from earmark.playback import Playback

LOG_BYTES = 1_000_000
SETTLED_MS = 1_000  # after the start
AWAKE_MS = 200  # between two looks at Python's signals, for Ctrl+C in the terminal


def run(paths: Sequence[Path]) -> int:
    """Open the window on recordings, or on the demo at the first start; return the exit status once it is closed.

    Raises:
        EarmarkError: there is no display.
    """
    if sentence := display.missing():
        raise EarmarkError(sentence, hint=display.HINT)
    application = application_of(sys.argv[:1])
    keep_log()
    window = open_window(application)
    first_start = "geometry" not in settings.read().window
    window.closed.connect(application.exit)  # Qt does not always see that the last window has gone
    window.show()
    QTimer.singleShot(0, lambda: window.begin(paths))
    QTimer.singleShot(SETTLED_MS, spare_the_collector)
    QTimer.singleShot(0, window.home.hints.begin)
    if first_start and not paths:
        QTimer.singleShot(0, window.keeping.open_demo)
    awake = QTimer(interval=AWAKE_MS)
    awake.timeout.connect(lambda: None)
    awake.start()
    signal.signal(signal.SIGINT, lambda *_: window.close())
    signal.signal(signal.SIGTERM, lambda *_: window.close())
    return application.exec()


def spare_the_collector() -> None:
    """Have the garbage collector pass over what is there by now, and stays: to look through it takes 80 ms, a jerk."""
    gc.collect()
    gc.freeze()


def application_of(arguments: Sequence[str]) -> QApplication:
    """Return Qt's application, named."""
    application = QApplication(list(arguments))
    application.setApplicationName("earmark")
    application.setApplicationDisplayName("Earmark")
    application.setDesktopFileName("earmark")
    application.setWindowIcon(program_icon())
    return application


def open_window(application: QApplication, *, theme: str | None = None) -> MainWindow:
    """Return the window with its engines, library and sound, not yet shown; unexpected exceptions are its notices."""
    chosen = settings.read()
    faults = Faults(application)
    faults.install()
    appearance = Appearance(application, theme or str(chosen.window.get("theme", "system")))
    engines = Engines(device=chosen.device, precision=chosen.precision, deadline=chosen.deadline)
    library, error = open_library()
    window = MainWindow(engines=engines, library=library, playback=Playback(), appearance=appearance)
    faults.caught.connect(lambda sentence, hint, details: window.desk.notices.say(sentence, hint=hint, details=details))
    if error:
        window.desk.notices.report(error)
    return window


def open_library() -> tuple[Library | None, LibraryError | None]:
    """Return the library, or why there is none: then everything is heard anew, and nothing is kept."""
    try:
        return Library(folders.library_path()), None
    except LibraryError as error:
        return None, error


def keep_log() -> None:
    """Write warnings and errors into the log file."""
    path = folders.log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("earmark").setLevel(logging.INFO)
