"""A screen, a person with a keyboard and a mouse, and a model whose answer is known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QImage

HERE = Path(__file__).parent
SERVED = ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "ALSA_CONFIG_PATH", "PULSE_SERVER")
PATIENCE = 60.0  # seconds; a start of the engine under load takes some

# A model of rules: how loud every 20 ms are.
PLUGIN = """
import numpy as np
from earmark.api import Heard, ModelCard, hookimpl

@hookimpl
def models():
    return [ModelCard(model_id="loud/tone", title="Loud tones", sample_rate=16000, window_seconds=2.0,
                      labels=("tone", "nothing"), draws_timeline=True)]

@hookimpl
def infer(model, clips, want):
    answers = []
    for clip in clips:
        loud = np.abs(clip.samples[: len(clip.samples) // 320 * 320]).reshape(-1, 320).max(1)
        frames = np.stack([np.minimum(loud, 1), np.zeros_like(loud)], 1).astype(np.float32)
        answers.append(Heard(scores=frames.max(0), frames=frames, hop=0.02))
    return answers
"""


def needed(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def wait_until(true: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"{what} did not come in {seconds:.0f} s"
        time.sleep(0.1)


class Person:
    """Sees the screen, and has a keyboard and a mouse."""

    def __init__(self, display: str, folder: Path) -> None:
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LANG": "C.UTF-8"}
        self._folder = folder

    def does(self, *command: str) -> str:
        done = subprocess.run(["xdotool", *command], env=self.environment, capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def presses(self, *keys: str) -> None:
        self.does("key", "--clearmodifiers", *keys)
        time.sleep(0.2)

    def types(self, text: str) -> None:
        self.does("type", "--delay", "8", text)

    def clicks(self, x: float, y: float) -> None:
        self.does("mousemove", str(round(x)), str(round(y)), "click", "1")
        time.sleep(0.2)

    def waits_for_window(self, title: str) -> None:
        wait_until(lambda: title in self.titles(), f"a window “{title}”")

    def waits_for_keyboard(self, title: str) -> None:
        """Wait until what is typed goes to a window."""
        wait_until(lambda: self.does("getactivewindow", "getwindowname") == title, f"the keyboard in “{title}”")

    def titles(self) -> list[str]:
        windows = self.does("search", "--onlyvisible", "--name", ".").split()
        return [self.does("getwindowname", window) for window in windows]

    def answers_dialog(self, title: str, text: str) -> None:
        """Type into a file dialog; again where it stays, as one that had no focus yet does."""
        self.waits_for_window(title)
        for _ in range(3):
            time.sleep(0.3)
            self.presses("ctrl+a")
            self.types(text)
            self.presses("Return")
            if self._sees_it_go(title):
                return

    def _sees_it_go(self, title: str) -> bool:
        until = time.monotonic() + 5.0
        while title in self.titles():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def sees(self, colour: str) -> np.ndarray:
        """Return where on the screen a colour is: (x, y) [pixels, 2]."""
        path = self._folder / "screen.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True, timeout=30)
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
        rows, columns = np.nonzero((pixels & 0xFFFFFF) == int(colour.removeprefix("#"), 16))
        return np.stack([columns, rows], 1)


@pytest.fixture
def person(tmp_path):
    needed("Xvfb", "openbox", "xdotool", "import")
    screen = subprocess.Popen(
        [HERE / "in-window.sh", "bash", "-c", "echo $DISPLAY; exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert screen.stdin
    assert screen.stdout
    yield Person(screen.stdout.readline().strip(), tmp_path)
    screen.stdin.close()
    screen.wait(20)


@pytest.fixture
def person_with_sound(person):
    """The person, with a sound server: a loudspeaker that can be recorded and a microphone that can be spoken into."""
    needed("pulseaudio", "pactl", "pacat", "paplay")
    told = " ".join(f'"${name}"' for name in SERVED)
    command = ["bash", "-c", f"printf '%s\\n' {told}; exec cat"]
    server = subprocess.Popen(
        [HERE / "virtual-sound.sh", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin
    assert server.stdout
    person.environment |= {name: server.stdout.readline().strip() for name in SERVED}
    yield person
    server.stdin.close()
    server.wait(20)


@pytest.fixture
def tones(tmp_path) -> Path:
    """A WAV of 8 s with tones: of amplitude 0.9 from 2 to 3 s, of 0.5 from 5 to 6 s."""
    times = np.arange(8 * 16_000) / 16_000
    loud = np.where((times >= 2) & (times < 3), 0.9, np.where((times >= 5) & (times < 6), 0.5, 0.001))
    path = tmp_path / "two tones.wav"
    soundfile.write(path, (loud * np.sin(2 * np.pi * 1000 * times)).astype(np.float32), 16_000)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Earmark's folder after a first start, with the toy model chosen; the toy is installed beside Earmark."""
    site, folder = tmp_path / "site", tmp_path / "home"
    information = site / "earmark_loud-1.0.dist-info"
    information.mkdir(parents=True)
    folder.mkdir()
    (site / "earmark_loud.py").write_text(PLUGIN)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: earmark-loud\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[earmark]\nloud = earmark_loud\n")
    settings = {"models": ["loud/tone"], "window": {"geometry": "", "theme": "light"}}
    (folder / "settings.json").write_text(json.dumps(settings))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("EARMARK_HOME", str(folder))
    return folder


class Program:
    """Earmark, started as a person starts it."""

    def __init__(self, person: Person, home: Path, *arguments: str | Path) -> None:
        self._home = home
        command = [sys.executable, "-m", "earmark", *map(str, arguments)]
        environment = person.environment | {"EARMARK_HOME": str(home), "PYTHONPATH": os.environ["PYTHONPATH"]}
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def ended(self) -> int:
        """Return the exit status, once it has ended."""
        return self.process.wait(PATIENCE)

    def processes(self) -> list[int]:
        """Return every process of this Earmark, engines included."""
        mark = f"EARMARK_HOME={self._home}".encode()
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in environ.read_bytes().split(b"\0"):
                    found.append(int(environ.parent.name))
            except OSError:
                continue
        return [pid for pid in found if pid != os.getpid()]


@pytest.fixture
def start(person, home):
    """Start Earmark; what still runs at the end of the test is ended."""
    started: list[Program] = []

    def start(*arguments: str | Path) -> Program:
        started.append(Program(person, home, *arguments))
        return started[-1]

    yield start
    for program in started:
        program.process.kill()
        program.process.communicate()
