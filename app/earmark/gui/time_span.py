"""The stretch of the recording in view: the one thing that all plots follow."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

SHORTEST = 0.02  # seconds


class TimeSpan(QObject):
    """Which seconds are in view; always within the recording."""

    moved = Signal(float, float)  # start, end

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.duration = 1.0
        self.start, self.end = 0.0, 1.0
        self.wheel_zooms = False  # without Ctrl; with Ctrl it pans then

    @property
    def length(self) -> float:
        """Return the seconds in view."""
        return self.end - self.start

    def cover(self, duration: float) -> None:
        """Show the whole of a recording."""
        self.duration = max(duration, SHORTEST)
        self.show(0.0, self.duration)

    def grow(self, duration: float) -> None:
        """Note that the recording has become longer; what is in view stays."""
        self.duration = max(duration, SHORTEST)
        self.moved.emit(self.start, self.end)

    def show(self, start: float, end: float) -> None:
        """Show these seconds, or what of them there is."""
        length = min(max(end - start, min(SHORTEST, self.duration)), self.duration)
        start = min(max(start, 0.0), self.duration - length)
        if (start, start + length) != (self.start, self.end):
            self.start, self.end = start, start + length
            self.moved.emit(self.start, self.end)

    def fit(self) -> None:
        """Show everything."""
        self.show(0.0, self.duration)

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show `factor` times as many seconds, `at` staying where it is; else the middle does."""
        at = self.start + self.length / 2 if at is None else at
        length = min(max(self.length * factor, SHORTEST), self.duration)
        part = (at - self.start) / self.length
        self.show(at - part * length, at + (1 - part) * length)

    def pan(self, fraction: float) -> None:
        """Move by a fraction of what is in view."""
        seconds = fraction * self.length
        self.show(self.start + seconds, self.end + seconds)

    def reveal(self, seconds: float) -> None:
        """Turn the page where a time is out of view."""
        if not self.start <= seconds <= self.end:
            start = seconds - 0.05 * self.length
            self.show(start, start + self.length)

    def reveal_stretch(self, start: float, end: float) -> None:
        """Bring a stretch into view, its beginning first, without zooming."""
        if start < self.start or min(end, start + self.length) > self.end:
            middle = (start + min(end, start + self.length)) / 2
            self.show(middle - self.length / 2, middle + self.length / 2)
