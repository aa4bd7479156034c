"""The selection as it is drawn in a plot: translucent, in time and frequency, or as a band of time."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from earmark.frequency_scale import FrequencyScale
from earmark.gui.selecting import heights
from earmark.gui.selection import Selection, Stretch
from earmark.gui.theme import DARK, Theme

OPACITY = 60  # of 255
MARGIN = 3  # pixels that the outline may be beside the selection


class SelectionItem(pg.GraphicsObject):
    """Draws what is selected, at its frequencies where the plot has a scale, else from top to bottom."""

    def __init__(self, selection: Selection, scale: Callable[[], FrequencyScale] | None = None) -> None:
        super().__init__()
        self._selection, self._scale, self._theme = selection, scale, DARK
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        selection.changed.connect(self.show_anew)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def show_anew(self) -> None:
        """Draw where the selection is now."""
        self.prepareGeometryChange()
        self.update()

    def frame(self, stretch: Stretch) -> QRectF:
        """Return the selection's seconds and heights."""
        view = self._view()
        if self._scale is None or stretch.low is None or stretch.high is None:
            return QRectF(stretch.start, view.top(), stretch.end - stretch.start, view.height())
        bottom, top = heights(stretch, self._scale())
        return QRectF(stretch.start, bottom, stretch.end - stretch.start, top - bottom)

    def _view(self) -> QRectF:
        box = self.getViewBox()
        return box.viewRect() if box is not None else QRectF(0, 0, 1, 1)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return what of it is in view: a whole day at 20 ms a screen is too wide for Qt."""
        stretch = self._selection.stretch
        if stretch is None:
            return QRectF()
        wide, high = (MARGIN * (pixel or 0.0) for pixel in self.pixelSize())
        view = self._view()
        frame = self.frame(stretch).adjusted(-wide, -high, wide, high)
        return frame.intersected(view.adjusted(-wide, -high, wide, high))

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's
        """Follow the zoom."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw a veil, and a light line in a dark one around it."""
        if self._selection.stretch is None:
            return
        seen = self.boundingRect()
        frame = self.frame(self._selection.stretch).intersected(seen)
        veil = QColor(self._theme.accent)
        veil.setAlpha(OPACITY)
        painter.fillRect(frame, veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("#101010", 3), ("#ffffff", 1)):
            pen = QPen(QColor(colour), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            self._draw_sides(painter, frame)

    def _draw_sides(self, painter: QPainter, frame: QRectF) -> None:
        stretch = self._selection.stretch
        if self._scale is not None and stretch is not None and stretch.low is not None:
            painter.drawRect(frame)
            return
        for x in (frame.left(), frame.right()):
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))


def show_selection(plot: pg.PlotWidget, selection: Selection) -> SelectionItem:
    """Draw the selection as a band of time in any plot whose x axis is the recording's time."""
    item = SelectionItem(selection)
    plot.addItem(item)
    return item
