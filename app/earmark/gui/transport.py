"""The part of the toolbar that plays: where the playhead is, how fast and how loud it is played, how loud it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSlider, QToolBar, QWidget

from earmark.decibels import level_text
from earmark.gui.actions import Actions
from earmark.gui.level_meter import LevelMeter
from earmark.gui.own_keys import PICKER, SLIDER, keep_keys
from earmark.gui.theme import Theme
from earmark.playing_clock import Level
from earmark.time_stretch import FASTEST, SLOWEST
from earmark.times import time_text

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
QUIETEST, LOUDEST = -48, 24  # dB; at the left end, nothing is heard


def speed_text(speed: float) -> str:
    """Return "1.5 ×"."""
    return f"{speed:.4g} ×"


def speed_typed(text: str) -> float | None:
    """Return the speed that somebody typed as "1.5", "1,5 x" or "150 %"; None where it is none that can be played."""
    typed = re.fullmatch(r"\s*(\d*[.,]?\d+|\d+[.,])\s*([×x%]?)\s*", text, re.IGNORECASE)
    if not typed:
        return None
    speed = float(typed[1].replace(",", ".")) / (100 if typed[2] == "%" else 1)
    return speed if SLOWEST <= speed <= FASTEST else None


class SpeedBox(QComboBox):
    """The speed: chosen, or typed."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.speed = 1.0
        typed = QLineEdit()
        self.setLineEdit(typed)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for speed in SPEEDS:
            self.addItem(speed_text(speed))
        self.setFixedWidth(72)
        self.setAccessibleName("Speed")
        self.setToolTip("Speed, 0.25 to 4 times, at the same pitch (slower: <, faster: >)")
        keep_keys(self, PICKER)
        self.show_speed(1.0)
        self.activated.connect(lambda row: self._choose(SPEEDS[row]))
        typed.returnPressed.connect(self._leave)
        typed.editingFinished.connect(self._take)

    def show_speed(self, speed: float) -> None:
        """Show a speed without saying so."""
        self.speed = speed
        with QSignalBlocker(self):
            self.setCurrentIndex(SPEEDS.index(speed) if speed in SPEEDS else -1)
            self.setEditText(speed_text(speed))

    def _take(self) -> None:
        typed = speed_typed(self.currentText())
        self._choose(self.speed if typed is None else typed)

    def _choose(self, speed: float) -> None:
        changed = speed != self.speed
        self.show_speed(speed)
        if changed:
            self.chosen.emit(speed)

    def _leave(self) -> None:
        self._take()
        self.clearFocus()  # the window's keys act again


class VolumeSlider(QSlider):
    """The volume in decibels; a double click brings it back to what the recording has."""

    chosen = Signal(float)  # dB; −infinity at the left end

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(QUIETEST, LOUDEST)
        self.setPageStep(6)
        self.setFixedWidth(72)
        self.setAccessibleName("Volume in decibels")
        keep_keys(self, SLIDER)
        self.valueChanged.connect(self._tell)
        self.setValue(0)
        self._explain()

    @property
    def level(self) -> float:
        """Return the volume in dB."""
        return float(self.value()) if self.value() > QUIETEST else -float("inf")

    def step(self, count: float) -> None:
        """Make it louder or quieter by so many dB."""
        self.setValue(self.value() + round(count))

    def mouseDoubleClickEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Go back to 0 dB."""
        self.setValue(0)

    def _tell(self) -> None:
        self._explain()
        self.chosen.emit(self.level)

    def _explain(self) -> None:
        self.setToolTip(f"Volume: {level_text(self.level)} (Ctrl+Up, Ctrl+Down; double click: 0 dB)")


class Clock(QLabel):
    """Where the playhead is, and how long the recording is; its width stays while the figures run."""

    def __init__(self) -> None:
        super().__init__()
        self._duration = -1.0
        self.setObjectName("clock")
        self.setAccessibleName("Playhead, and the recording's length")
        self.setToolTip("Where the playhead is, and how long the recording is")

    def show_time(self, seconds: float, duration: float) -> None:
        """Show a time, and of how much."""
        if duration != self._duration:
            self._duration = duration
            width = self.fontMetrics().horizontalAdvance(f"{time_text(duration)} / {time_text(duration)}")
            self.setFixedSize(width + 2, self.sizeHint().height())  # else the window is laid out at each new time
        self.setText(f"{time_text(seconds)} / {time_text(duration)}")


class Transport:
    """What stands in the toolbar to play with."""

    def __init__(self, level: Callable[[], Level | None]) -> None:
        self.clock, self.speed, self.volume = Clock(), SpeedBox(), VolumeSlider()
        self.meter = LevelMeter(level)

    def put_into(self, bar: QToolBar, actions: Actions) -> None:
        """Add everything to a toolbar, each by itself: what does not fit goes behind its arrow."""
        for name in ("to_start", "play", "to_end", "loop"):
            bar.addAction(actions[name])
        bar.widgetForAction(actions["play"]).setMinimumWidth(72)  # "Play" and "Stop" alike
        bar.addWidget(spaced(self.clock))
        bar.addWidget(self.speed)
        bar.addAction(actions["mute"])
        bar.addWidget(self.volume)
        bar.addWidget(spaced(self.meter, margin=4))

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.meter.wear(theme)


def spaced(widget: QWidget, *, margin: int = 6) -> QWidget:
    """Return a widget with room at its sides."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(margin, 0, margin, 0)
    row.addWidget(widget)
    return box
