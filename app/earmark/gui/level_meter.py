"""How loud it is: bars that follow what is heard, a line that holds the peak, a mark where it was too loud."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from earmark.decibels import FLOOR, decibels, level_text
from earmark.gui.theme import LIGHT, Theme
from earmark.playing_clock import Level

TICK_MS = 33  # 30 a second
LOWEST = -60.0  # dB, at the left
TICKS = (-60, -40, -20, 0)
HOLD_SECONDS, FALL = 1.5, 20.0  # a peak stays, then falls by so many dB in a second
TOO_LOUD = 1.0
SIZE = QSize(110, 28)
MARK, BARS, LETTERS = 12, 14, 9  # pixels: the mark's width, the bars' height, the figures' height


class HeldPeak:
    """The highest level of the last moment, in dB."""

    def __init__(self) -> None:
        self.level, self._since = FLOOR, 0.0

    def follow(self, level: float, now: float) -> float:
        """Return the level to be shown at a time, in seconds."""
        held = self.level - max(0.0, now - self._since - HOLD_SECONDS) * FALL
        if level >= held:
            self.level, self._since = level, now
            return level
        return held


class LevelMeter(QWidget):
    """Shows peak and mean level of what is heard now; it rests where nothing is."""

    def __init__(
        self,
        level: Callable[[], Level | None],
        *,
        tick_ms: int = TICK_MS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._level_now, self._clock = level, clock
        self._theme = LIGHT
        self.level: Level | None = None
        self.was_too_loud = False
        self._held: list[HeldPeak] = []
        self._bars: list[tuple[int, int, int]] = []  # for each channel the pixels of mean, peak and held peak
        self._tick = QTimer(self, interval=tick_ms)
        self._tick.timeout.connect(self._follow)
        self.setAccessibleName("Level")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies under it is drawn, too
        self.setMinimumSize(SIZE)
        self.setMaximumSize(SIZE)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return its one size."""
        return SIZE

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def follow(self, playing: bool) -> None:
        """Follow what is heard, or rest."""
        if playing:
            self.was_too_loud = False
            self._tick.start()
        else:
            self._tick.stop()
            self._held = []
            self._show(None)

    @property
    def text(self) -> str:
        """Return what it shows, in words."""
        if self.level is None:
            return "Level: nothing is played"
        peak, mean = (level_text(decibels(max(each))) for each in (self.level.peaks, self.level.rms))
        return f"Level: peak {peak}, mean (RMS) {mean}" + (". Too loud: it is clipped" * self.was_too_loud)

    def _follow(self) -> None:
        level = self._level_now()
        if level and max(level.peaks) >= TOO_LOUD and not self.was_too_loud:
            self.was_too_loud = True
            self.update()
        self._show(level)

    def _show(self, level: Level | None) -> None:
        self.level = level
        bars = self._measured(level) if level else []
        if bars != self._bars:
            self._bars = bars
            self.update(0, 0, self.width(), BARS)

    def _measured(self, level: Level) -> list[tuple[int, int, int]]:
        now = self._clock()
        if len(self._held) != len(level.peaks):
            self._held = [HeldPeak() for _ in level.peaks]
        channels = zip(self._held, level.peaks, level.rms, strict=True)
        return [
            (self._pixel(decibels(rms)), self._pixel(decibels(peak)), self._pixel(held.follow(decibels(peak), now)))
            for held, peak, rms in channels
        ]

    def _pixel(self, level: float) -> int:
        room = self.width() - MARK - 2
        return round(min(max(1 - level / LOWEST, 0.0), 1.0) * room)

    def event(self, event: QEvent) -> bool:
        """Say in the tooltip what it shows now."""
        if event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text, self)  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def mousePressEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Take the mark away."""
        self.was_too_loud = False
        self.update()

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw bars, scale and mark."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.window))
        self._draw_bars(painter)
        if event.rect().bottom() >= BARS:
            self._draw_scale(painter)
        self._draw_mark(painter)
        painter.end()

    def _draw_bars(self, painter: QPainter) -> None:
        theme, room = self._theme, self.width() - MARK - 2
        painter.fillRect(0, 0, room, BARS, QColor(theme.base))
        height = BARS // max(len(self._bars), 1)
        for number, (mean, peak, held) in enumerate(self._bars):
            top = number * height
            painter.fillRect(0, top, peak, height - 1, QColor(theme.muted))
            painter.fillRect(0, top, mean, height - 1, QColor(theme.accent))
            painter.fillRect(max(held - 2, 0), top, 2 if held else 0, height - 1, QColor(theme.text))
        painter.setPen(QColor(theme.border))
        painter.drawRect(0, 0, room - 1, BARS - 1)

    def _draw_scale(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.muted))
        font = painter.font()
        font.setPixelSize(LETTERS)
        painter.setFont(font)
        for tick in TICKS:
            place = min(max(self._pixel(tick), 10), self.width() - MARK - 6)
            box = QRectF(place - 14, BARS, 28, self.height() - BARS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick}".replace("-", "−"))

    def _draw_mark(self, painter: QPainter) -> None:
        """Draw the place of the mark, and in it, once it was too loud, an exclamation mark."""
        theme, box = self._theme, QRectF(self.width() - MARK, 0, MARK - 1, BARS - 1)
        if self.was_too_loud:
            painter.fillRect(box, QColor("#d32f2f"))
            painter.setPen(QColor("#ffffff"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "!")
        else:
            painter.setPen(QColor(theme.border))
            painter.drawRect(box)
