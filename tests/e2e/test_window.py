"""The real program in a real window, driven by key and mouse."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from earmark.document import read_documents
from earmark.gui.label_colours import label_colour
from earmark.gui.lanes import LANE_PIXELS

from .conftest import wait_until

pytestmark = pytest.mark.e2e

DRAG_SOURCE = """
import sys
from PySide6.QtCore import QMimeData, QUrl, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Source(QLabel):
    def mouseMoveEvent(self, event):
        drag, content = QDrag(self), QMimeData()
        content.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag.setMimeData(content)
        drag.exec(Qt.DropAction.CopyAction)

application = QApplication(sys.argv)
source = Source("drag me")
source.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
source.setGeometry(20, 500, 120, 60)
source.setWindowTitle("Source")
source.show()
application.exec()
"""


def bars(person) -> np.ndarray:
    """Return the pixels of the tone's lane: in its label's colour, the upmost under the spectrogram."""
    seen = person.sees(label_colour("tone").name())
    seen = seen[(seen[:, 0] > 320) & (seen[:, 0] < 900) & (seen[:, 1] > 400)]
    return seen[seen[:, 1] < seen[:, 1].min(initial=10_000) + LANE_PIXELS]  # the scores below it have its colour, too


def width(pixels: np.ndarray) -> int:
    return int(np.ptp(pixels[:, 0])) if len(pixels) else 0


def bar_starts(person) -> list[int]:
    columns = np.unique(bars(person)[:, 0])
    return columns[np.diff(columns, prepend=-10) > 2].tolist()


def export(person, path) -> list[tuple[float, float]]:
    person.presses("ctrl+shift+e")
    person.answers_dialog("Export — Earmark", str(path))
    wait_until(path.exists, "the exported file")
    [document] = read_documents(path)
    return [(event["onset"], event["offset"]) for event in document["events"]]


def test_open_look_threshold_select_export_and_quit(person, start, tones, tmp_path):
    program = start()
    person.waits_for_window("Earmark")
    person.presses("ctrl+o")
    person.answers_dialog("Open recordings — Earmark", str(tones))
    person.waits_for_window("two tones.wav – Earmark")

    wait_until(lambda: len(bar_starts(person)) == 2, "two bars in the tone's lane")
    events = export(person, tmp_path / "both.json")
    assert np.allclose(events, [(2, 3), (5, 6)], atol=0.05)

    person.presses("alt+d")
    person.types("0.70")
    person.presses("Return")
    wait_until(lambda: len(bar_starts(person)) == 1, "one bar above the new threshold")
    assert np.allclose(export(person, tmp_path / "loud.json"), [(2, 3)], atol=0.05)

    narrow = bars(person)
    person.clicks(*narrow.mean(0))
    person.presses("ctrl+e")
    wait_until(lambda: width(bars(person)) > 2 * width(narrow), "the selected event, zoomed to")

    person.presses("ctrl+q")
    assert program.ended() == 0
    assert program.processes() == []


def test_a_recording_that_another_program_drags_here_is_opened(person, start, tones):
    program = start()
    person.waits_for_window("Earmark")
    source = subprocess.Popen([sys.executable, "-c", DRAG_SOURCE, str(tones)], env=person.environment)
    try:
        person.waits_for_window("Source")
        time.sleep(0.5)
        person.does("mousemove", "60", "530", "mousedown", "1")
        for x, y in ((80, 520), (120, 480), (300, 300), (500, 300), (520, 310)):
            person.does("mousemove", str(x), str(y))
            time.sleep(0.15)
        person.does("mouseup", "1")
        person.waits_for_window("two tones.wav – Earmark")
    finally:
        source.kill()
        source.wait()
    person.clicks(640, 300)
    person.presses("ctrl+q")
    assert program.ended() == 0


def test_closing_the_window_in_the_middle_of_an_analysis_leaves_no_process(person, start, tones):
    program = start(tones)
    person.waits_for_window("two tones.wav – Earmark")
    person.presses("ctrl+q")
    assert program.ended() == 0
    wait_until(lambda: program.processes() == [], "the end of every process")


def test_the_first_start_opens_the_demo_recording(person, start, home):
    (home / "settings.json").unlink()
    program = start()
    person.waits_for_window("demo.flac – Earmark")
    person.presses("ctrl+q")
    assert program.ended() == 0
    again = start()
    person.waits_for_window("Earmark")
    assert "demo.flac – Earmark" not in person.titles()
    person.presses("ctrl+q")
    assert again.ended() == 0
