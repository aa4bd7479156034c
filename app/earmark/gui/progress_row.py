"""What is being done, how far it is, how long it still takes, and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from earmark.gui.elided import Elided
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.times import time_text

SHOWN_AFTER_MS = 300
NARROWEST = 40  # pixels of the bar
LEAST = "62% · 59:59 left"  # what is to be read
ROOMY = 1100  # pixels of a window that has room for that
TIME_LEFT_AFTER = 2.0  # seconds


class ProgressRow(QWidget):
    """Appears only where something takes its time; its place is kept, so that nothing jumps."""

    cancelled = Signal()

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._began = 0.0
        self.label = Elided(Qt.TextElideMode.ElideLeft)  # how far and how long is what counts
        self.bar, self.cancel = QProgressBar(), QPushButton("&Cancel")
        self._waiting = QTimer(self, interval=SHOWN_AFTER_MS, singleShot=True)
        self._build()
        self._lay_out()
        self._waiting.timeout.connect(lambda: self._show(True))
        self.cancel.clicked.connect(self.cancelled)
        self._show(False)

    def _build(self) -> None:
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.bar.setFixedHeight(12)
        self.bar.setMinimumWidth(NARROWEST)
        self.bar.setMaximumWidth(90)
        self.cancel.setToolTip("Cancel the analysis (Esc)")
        keep_keys(self.cancel, BUTTON)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        for widget in (self.label, self.bar, self.cancel):
            row.addWidget(widget)
        self.setMinimumHeight(self.cancel.sizeHint().height())

    @property
    def working(self) -> bool:
        """Return whether something is going on."""
        return self._waiting.isActive() or self.bar.isVisibleTo(self)

    def begin(self, what: str) -> None:
        """Something begins; it is shown once it has taken a moment."""
        self._began = self._clock()
        self.bar.setRange(0, 0)  # how far it will go is not known yet
        self.label.show_text(what)
        if not self.bar.isVisibleTo(self):
            self._waiting.start()

    def go_on(self, what: str, done: float, total: float) -> None:
        """It is so far."""
        part = min(done / total, 1.0) if total else 0.0
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(part * 1000))
        taken = self._clock() - self._began
        left = f" · {time_text(taken * (1 - part) / part, 0)} left" if part and taken >= TIME_LEFT_AFTER else ""
        self.label.show_text(f"{what} {part:.0%}{left}")

    def end(self) -> None:
        """It is done, or given up."""
        self._waiting.stop()
        self._show(False)

    def _show(self, shown: bool) -> None:
        least = self.label.fontMetrics().horizontalAdvance(LEAST) if self.window().width() >= ROOMY else 0
        self.label.setMinimumWidth(least)
        for widget in (self.label, self.bar, self.cancel):
            widget.setVisible(shown)
