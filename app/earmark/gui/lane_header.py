"""The lanes' names with their number keys: a click selects a label, the right button says what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from earmark.gui.axes import LEFT
from earmark.gui.label_colours import label_colour, label_text
from earmark.gui.theme import DARK, Theme

KEY_LEFT, KEY_PIXELS = 6, 12  # pixels: where the number key stands
STRIPE = 3  # pixels of the label's colour at the left of the lane that is marked


class LaneHeader(pg.AxisItem):
    """Names at the left of the lanes, elided where they do not fit."""

    clicked = Signal(str)  # label
    menu_asked = Signal(str, QPoint)  # label, place on the screen

    def __init__(self) -> None:
        super().__init__("left", maxTickLength=0)
        self.setWidth(LEFT)
        self.setStyle(tickTextOffset=6)
        self._labels: Sequence[str] = ()
        self._keys: Mapping[str, int] = {}
        self._marked = ""
        self._theme: Theme = DARK

    @property
    def _lanes(self) -> Any:
        """Return the plot beside it: pyqtgraph does not say what it is."""
        return self.linkedView()

    def show_labels(self, labels: Sequence[str]) -> None:
        """Name the lanes, from the top down."""
        self._labels = labels
        self._draw_anew()

    def show_keys(self, keys: Mapping[str, int]) -> None:
        """Show label → number key."""
        self._keys = keys
        self._draw_anew()

    def mark(self, label: str) -> None:
        """Mark a label as the one that is chosen; "" marks none."""
        self._marked = label
        self._draw_anew()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.setPen(QColor(theme.border))
        self.setTextPen(QColor(theme.text))

    def _draw_anew(self) -> None:
        self.picture = None
        self.update()

    def label_at(self, scene: QPointF) -> str:
        """Return the label at a place of the scene; "" where there is none."""
        row = int(self._lanes.mapSceneToView(scene).y() // 1)
        return self._labels[row] if 0 <= row < len(self._labels) else ""

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return the middles of the lanes in view."""
        top, bottom = sorted((minVal, maxVal))  # the lanes count downwards
        middles = [index + 0.5 for index in range(len(self._labels))]
        return [(1, [middle for middle in middles if top <= middle <= bottom])]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return the names."""
        metrics = QFontMetricsF(self.font())
        names = [label_text(self._labels[int(value)]) for value in values]
        room = LEFT - 14 - KEY_PIXELS
        return [metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) for name in names]

    def drawPicture(self, p, axisSpec, tickSpecs, textSpecs) -> None:  # noqa: N802, N803 - pyqtgraph's
        """Draw the names, and beside them the keys."""
        super().drawPicture(p, axisSpec, tickSpecs, textSpecs)
        for row, label in enumerate(self._labels):
            self._draw_beside(p, label, self._place(row))

    def _place(self, row: int) -> QRectF:
        """Return where a lane's header is, in this item's pixels."""
        ends = (self._lanes.mapFromView(QPointF(0, row + part)) for part in (0.0, 1.0))
        top, bottom = (self.mapFromItem(self._lanes, end).y() for end in ends)
        return QRectF(0, top, self.width(), bottom - top)

    def _draw_beside(self, painter: QPainter, label: str, place: QRectF) -> None:
        if not QRectF(0, 0, self.width(), self.height()).intersects(place):
            return
        if label == self._marked:
            painter.fillRect(QRectF(0, place.top() + 2, STRIPE, place.height() - 4), label_colour(label))
        if label in self._keys:
            small = QFont(self.font())
            small.setPointSizeF(max(small.pointSizeF() * 0.8, 6.0))
            painter.setFont(small)
            painter.setPen(QColor(self._theme.muted))
            key = QRectF(KEY_LEFT, place.top(), KEY_PIXELS, place.height())
            painter.drawText(key, Qt.AlignmentFlag.AlignVCenter, str(self._keys[label]))

    def mouseClickEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Choose a label, or ask what can be done with it."""
        label = self.label_at(event.scenePos())
        if not label:
            return
        event.accept()
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(label, event.screenPos().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(label)

    def mouseDragEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Leave the lanes where they are."""
        event.ignore()

    def wheelEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Do what the wheel does over the lanes."""
        self._lanes.wheelEvent(event)
