"""The scores of one or a few labels over time, under the lanes: why an event is there, and what nearly was one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from earmark.gui.axes import LEFT, RIGHT
from earmark.gui.label_colours import label_colour, label_text
from earmark.gui.plot import Drag, Playhead, TimeBox, time_plot
from earmark.gui.theme import DARK, Theme
from earmark.gui.time_span import TimeSpan
from earmark.score_line import ScoreLine

LEAST_HEIGHT, USUAL_HEIGHT = 44, 64  # pixels
BOTTOM, TOP = -0.2, 1.14  # of the y axis: room for the numbers beside it
FILL = 120  # of 255
NAME_ROOM = LEFT - 34  # pixels beside the numbers
NEAR = 5  # pixels around a threshold from which the mouse moves it
HOW = "The model's scores. Dashed is the threshold: drag it. Dotted is how far an event may fall."


@dataclass(frozen=True)
class Curve:
    """A label's scores, the threshold it counts from, and the score down to which its events last."""

    label: str
    line: ScoreLine
    threshold: float
    lasting: float


class ScoreAxis(pg.AxisItem):
    """0 to 1, and at the left whose scores these are."""

    def __init__(self) -> None:
        super().__init__("left", maxTickLength=-4)
        self.enableAutoSIPrefix(False)
        self.setWidth(LEFT)
        self._names: Sequence[str] = ()
        self._muted = QColor(DARK.muted)

    def name(self, names: Sequence[str]) -> None:
        """Write these, one below the other, the last one muted."""
        self._names = names
        self.picture = None
        self.update()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.setPen(QColor(theme.border))
        self.setTextPen(QColor(theme.text))
        self._muted = QColor(theme.muted)

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return 0, ½ and 1."""
        return [(0.5, [0.0, 0.5, 1.0])]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return 0 and 1 with room for no more."""
        return [{0.0: "0", 1.0: "1"}.get(value, ".5" if self.height() > LEAST_HEIGHT + 6 else "") for value in values]

    def drawPicture(self, p, axisSpec, tickSpecs, textSpecs) -> None:  # noqa: N802, N803 - pyqtgraph's
        """Draw the numbers, and the names beside them."""
        super().drawPicture(p, axisSpec, tickSpecs, textSpecs)
        metrics = QFontMetricsF(self.font())
        top = (self.height() - len(self._names) * metrics.height()) / 2
        for row, name in enumerate(self._names):
            place = QRectF(0, top + row * metrics.height(), NAME_ROOM, metrics.height())
            p.setPen(self._muted if row and row == len(self._names) - 1 else self.textPen())
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAME_ROOM)
            p.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


