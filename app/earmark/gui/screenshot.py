"""Paints the window without a display: `python -m earmark.gui.screenshot OUT.png RECORDING`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

MOST_SECONDS = 600.0


def screenshot(out: Path, recording: Path, *, theme: str = "dark", size: tuple[int, int] = (1280, 800)) -> None:
    """Write a picture of the window once the recording has been drawn and heard.

    Raises:
        EarmarkError: the recording could not be heard; the picture, which says why, is written all the same.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from earmark.api import EarmarkError
    from earmark.gui.application import application_of, open_window

    application = application_of(["earmark"])
    window = open_window(application, theme=theme)
    errors: list[EarmarkError] = []
    done = QEventLoop()
    window.listening.ended.connect(done.quit)
    window.listening.failed.connect(lambda error: (errors.append(error), done.quit()))
    window.shown.refused.connect(lambda path, error: (errors.append(error), done.quit()))
    window.sound.failed.disconnect()  # nobody is going to listen
    window.setWindowState(Qt.WindowState.WindowNoState)  # there is no screen to fit
    window.resize(*size)
    window.show()
    window.begin([recording])
    QTimer.singleShot(round(MOST_SECONDS * 1000), done.quit)
    done.exec()
    QTimer.singleShot(500, done.quit)  # what is still to be drawn
    done.exec()
    out.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(out))
    window.close()
    if errors:
        raise errors[0]


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
