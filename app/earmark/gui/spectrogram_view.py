"""The spectrogram with its axes, decibel bar, playhead and pointer read-out."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from earmark.gui.axes import LEFT, RIGHT, RULER, FrequencyAxis, TimeAxis, time_text
from earmark.gui.pixels import Pixels, viridis
from earmark.gui.plot import Playhead, TimeBox, time_plot
from earmark.gui.spectrogram_item import SpectrogramItem
from earmark.gui.theme import DARK, Theme
from earmark.gui.time_span import TimeSpan
from earmark.spectrogram import Bytes

BAR_PIXELS = 13
TICK_DB = 20


class DecibelBar(QWidget):
    """The legend: which colour is how many decibels."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(RIGHT)
        self.setAccessibleName("Decibels of the spectrogram's colours")
        self.setToolTip("Decibels relative to full scale (20·log10 of amplitude)")
        self._range = (-80.0, 0.0)
        colours = viridis()[::-1].copy()  # [256, 3], bright on top
        self._picture = QImage(colours.data, 1, 256, 3, QImage.Format.Format_RGB888).copy()
        self._top = RULER

    def show_range(self, low: float, high: float) -> None:
        """Label the colours anew."""
        self._range = (low, high)
        self.update()

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw bar and ticks."""
        painter = QPainter(self)
        bar = QRectF(8, self._top, BAR_PIXELS, self.height() - self._top - 1)
        painter.drawImage(bar, self._picture)
        low, high = self._range
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(0, 0, RIGHT, self._top - 4), Qt.AlignmentFlag.AlignCenter, "dBFS")
        for level in range(round(high) // TICK_DB * TICK_DB, round(low) - 1, -TICK_DB):
            y = bar.bottom() - (level - low) / (high - low) * bar.height()
            if bar.top() + 5 <= y <= bar.bottom() - 5:
                painter.drawLine(QPointF(bar.right() + 1, y), QPointF(bar.right() + 4, y))
                place = QRectF(bar.right() + 9, y - 8, 34, 16)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{level}".replace("-", "−"))


class SpectrogramView(QWidget):
    """What the recording sounds like."""

    sought = Signal(float)  # seconds

    def __init__(self, span: TimeSpan) -> None:
        super().__init__()
        self._span = span
        self.item = SpectrogramItem()
        self.playhead = Playhead()
        self._box = TimeBox(span)
        self._time_axis, self._frequency_axis = TimeAxis(), FrequencyAxis()
        axes: dict[str, pg.AxisItem] = {"top": self._time_axis, "left": self._frequency_axis}
        self.plot = time_plot(self._box, axes, name="Spectrogram")
        self._bar = DecibelBar()
        self._pointer = QLabel(self.plot)
        self._pointer.setObjectName("pointer")
        self._unit = QLabel("Hz", self.plot)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._box.setYRange(0, 1, padding=0)
        self._box.addItem(self.item)
        self._box.addItem(self.playhead)
        self.playhead.setVisible(False)
        self._pointer.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pointer.hide()
        self._unit.setGeometry(0, 0, LEFT - 8, RULER)
        self._unit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(140)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self._bar)

    def _connect(self) -> None:
        self._box.sought.connect(self.sought)
        self._box.pointed.connect(self._read_out)

    def wear(self, theme: Theme = DARK) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        for axis in (self._time_axis, self._frequency_axis):
            axis.setPen(QColor(theme.border))
            axis.setTextPen(QColor(theme.text))

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Draw a recording, or none."""
        self.item.show_pixels(pixels)
        self.playhead.setVisible(pixels is not None)
        if pixels:
            self._frequency_axis.show_scale(pixels.scale)
            self._bar.show_range(*pixels.decibel_range)

    def add_whole(self, first: int, columns: Bytes) -> None:
        """Draw columns that have been computed."""
        if self.item.pixels:
            self.item.pixels.add_whole(first, columns)
            self._bar.show_range(*self.item.pixels.decibel_range)
            self.item.update()

    def show_scale(self, name: str) -> None:
        """Draw on another frequency scale."""
        if self.item.pixels:
            self.item.pixels.show_scale(name)
            self._frequency_axis.show_scale(self.item.pixels.scale)
            self.item.update()

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        self.playhead.setPos(seconds, 0)

    def _read_out(self, point: QPointF | None) -> None:
        pixels = self.item.pixels
        if pixels is None or point is None:
            self._pointer.hide()
            return
        self._pointer.setText(read_out(pixels, point.x(), point.y()))
        self._pointer.adjustSize()
        corner = self._box.sceneBoundingRect().topRight().toPoint()
        self._pointer.move(corner.x() - self._pointer.width() - 8, corner.y() + 8)
        self._pointer.show()


def read_out(pixels: Pixels, seconds: float, height: float) -> str:
    """Return "1:23.412 · 3 140 Hz · −42 dB"."""
    hertz = float(pixels.scale.hertz(height))
    decibels = pixels.decibels_at(seconds, hertz)
    level = "" if decibels is None else f" · {decibels:.0f} dB".replace("-", "−")
    return f"{time_text(seconds)} · {hertz:,.0f} Hz{level}".replace(",", " ")
