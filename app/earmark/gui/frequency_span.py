"""The frequencies in view: all of them, those between two that a person chose, or fewer where he zoomed in."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from earmark.frequency_scale import FrequencyScale

SMALLEST = 1 / 256  # of the axis


class FrequencySpan(QObject):
    """Which part of the frequency axis is in view, as heights of its scale in 0..1."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = FrequencyScale("linear", 22_050.0)
        self.bottom, self.top = 0.0, 1.0
        self._chosen: tuple[float | None, float | None] = (None, None)  # hertz

    @property
    def length(self) -> float:
        """Return the part of the axis in view."""
        return self.top - self.bottom

    @property
    def limits(self) -> tuple[float, float]:
        """Return the heights between which one can scroll."""
        low, high = self._chosen
        bottom = 0.0 if low is None else min(max(float(self.scale.height(low)), 0.0), 1.0)
        top = 1.0 if high is None else min(max(float(self.scale.height(high)), 0.0), 1.0)
        return (bottom, top) if top - bottom >= SMALLEST else (0.0, 1.0)  # what was chosen lies beyond the recording

    @property
    def is_whole(self) -> bool:
        """Return whether everything between the limits is in view."""
        bottom, top = self.limits
        return self.bottom <= bottom + 1e-9 and self.top >= top - 1e-9

    def show_scale(self, scale: FrequencyScale) -> None:
        """Show the same frequencies on another scale."""
        was_whole, low, high = self.is_whole, self.scale.hertz(self.bottom), self.scale.hertz(self.top)
        self.scale = scale
        if was_whole:
            self.reset()
        else:
            self.show(float(scale.height(low)), float(scale.height(high)))
        self.moved.emit()

    def limit(self, low: float | None, high: float | None) -> None:
        """Show the frequencies between two, in Hz, and let nobody scroll beyond; None is the end of the axis."""
        self._chosen = (low, high)
        self.reset()

    def reset(self) -> None:
        """Show all frequencies within the limits."""
        self.show(*self.limits)

    def show(self, bottom: float, top: float) -> None:
        """Show what is between two heights, or what of it there is."""
        lowest, highest = self.limits
        length = min(max(top - bottom, SMALLEST), highest - lowest)
        bottom = min(max(bottom, lowest), highest - length)
        if (bottom, bottom + length) != (self.bottom, self.top):
            self.bottom, self.top = bottom, bottom + length
            self.moved.emit()

    def zoom(self, factor: float, at: float) -> None:
        """Show `factor` times as much, the height `at` staying where it is."""
        length = min(max(self.length * factor, SMALLEST), 1.0)
        part = (at - self.bottom) / self.length
        self.show(at - part * length, at + (1 - part) * length)

    def scroll(self, heights: float) -> None:
        """Move up by a part of the axis."""
        self.show(self.bottom + heights, self.top + heights)
