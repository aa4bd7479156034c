"""The legend at the right of the spectrogram: which colour is how many decibels, with a handle at either end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from earmark.gui.axes import RIGHT, RULER
from earmark.gui.own_keys import SLIDER, keep_keys
from earmark.gui.theme import DARK, Theme

LOWEST, HIGHEST = -120, 0  # dB relative to full scale
CLOSEST = 6  # dB between the handles
BAR_LEFT, BAR_PIXELS = 8, 13
TICK_DB, LABEL_PIXELS = 20, 16
HANDLE = QSize(16, 13)  # pixels
PAGE_DB = 5


class Handle(QSlider):
    """One end of the range, as a slider: arrows, PgUp and PgDn move it while it has the focus."""

    dragged = Signal(QPoint)  # to where, in the bar
    reset = Signal()  # by a double click

    def __init__(self, bar: QWidget, name: str) -> None:
        super().__init__(Qt.Orientation.Vertical, bar)
        self._theme = DARK
        self.setRange(LOWEST, HIGHEST)
        self.setPageStep(PAGE_DB)
        self.resize(HANDLE)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        keep_keys(self, SLIDER)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def mousePressEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Take the focus: dragging begins."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseMoveEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Follow the pointer."""
        self.dragged.emit(self.mapToParent(event.position().toPoint()))

    def mouseReleaseEvent(self, event) -> None:  # noqa: N802 - Qt's
        """End a drag."""
        event.accept()

    def mouseDoubleClickEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Ask for the range that suits the recording."""
        self.reset.emit()

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw a pointer to the bar at its left; with the focus in the accent's colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, middle = self._theme, self.height() / 2
        painter.setPen(QPen(QColor(theme.plot), 1))
        painter.setBrush(QColor(theme.accent if self.hasFocus() or self.underMouse() else theme.text))
        right, bottom = self.width() - 1.0, self.height() - 1.0
        painter.drawPolygon(QPolygonF([QPointF(1, middle), QPointF(right, 1), QPointF(right, bottom)]))


class DecibelBar(QWidget):
    """Colours from the lowest to the highest decibels; what lies beyond a handle has that end's colour."""

    chosen = Signal(float, float)  # decibels of the darkest and the brightest colour
    reset = Signal()  # asks for the range that suits the recording

    def __init__(self, colours: NDArray[np.uint8]) -> None:
        super().__init__()
        self.low = Handle(self, "Darkest colour, decibels relative to full scale")
        self.high = Handle(self, "Brightest colour, decibels relative to full scale")
        self.setFixedWidth(RIGHT)
        self.setAccessibleName("Decibels of the spectrogram's colours")
        self.setToolTip("Decibels relative to full scale (20·log10 of amplitude); double click: automatic range")
        self._range = (-80.0, 0.0)
        self.show_colours(colours)
        self._connect()
        self.show_range(*self._range)

    def _connect(self) -> None:
        self.low.valueChanged.connect(lambda level: self._choose(level, max(self._range[1], level + CLOSEST)))
        self.high.valueChanged.connect(lambda level: self._choose(min(self._range[0], level - CLOSEST), level))
        for handle in (self.low, self.high):
            handle.dragged.connect(lambda place, handle=handle: handle.setValue(round(self.decibels_at(place.y()))))
            handle.reset.connect(self.reset)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.low.wear(theme)
        self.high.wear(theme)
        self.update()

    def show_colours(self, colours: NDArray[np.uint8]) -> None:
        """Draw with these colours [256, 3], dark to bright."""
        bright_on_top = np.ascontiguousarray(colours[::-1])
        self._picture = QImage(bright_on_top.data, 1, len(colours), 3, QImage.Format.Format_RGB888).copy()
        self.update()

    def show_range(self, low: float, high: float) -> None:
        """Stand the handles at the ends of the range."""
        self._range = (low, high)
        for handle, level, what in ((self.low, low, "Darkest"), (self.high, high, "Brightest")):
            handle.blockSignals(True)
            handle.setValue(round(level))
            handle.blockSignals(False)
            handle.setToolTip(f"{what} colour: {_text(level)} dBFS. Drag or use the arrows; double click: automatic.")
        self._place_handles()
        self.update()

    def decibels_at(self, y: float) -> float:
        """Return the level at a height of the widget."""
        bar = self._bar()
        return HIGHEST - (y - bar.top()) / bar.height() * (HIGHEST - LOWEST)

    def y_of(self, decibels: float) -> float:
        """Return where a level stands."""
        bar = self._bar()
        return bar.top() + (HIGHEST - min(max(decibels, LOWEST), HIGHEST)) / (HIGHEST - LOWEST) * bar.height()

    def _bar(self) -> QRectF:
        return QRectF(BAR_LEFT, RULER, BAR_PIXELS, max(self.height() - RULER - HANDLE.height() // 2, 1))

    def _choose(self, low: float, high: float) -> None:
        self.show_range(max(low, LOWEST), min(high, HIGHEST))
        self.chosen.emit(*self._range)

    def _place_handles(self) -> None:
        for handle, level in zip((self.low, self.high), self._range, strict=True):
            handle.move(BAR_LEFT + BAR_PIXELS - 2, round(self.y_of(level) - HANDLE.height() / 2))

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Keep the handles at their levels."""
        self._place_handles()

    def mouseDoubleClickEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Ask for the range that suits the recording."""
        self.reset.emit()

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw bar and ticks."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(0, 0, RIGHT, RULER - 4), Qt.AlignmentFlag.AlignCenter, "dBFS")
        self._draw_colours(painter)
        self._draw_ticks(painter)

    def _draw_colours(self, painter: QPainter) -> None:
        bar, low, high = self._bar(), self.y_of(self._range[0]), self.y_of(self._range[1])
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width(), high - bar.top()), self._picture.pixelColor(0, 0))
        darkest = self._picture.pixelColor(0, self._picture.height() - 1)
        painter.fillRect(QRectF(bar.left(), low, bar.width(), bar.bottom() - low), darkest)
        painter.drawImage(QRectF(bar.left(), high, bar.width(), low - high), self._picture)
        painter.drawRect(bar.adjusted(0, 0, -1, -1))

    def _draw_ticks(self, painter: QPainter) -> None:
        bar, step = self._bar(), self._tick_step()
        for level in range(HIGHEST, LOWEST - 1, -step):
            y = self.y_of(level)
            near_a_handle = any(abs(y - self.y_of(end)) < LABEL_PIXELS for end in self._range)
            if not near_a_handle:
                self._write(painter, bar, y, _text(level))
        for end in self._range:
            shown = min(max(end, LOWEST), HIGHEST)  # where its handle stands
            self._write(painter, bar.translated(HANDLE.width() - 8, 0), self.y_of(end), _text(shown))

    def _tick_step(self) -> int:
        room = self._bar().height() / LABEL_PIXELS / 1.5
        return TICK_DB if room * TICK_DB >= HIGHEST - LOWEST else 2 * TICK_DB

    @staticmethod
    def _write(painter: QPainter, bar: QRectF, y: float, text: str) -> None:
        place = QRectF(bar.right() + 8, y - LABEL_PIXELS / 2, 34, LABEL_PIXELS)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


def _text(decibels: float) -> str:
    return f"{decibels:.0f}".replace("-", "−")
