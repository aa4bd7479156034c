"""What a person must know while the microphone is on: is it recording, how loud, what is lost, how late."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from earmark.gui.elided import Elided
from earmark.gui.level_meter import LevelMeter
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.theme import Theme
from earmark.live.capture import Capture
from earmark.live.ear import Ear, Moment
from earmark.playing_clock import Level
from earmark.times import time_text

METER_MS = 100  # ten a second: each costs half as much as a frame of all that flows


class LiveBar(QWidget):
    """One row; it is there only while something is listened to."""

    stopped = Signal()
    now_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state, self.numbers, self.device = QLabel(), Elided(), Elided()
        self.state.setObjectName("live")
        for label, name in ((self.state, "Live"), (self.numbers, "Dropped, rate and latency"), (self.device, "Device")):
            label.setAccessibleName(name)
        self.meter = LevelMeter(self._level, tick_ms=METER_MS)
        self.meter.setAccessibleName("Level of the microphone")
        self.now = QPushButton("Back to now")
        self.now.setToolTip("Follow what comes in (Ctrl+End)")
        self.stop = QPushButton("Stop listening")
        self.stop.setToolTip("Turn the microphone off (Ctrl+L)")
        self._capture: Capture | None = None
        self._moments: dict[str, Moment] = {}
        self._lagging = ""  # the title of a model that cannot keep up
        self._room = 0  # pixels that the state takes
        self._lay_out()
        self.stop.clicked.connect(self.stopped)
        self.now.clicked.connect(self.now_wanted)
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.state)
        row.addWidget(self.meter)
        row.addWidget(self.numbers, 2)
        row.addWidget(self.device, 1)
        for button in (self.now, self.stop):
            keep_keys(button, BUTTON)
            row.addWidget(button)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.meter.wear(theme)

    def begin(self, capture: Capture, device: str) -> None:
        """Show a capture from now on."""
        self._capture, self._moments = capture, {}
        self.device.show_text(f"{device} · {capture.source.sample_rate / 1000:g} kHz")
        self.meter.follow(playing=True)
        self.show()

    def end(self) -> None:
        """Show nothing any more."""
        self._capture = None
        self.meter.follow(playing=False)
        self.hide()

    def note(self, ear: Ear, moment: Moment) -> None:
        """Note how a model keeps up."""
        self._moments[ear.heading.model_id] = moment
        self._lagging = ear.heading.title if ear.lags(moment) else ""

    def follow(self, seconds: float, *, recording: str, follows: bool) -> None:
        """Show where it is; called a few times a second.

        Args:
            recording: the name of the file that is written; "" is none.
        """
        text = f"● Recording {recording}" if recording else "◉ Listening"
        self._say(f"{text}  {time_text(seconds, 0)}")
        if self.state.property("recording") != bool(recording):
            self.state.setProperty("recording", bool(recording))
            self.state.style().polish(self.state)  # a style sheet looks at properties only then
        self.numbers.show_text(self._numbers())
        self.now.setVisible(not follows)

    def _say(self, state: str) -> None:
        """Say it in as much room as the longest took: else the whole window is laid out anew each second."""
        if state != self.state.text():
            wanted = self.state.fontMetrics().horizontalAdvance(state) + 4
            self.state.setFixedSize(max(wanted, self._room), self.state.sizeHint().height())
            self._room = self.state.width()
            self.state.setText(state)

    def _numbers(self) -> str:
        gaps = len(self._capture.gaps) if self._capture else 0
        dropped = f"{gaps} dropped"
        if not self._moments:
            return dropped
        slowest = max(self._moments.values(), key=lambda moment: moment.hop)
        rate = 1 / slowest.hop if slowest.hop > 0 else 0.0
        if self._lagging:
            return f"{dropped} · {self._lagging} cannot keep up: an answer every {slowest.hop:.1f} s"
        latency = max(moment.latency for moment in self._moments.values())
        return f"{dropped} · {rate:.1f} answers a second · {10 * round(100 * latency)} ms late"

    def _level(self) -> Level | None:
        if self._capture is None:
            return None
        level = self._capture.level
        return Level(peaks=(level.peak,), rms=(level.rms,))
