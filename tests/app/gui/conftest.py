"""A window with engines of a known answer, a recording of known sounds, and a sound card that only counts."""

from __future__ import annotations

import os
import threading
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from earmark.analysis import Analysis, Heading
from earmark.api import Cancelled, EarmarkError, PluginError
from earmark.audio_file import probe
from earmark.gui.main_window import MainWindow
from earmark.gui.theme import Appearance
from earmark.library import Library
from earmark.playback import Playback

LABELS = ("speech", "dog_bark", "rain")
HOP, WINDOW, STEP = 0.1, 1.0, 0.5
SPOKEN, BARKED = (1.0, 2.0), (2.5, 3.0)  # seconds of what the engines hear


def heading(model_id: str, **changes) -> Heading:
    return Heading(
        **{
            "model_id": model_id,
            "title": model_id.capitalize(),
            "labels": LABELS,
            "sample_rate": 32_000,
            "window_seconds": WINDOW,
            "draws_timeline": True,
            "thresholds": {"speech": 0.5, "dog_bark": 0.5},
        }
        | changes
    )


def frames_of(duration: float) -> np.ndarray:
    """Speech at 0.9, a bark at 0.6, rain everywhere at 0.2."""
    middles = (np.arange(round(duration / HOP)) + 0.5) * HOP
    frames = np.zeros((len(middles), 3), np.float32)
    frames[(middles > SPOKEN[0]) & (middles < SPOKEN[1]), 0] = 0.9
    frames[(middles > BARKED[0]) & (middles < BARKED[1]), 1] = 0.6
    frames[:, 2] = 0.2
    return frames


class KnownEngines:
    """Hears the same in every recording. `gate` holds it back after each window, until it is set."""

    def __init__(self) -> None:
        self.on_notice = None
        self.device, self.precision, self.deadline = "auto", "fp32", 60.0
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[tuple[str, str]] = []
        self.closed = False
        self.error: EarmarkError | None = None

    def headings(self) -> list[Heading]:
        missing = heading("toy/missing", has_weights=False, error="The weights are not here.")
        return [heading("toy/frames"), heading("toy/steps", draws_timeline=False, thresholds={}), missing]

    def faults(self) -> list:
        return []

    def device_line(self) -> str:
        if self.device == "cuda":
            raise PluginError("There is no CUDA device here.")
        return "CPU, 2 threads: no CUDA device was found"

    def use(self, *, device, precision, deadline) -> None:
        self.device, self.precision, self.deadline = device, precision, deadline

    def analyse(self, path, model_id, *, on_progress=None, on_scores=None, cancelled=None, **_) -> Analysis:
        self.asked.append((path.name, model_id))
        if self.error:
            raise self.error
        duration = probe(path).duration
        frames = frames_of(duration)
        starts = np.arange(0, max(duration - WINDOW, 0) + 0.01, STEP)
        scores = []
        for start in starts:
            first = round(start / HOP)
            scores.append(frames[first : first + round(WINDOW / HOP)].max(0))
            if on_scores:
                on_scores(float(start), scores[-1], frames[first : first + round(STEP / HOP)])
            if on_progress:
                on_progress(float(start) + STEP, duration, 50.0)
            while not self.gate.wait(0.01):
                if cancelled and cancelled():
                    raise Cancelled
        draws = model_id != "toy/steps"
        return Analysis(
            path=path,
            model_id=model_id,
            weights="",
            labels=LABELS,
            duration=duration,
            window=WINDOW,
            hop=STEP,
            starts=starts.astype(np.float32),
            window_scores=np.stack(scores),
            frames=frames if draws else None,
            frame_hop=HOP if draws else None,
            thresholds={"speech": 0.5, "dog_bark": 0.5} if draws else {},
            device="cpu",
            seconds_taken=duration / 50,
        )

    def close(self) -> None:
        self.closed = True
        self.gate.set()


class Times:
    def __init__(self, heard_at: float) -> None:
        self.outputBufferDacTime = heard_at
        self.currentTime = heard_at


