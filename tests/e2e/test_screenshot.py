"""The picture of the window that is painted where there is no display."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QImage

from earmark.gui.label_colours import label_colour
from earmark.gui.theme import DARK

pytestmark = pytest.mark.e2e


@pytest.fixture
def paint(home, tmp_path):
    def paint(recording) -> tuple[subprocess.CompletedProcess, np.ndarray]:
        out = tmp_path / "window.png"
        command = [sys.executable, "-m", "earmark.gui.screenshot", out, recording, "--size", "1400x900"]
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        image = QImage(str(out)).convertToFormat(QImage.Format.Format_RGB32)
        return done, np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF

    return paint


def value(colour: str) -> int:
    return int(colour.removeprefix("#"), 16)


def test_it_shows_the_spectrogram_the_events_and_text(paint, tones):
    done, pixels = paint(tones)
    assert done.returncode == 0, done.stderr
    assert pixels.shape == (900, 1400)
    assert (pixels == value(label_colour("tone").name())).sum() > 500  # bars of its lane and its tag
    assert (pixels[:, 330:900] == 0x440154).mean() > 0.2  # the darkest of viridis: a quiet spectrogram
    menu = pixels[2:18, 5:120]
    assert 60 < (menu != value(DARK.window)).sum() < menu.size / 2  # letters: neither nothing nor boxes full of it


def test_a_recording_that_cannot_be_read_is_said_on_stderr_and_in_the_picture(paint, tmp_path):
    done, pixels = paint(tmp_path / "gone.wav")
    assert done.returncode == 2
    assert "There is no file gone.wav." in done.stderr
    assert (pixels == value(DARK.alarm)).sum() > 5000
