"""The selected events in the spectrogram: dashed, at their frequencies where they have some."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from earmark.frequency_scale import FrequencyScale
from earmark.gui.label_colours import label_colour
from earmark.gui.selecting import heights
from earmark.gui.selection import Stretch
from earmark.judging import JudgedEvent

CASING, LINE = 4.0, 2.0  # pixels
DASHES = [4.0, 3.0]  # times the line's width


class EventMarks(pg.GraphicsObject):
    """Frames in the labels' colours in a dark casing, so that they are seen on any colours."""

    def __init__(self, scale: Callable[[], FrequencyScale]) -> None:
        super().__init__()
        self._scale = scale
        self._events: Sequence[JudgedEvent] = ()
        self.setZValue(40)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_events(self, events: Sequence[JudgedEvent]) -> None:
        """Mark these."""
        self._events = events
        self.update()

    def _view(self) -> QRectF:
        box = self.getViewBox()
        return box.viewRect() if box is not None else QRectF(0, 0, 1, 1)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return what is in view: a whole day at 20 ms a screen is too wide for Qt."""
        return self._view()

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's
        """Follow the zoom."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw the frames that are in view."""
        wide, high = (CASING * (pixel or 0.0) for pixel in self.pixelSize())
        view = self._view().adjusted(-wide, -high, wide, high)
        for event in self._events:
            frame = self._frame(event).intersected(view)
            if not frame.isEmpty():
                self._draw(painter, frame, label_colour(event.label))

    def _frame(self, event: JudgedEvent) -> QRectF:
        stretch = Stretch(start=event.onset, end=event.offset, low=event.low, high=event.high)
        bottom, top = heights(stretch, self._scale())
        return QRectF(event.onset, bottom, event.offset - event.onset, top - bottom)

    @staticmethod
    def _draw(painter: QPainter, frame: QRectF, colour: QColor) -> None:
        for pen in (QPen(QColor("#101010"), CASING), QPen(colour, LINE)):
            pen.setCosmetic(True)
            if pen.widthF() == LINE:
                pen.setDashPattern(DASHES)
            painter.setPen(pen)
            painter.drawRect(frame)
