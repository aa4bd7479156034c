"""The stretch of time, and of frequencies, that a person has selected."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Seconds, and hertz; None is all frequencies."""

    start: float
    end: float
    low: float | None = None
    high: float | None = None


class Selection(QObject):
    """What is selected in the recording shown, or nothing."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stretch: Stretch | None = None

    def select(self, stretch: Stretch | None) -> None:
        """Select a stretch, or nothing."""
        if stretch != self.stretch:
            self.stretch = stretch
            self.changed.emit()