class ScoreItem(pg.GraphicsObject):
    """Draws curves: x is seconds, y the score."""

    def __init__(self, span: TimeSpan) -> None:
        super().__init__()
        self._span = span
        self.curves: Sequence[Curve] = ()
        self._theme = DARK

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Draw these; one is filled, several are lines."""
        self.curves = curves
        self.update()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return what is in view: a whole day at 20 ms a screen is too wide for Qt."""
        return QRectF(self._span.start, 0, self._span.length, TOP)

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's
        """Follow the zoom."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw all curves, and over them their thresholds."""
        for curve in self.curves:
            self._draw_curve(painter, curve)
        for curve in self.curves:
            self._draw_level(painter, curve, curve.threshold, Qt.PenStyle.DashLine)
            if len(self.curves) == 1:
                self._draw_level(painter, curve, curve.lasting, Qt.PenStyle.DotLine)

    def _draw_curve(self, painter: QPainter, curve: Curve) -> None:
        pixels = max(round(self._span.length / (self.pixelLength(pg.Point(1, 0)) or 1)), 1)
        seconds, scores = curve.line.between(self._span.start, self._span.end, pixels)
        if len(seconds) < 2:
            return
        if len(self.curves) == 1:
            self._fill(painter, label_colour(curve.label), np.interp(self._middles(pixels), seconds, scores, 0, 0))
        painter.setPen(_pen(label_colour(curve.label), 1))
        painter.drawPath(pg.functions.arrayToQPath(seconds, scores, connect="all", finiteCheck=False))

    def _middles(self, pixels: int) -> NDArray[np.float64]:
        """Return the times of the pixels' middles."""
        return self._span.start + (np.arange(pixels) + 0.5) * self._span.length / pixels

    def _fill(self, painter: QPainter, colour: QColor, scores: NDArray[np.float64]) -> None:
        """Fill what is below a score for each pixel, as a picture: Qt takes 40 ms to fill a jagged path."""
        place = painter.worldTransform().mapRect(QRectF(self._span.start, 0, self._span.length, 1)).toRect()
        rows = (place.height() - np.arange(place.height()) - 0.5)[:, None] / max(place.height(), 1)
        colour.setAlpha(FILL)
        values = np.where(rows < scores, np.uint32(colour.rgba()), np.uint32(0))  # [rows, pixels]
        values = np.ascontiguousarray(values)
        picture = QImage(values.data, len(scores), len(values), QImage.Format.Format_ARGB32)
        painter.save()
        painter.resetTransform()
        painter.drawImage(place, picture)
        painter.restore()

    def _draw_level(self, painter: QPainter, curve: Curve, level: float, style: Qt.PenStyle) -> None:
        colour = QColor(self._theme.text) if len(self.curves) == 1 else label_colour(curve.label)
        painter.setPen(_pen(colour, 1, style))
        painter.drawLine(pg.Point(self._span.start, level), pg.Point(self._span.end, level))


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(colour, width, style)
    pen.setCosmetic(True)
    return pen


class ScoreStrip(QWidget):
    """Scores on the time axis of the lanes."""

    sought = Signal(float)  # seconds
    threshold_dragged = Signal(str, float)  # label, threshold

    def __init__(self, span: TimeSpan) -> None:
        super().__init__()
        self._dragged = ""  # the label whose threshold the mouse has
        self.item, self.axis, self.playhead = ScoreItem(span), ScoreAxis(), Playhead()
        self._box = TimeBox(span)
        self._box.setYRange(BOTTOM, TOP, padding=0)
        axes: dict[str, pg.AxisItem] = {"left": self.axis}
        self.plot = time_plot(self._box, axes, name="Scores over time")
        self._lay_out()
        self._box.sought.connect(self.sought)
        self._box.dragged.connect(self._drag)
        self._box.pointed.connect(self._point)

    def _lay_out(self) -> None:
        self.playhead.stand_in(TOP)
        self._box.addItem(self.item)
        self._box.addItem(self.playhead)
        self.plot.setToolTip(HOW)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, RIGHT, 0)
        row.addWidget(self.plot)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        self.axis.wear(theme)
        self.item.wear(theme)

    def show_curves(self, curves: Sequence[Curve], remark: str = "") -> None:
        """Show these labels' scores, and a word on them."""
        names = [label_text(curve.label) for curve in curves]
        self.axis.name([*names, remark] if len(names) < 3 else [f"{len(names)} labels", remark])
        self.plot.setAccessibleDescription(", ".join(names) or remark)
        self.plot.setToolTip("\n".join(filter(None, (", ".join(names), HOW))))
        self.item.show_curves(curves)

    def _drag(self, drag: Drag) -> None:
        if drag.began:
            self._dragged = self._threshold_at(drag.start)
        if self._dragged:
            self.threshold_dragged.emit(self._dragged, round(min(max(drag.now.y(), 0.0), 1.0), 2))

    def _point(self, place: QPointF | None) -> None:
        near = place is not None and self._threshold_at(place)
        self.plot.setCursor(Qt.CursorShape.SizeVerCursor if near else Qt.CursorShape.ArrowCursor)

    def _threshold_at(self, place: QPointF) -> str:
        """Return the label whose threshold is drawn at a place; "" where none is."""
        reach = NEAR * self._box.viewPixelSize()[1]
        near = {abs(curve.threshold - place.y()): curve.label for curve in self.item.curves}
        return near[min(near)] if near and min(near) <= reach else ""

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        self.playhead.setPos(seconds, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return a strip."""
        return QSize(400, USUAL_HEIGHT)
