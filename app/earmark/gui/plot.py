"""A plot whose x axis is the recording's time: wheel and mouse do here what they do everywhere in the window."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from earmark.gui.time_span import TimeSpan

WHEEL_STEP = 120  # eighths of a degree: one notch
PAN_A_NOTCH, ZOOM_A_NOTCH = 0.12, 0.8


class TimeBox(pg.ViewBox):
    """The inside of a plot: the wheel pans, with Ctrl it zooms; click and drag seek; the middle button pans."""

    sought = Signal(float)  # seconds
    clicked = Signal(QPointF)  # seconds, height
    double_clicked = Signal(QPointF)
    sideways = Signal(float)  # notches with Shift: the other axis
    pointed = Signal(object)  # QPointF in seconds and height, or None: the pointer has left

    def __init__(self, span: TimeSpan) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setAcceptHoverEvents(True)
        self._span = span
        self.setMouseEnabled(False, False)
        self.disableAutoRange()
        span.moved.connect(self._follow)
        self._follow(span.start, span.end)

    def _follow(self, start: float, end: float) -> None:
        self.setXRange(start, end, padding=0)

    def wheelEvent(self, ev, axis=None) -> None:  # noqa: N802 - Qt's
        """Pan, or zoom around the pointer."""
        notches = ev.delta() / WHEEL_STEP
        if ev.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._span.zoom(ZOOM_A_NOTCH**notches, self.mapToView(ev.pos()).x())
        elif ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sideways.emit(notches)
        else:
            self._span.pan(-notches * PAN_A_NOTCH)
        ev.accept()

    def hoverEvent(self, ev) -> None:  # noqa: N802 - pyqtgraph's
        """Say where the pointer is."""
        self.pointed.emit(None if ev.isExit() else self.mapToView(ev.pos()))

    def mouseClickEvent(self, ev) -> None:  # noqa: N802 - pyqtgraph's
        """Seek."""
        if ev.button() == Qt.MouseButton.LeftButton:
            place = self.mapToView(ev.pos())
            (self.double_clicked if ev.double() else self.clicked).emit(place)
            self.sought.emit(place.x())
            ev.accept()

    def mouseDragEvent(self, ev, axis=None) -> None:  # noqa: N802 - pyqtgraph's
        """Drag the playhead, or the view."""
        ev.accept()
        if ev.button() == Qt.MouseButton.MiddleButton:
            moved = self.mapToView(ev.lastPos()).x() - self.mapToView(ev.pos()).x()
            self._span.pan(moved / self._span.length)
        elif ev.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self.mapToView(ev.pos()).x())


class Playhead(pg.GraphicsObject):
    """A line at a time, dark and light side by side, so that it is seen on any colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(100)
        self._height = 1.0

    def stand_in(self, height: float) -> None:
        """Be as high as the plot's y range, from 0."""
        self.prepareGeometryChange()
        self._height = height

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return the line with a margin of some pixels."""
        pixel = self.pixelLength(pg.Point(1, 0)) or 0.01
        return QRectF(-3 * pixel, 0.0, 6 * pixel, self._height)

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's
        """Follow the zoom: the margin is in pixels."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw a light line in a dark one."""
        for colour, width in (("#101010", 3), ("#ffffff", 1)):
            pen = QPen(QColor(colour), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(QPointF(0, 0), QPointF(0, self._height))


def time_plot(box: TimeBox, axes: dict[str, pg.AxisItem], *, name: str) -> pg.PlotWidget:
    """Return a plot with these axes only, without pyqtgraph's own buttons, menus and margins."""
    plot = pg.PlotWidget(viewBox=box, axisItems=axes)
    item: Any = plot.getPlotItem()
    item.hideButtons()
    item.setMenuEnabled(False)
    for side in ("left", "top", "right", "bottom"):
        item.showAxis(side, side in axes)
    item.layout.setContentsMargins(0, 0, 0, 0)
    item.layout.setSpacing(0)
    plot.setAccessibleName(name)
    plot.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
    plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return plot