class CountingStream:
    """A stream without a device: it takes samples when `Card.pull` is called, and its clock is what it took."""

    def __init__(self, card: Card, *, samplerate, channels, callback, finished_callback, blocksize, **_) -> None:
        self.card, self.rate, self.channels, self.blocksize = card, samplerate, channels, blocksize
        self.callback, self.finished_callback = callback, finished_callback
        self.active, self.taken = False, 0
        self.heard: list[np.ndarray] = []

    @property
    def time(self) -> float:
        return 1.0 + self.taken / self.rate

    def start(self) -> None:
        self.active = True
        self.card.streams.append(self)
        self.card.started.set()

    def abort(self) -> None:
        self.active = False

    close = abort

    def pull(self, seconds: float) -> None:
        """Play on for at least some seconds."""
        until = self.taken + seconds * self.rate
        while self.active and self.taken < until:
            out = np.zeros((self.blocksize, self.channels), np.float32)
            try:
                self.callback(out, self.blocksize, Times(self.time), None)
            except Card.CallbackStop:
                self.active = False
                self.finished_callback()
            self.heard.append(out)
            self.taken += self.blocksize


class Card:
    """Stands in for sounddevice: the one thing that a machine without a sound card cannot have."""

    class CallbackStop(Exception):  # noqa: N818 - sounddevice's name
        pass

    def __init__(self, *, rates: tuple[int, ...] = (), own_rate: int = 48_000, present: bool = True) -> None:
        self.rates, self.own_rate, self.present = rates, own_rate, present
        self.streams: list[CountingStream] = []
        self.started = threading.Event()

    def query_devices(self, device=None, kind=None):
        if kind is None:
            return [self.query_devices(None, "output")] if self.present else []
        if not self.present:
            raise ValueError("Error querying device -1")
        return {"name": "Card", "max_output_channels": 2, "default_samplerate": float(self.own_rate)}

    def check_output_settings(self, *, device, samplerate, channels):
        if self.rates and samplerate not in self.rates:
            raise ValueError("Invalid sample rate")

    def OutputStream(self, **settings):  # noqa: N802 - sounddevice's name
        return CountingStream(self, **settings)


@pytest.fixture(autouse=True)
def no_button_stays_pressed():
    """A double click of Qt's tests ends with the button down; the next test's window would wait for the hand."""
    yield
    if QApplication.instance() and QApplication.mouseButtons() != Qt.MouseButton.NoButton:
        QTest.mouseRelease(QWidget(), Qt.MouseButton.LeftButton)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("EARMARK_HOME", str(folder))
    return folder


@pytest.fixture
def make_recording(tmp_path):
    """Write a WAV of a 1 kHz tone of amplitude 0.5 from 1 to 2 s, else faint noise."""

    def make(name: str = "garden.wav", *, seconds: float = 4.0, rate: int = 32_000) -> Path:
        times = np.arange(round(seconds * rate)) / rate
        noise = np.random.default_rng(0).standard_normal(len(times)) * 1e-4
        tone = np.where((times >= 1) & (times < 2), 0.5 * np.sin(2 * np.pi * 1000 * times), 0)
        path = tmp_path / name
        soundfile.write(path, (noise + tone).astype(np.float32), rate, subtype="FLOAT")
        return path

    return make


@pytest.fixture
def recording(make_recording) -> Path:
    return make_recording()


@pytest.fixture
def engines() -> KnownEngines:
    return KnownEngines()


@pytest.fixture
def card() -> Card:
    return Card()


@pytest.fixture
def make_window(home, qtbot, qapp, engines, card):
    """Open windows; each is closed again, and must leave no thread behind."""
    opened: list[MainWindow] = []

    def make(paths=(), *, theme: str = "dark", library: Library | None = None) -> MainWindow:
        playback = Playback(sound=lambda look_again=False: card)
        appearance = Appearance(qapp, theme)
        window = MainWindow(engines=engines, library=library, playback=playback, appearance=appearance)
        window.setWindowState(Qt.WindowState.WindowNoState)  # the screen of the offscreen platform is small
        window.resize(1280, 800)
        window.show()
        opened.append(window)
        window.begin(paths)
        return window

    before = {thread.name for thread in threading.enumerate()}
    yield make
    for window in opened:
        engines.gate.set()
        window.training.jobs.close()  # else a test that failed while something is trained is asked about it for ever
        window.close()
        window.deleteLater()
    left = [thread.name for thread in threading.enumerate() if thread.name not in before and thread.is_alive()]
    assert [name for name in left if not name.startswith("Dummy")] == []


@pytest.fixture
def analysed(qtbot, make_window, recording) -> MainWindow:
    """A window that shows an analysed recording and its events."""
    window = make_window([recording])
    qtbot.waitUntil(
        lambda: window.desk.findings.analysis is not None and len(window.desk.findings.events) > 0, timeout=10_000
    )
    return window
