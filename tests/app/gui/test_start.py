"""Starting and leaving, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from earmark.gui.application import application_of, open_window

application = application_of(["earmark"])
window = open_window(application)
window.closed.connect(application.exit)
window.show()
window.begin([Path(sys.argv[1])])

def look():
    known = window.desk.listening.headings and window.tools.device_line
    if not known or not window.desk.centre.spectrogram.item.pixels:
        return
    print([name for name in sys.modules if name.split(".")[0] in ("torch", "earmark_htsat", "earmark_torch")])
    window.close()

timer = QTimer()
timer.timeout.connect(look)
timer.start(100)
application.exec()
"""


def run(*command: str | Path, home: Path, **changes: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "EARMARK_HOME": str(home)} | changes
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_window_imports_neither_torch_nor_a_plugin_while_engines_run(home, recording):
    done = run("-c", START, recording, home=home)
    assert done.stdout.strip().endswith("[]"), done.stderr
    assert done.returncode == 0


def test_without_a_display_there_is_a_sentence_and_no_abort(home, recording):
    done = run("-m", "earmark", recording, home=home, QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_qt_keeps_its_references_to_none(qapp: QApplication):
    before = sys.getrefcount(None)
    for _ in range(200):
        qapp.processEvents()
    assert sys.getrefcount(None) > before - 100
