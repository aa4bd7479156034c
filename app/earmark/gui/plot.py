"""A plot whose x axis is the recording's time: wheel and mouse do here what they do everywhere in the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from earmark.gui.time_span import TimeSpan

WHEEL_STEP = 120  # eighths of a degree: one notch
PAN_A_NOTCH, ZOOM_A_NOTCH = 0.12, 0.8
STILL = 5.0  # pixels: a hand that moves no further has clicked, however long it took


@dataclass(frozen=True, kw_only=True)
class Drag:
    """One step of a drag with the left button, in seconds and heights.

    Attributes:
        pixels: from where it began to where it is.
        began, ended: this is the first step, the last one.
    """

    start: QPointF
    now: QPointF
    pixels: QPointF
    began: bool
    ended: bool
    modifiers: Qt.KeyboardModifier


class TimeBox(pg.ViewBox):
    """The inside of a plot: the wheel pans, with Ctrl it zooms; a click seeks; the middle button pans."""

    sought = Signal(float)  # seconds
    clicked = Signal(QPointF)  # seconds, height
    double_clicked = Signal(QPointF)
    extended = Signal(QPointF)  # clicked with Shift
    dragged = Signal(object)  # Drag
    sideways = Signal(float)  # notches with Shift: the other axis
    sideways_at = Signal(float, float)  # the same, and the height of the pointer
    pointed = Signal(object)  # QPointF in seconds and height, or None: the pointer has left

    def __init__(self, span: TimeSpan) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setAcceptHoverEvents(True)
        self._span = span
        self._is_dragging = False
        self.setMouseEnabled(False, False)
        self.disableAutoRange()
        span.moved.connect(self._follow)
        self._follow(span.start, span.end)

    def _follow(self, start: float, end: float) -> None:
        self.setXRange(start, end, padding=0)
        self.updateMatrix()  # else pyqtgraph does it while it paints, and then paints everything again

    def pan_towards(self, seconds: float, most: float) -> None:
        """Pan a little where a drag has left the view, by up to a part of what is in view."""
        beyond = min(seconds - self._span.start, 0.0) or max(seconds - self._span.end, 0.0)
        if beyond:
            self._span.pan(min(max(beyond / self._span.length, -most), most))

    def wheelEvent(self, ev, axis=None) -> None:  # noqa: N802 - Qt's
        """Pan, or zoom around the pointer; a touchpad's horizontal wheel always pans."""
        notches, place = ev.delta() / WHEEL_STEP, self.mapToView(ev.pos())
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:  # some systems turn the wheel sideways with Shift
            self.sideways.emit(notches)
            self.sideways_at.emit(notches, place.y())
        elif ev.orientation() == Qt.Orientation.Horizontal:
            self._span.pan(-notches * PAN_A_NOTCH)
        else:
            turn(self._span, notches, place.x(), with_control=has_control(ev))
        ev.accept()

    def hoverEvent(self, ev) -> None:  # noqa: N802 - pyqtgraph's
        """Say where the pointer is."""
        self.pointed.emit(None if ev.isExit() else self.mapToView(ev.pos()))

    def mouseClickEvent(self, ev) -> None:  # noqa: N802 - pyqtgraph's
        """Seek; with Shift, extend what is selected."""
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._click(self.mapToView(ev.pos()), ev)

    def _click(self, place: QPointF, ev: Any) -> None:
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.extended.emit(place)
            return
        (self.double_clicked if _is_double(ev) else self.clicked).emit(place)
        self.sought.emit(place.x())

    def mouseDragEvent(self, ev, axis=None) -> None:  # noqa: N802 - pyqtgraph's
        """Say what is dragged, or drag the view."""
        ev.accept()
        if ev.button() == Qt.MouseButton.MiddleButton:
            moved = self.mapToView(ev.lastPos()).x() - self.mapToView(ev.pos()).x()
            self._span.pan(moved / self._span.length)
        elif ev.button() == Qt.MouseButton.LeftButton:
            self._drag(ev)

    def _drag(self, ev: Any) -> None:
        pixels = QPointF(ev.pos() - ev.buttonDownPos())
        was_dragging = self._is_dragging and not ev.isStart()
        self._is_dragging = was_dragging or pixels.manhattanLength() >= STILL
        if self._is_dragging:
            self.dragged.emit(self._step(ev, pixels, began=not was_dragging))
        elif ev.isFinish():
            self._click(self.mapToView(ev.pos()), ev)

    def _step(self, ev: Any, pixels: QPointF, *, began: bool) -> Drag:
        return Drag(
            start=self.mapToView(ev.buttonDownPos()),
            now=self.mapToView(ev.pos()),
            pixels=pixels,
            began=began,
            ended=ev.isFinish(),
            modifiers=ev.modifiers(),
        )


def turn(span: TimeSpan, notches: float, seconds: float, *, with_control: bool) -> None:
    """Pan or zoom around a time as the wheel does everywhere in the window."""
    if with_control != span.wheel_zooms:
        span.zoom(ZOOM_A_NOTCH**notches, seconds)
    else:
        span.pan(-notches * PAN_A_NOTCH)


def has_control(event: Any) -> bool:
    """Return whether Ctrl was held."""
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _is_double(ev: Any) -> bool:
    return hasattr(ev, "double") and ev.double()


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
