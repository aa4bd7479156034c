"""Paints the window without a display: `python -m earmark.gui.screenshot OUT.png RECORDING`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earmark.api import EarmarkError
    from earmark.gui.main_window import MainWindow

MOST_MS = 600_000
SETTLE_MS = 800  # for the tiles in view and the last paint


def screenshot(out: Path, recording: Path, *, theme: str = "dark", size: tuple[int, int] = (1280, 800)) -> None:
    """Write a picture of the window once the recording has been drawn and heard.

    Raises:
        EarmarkError: the recording could not be heard; the picture, which says why, is written all the same.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # what the offscreen platform cannot do
    from PySide6.QtCore import Qt

    from earmark.gui.application import application_of, open_window

    application = application_of(["earmark"])
    window = open_window(application, theme=theme)
    window.is_remembered = False
    window.hearing.sound.failed.disconnect()  # nobody is going to listen
    window.setWindowState(Qt.WindowState.WindowNoState)  # there is no screen to fit
    window.resize(*size)
    window.show()
    errors = wait_until_shown(window, recording)
    out.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(out))
    window.close()
    if errors:
        raise errors[0]


def wait_until_shown(window: MainWindow, recording: Path) -> list[EarmarkError]:
    """Open a recording, return once it is drawn and heard; or the errors that came instead."""
    from PySide6.QtCore import QEventLoop, QTimer

    errors: list[EarmarkError] = []
    done, waiting = QEventLoop(), {"heard", "drawn"}

    def came(what: str = "", error: EarmarkError | None = None) -> None:
        waiting.discard(what)
        errors.extend([error] if error else [])
        if errors or not waiting:
            done.quit()

    window.desk.listening.ended.connect(lambda: came("heard"))
    window.desk.shown.drawn.connect(lambda path: came("drawn"))
    window.desk.listening.failed.connect(lambda error: came(error=error))
    window.desk.shown.refused.connect(lambda path, error: came(error=error))
    window.begin([recording])
    for patience in (MOST_MS, SETTLE_MS):
        QTimer.singleShot(patience, done.quit)
        done.exec()
    return errors


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Paint the window, without a display, on an analysed recording.")
    parser.add_argument("out", type=Path)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--size", default="1280x800", help="width x height in pixels")
    chosen = parser.parse_args()
    from earmark.api import EarmarkError

    width, height = map(int, chosen.size.split("x"))
    try:
        screenshot(chosen.out, chosen.recording, theme=chosen.theme, size=(width, height))
    except EarmarkError as error:
        print(error, file=sys.stderr)
        return 2
    print(chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
