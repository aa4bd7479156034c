"""A plot of live sound on a belt: drawn a few times a second, and pushed along in between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from earmark.gui.axes import TimeAxis

NOW = ((3, QColor("#101010")), (1, QColor("#ffffff")))  # pixels and colours of the line there, one on the other
ROOM_SECONDS = 1.6  # beyond the view, for what comes until the plot is drawn anew
SEEN = QWidget.RenderFlag(0)  # the plot itself, without what lies on it


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Columns as they are seen: from which second to which, from the top to the bottom pixel of the plot."""

    image: QImage
    onset: float
    offset: float
    heights: tuple[int, int]


class Belt(QWidget):
    """Lies on a plot and is seen instead of it, from `lay` to `lift`.

    To draw a plot whose axis has moved takes five milliseconds; to push its picture takes a fifth of one. The mouse
    reaches the plot all the same.
    """

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot.viewport())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._plot, self._updates = plot, plot.viewportUpdateMode()
        self._picture, self._ratio = QPixmap(), 1.0
        self._box, self._room = QRect(), 0  # what moves, in pixels of the plot; pixels beyond it
        self._start, self._scale = 0.0, 1.0  # seconds at the left of the box; pixels in a second
        self.moved = 0.0  # pixels
        self._head = 0  # pixel of now
        self.hide()

    @property
    def seconds_a_pixel(self) -> float:
        """Return how far a step is of which the plot's picture stays sharp."""
        return 1 / (self._scale * self.devicePixelRatioF())

    @property
    def has_room(self) -> bool:
        """Tell whether it can be pushed on; else the plot has to be drawn anew."""
        viewport = self._plot.viewport()
        lies = self.isVisible() and self.size() == viewport.size()
        return not viewport.isVisible() or (lies and self.moved < self._room)

    def lay(self) -> None:
        """Draw the plot as it is now, and show that until `lift`."""
        viewport = self._plot.viewport()
        if not viewport.isVisible():
            return
        item: Any = self._plot.getPlotItem()
        box = item.getViewBox()
        (self._start, end), _ = box.viewRange()
        scene = QRectF(box.mapRectToScene(box.rect()))
        self._box = QRect(math.ceil(scene.left()), 0, math.floor(scene.width()), viewport.height())
        self._scale = scene.width() / (end - self._start)
        self._room, self.moved = min(math.ceil(ROOM_SECONDS * self._scale), self._box.width()), 0.0
        self._draw(viewport)
        self.setGeometry(viewport.rect())
        self._plot.setViewportUpdateMode(pg.QtWidgets.QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.show()
        self.update()

    def lift(self) -> None:
        """Show the plot itself again."""
        if self.isVisible():
            self._plot.setViewportUpdateMode(self._updates)
            self.hide()
            self._plot.viewport().update()

    def add(self, picture: Picture) -> None:
        """Draw columns of the spectrogram where they belong."""
        left, right = (
            round(self._box.left() + (each - self._start) * self._scale) for each in (picture.onset, picture.offset)
        )
        top, bottom = picture.heights
        painter = QPainter(self._picture)
        painter.drawImage(QRect(left, top, max(right - left, 1), bottom - top), picture.image)

    def move_to(self, now: float) -> None:
        """Push it so far that a time is in view; show there where now is."""
        ratio = self.devicePixelRatioF()
        place = self._box.left() + (now - self._start) * self._scale
        moved = max(0, round((place - self._box.left() - self._box.width()) * ratio)) / ratio
        head = min(round(place), self._box.left() + self._box.width())
        before = (self.moved, self._head)
        self.moved, self._head = moved, head
        if moved != before[0]:
            self.update(self._box)
        elif head != before[1]:
            self.update(min(head, before[1]) - 3, 0, abs(head - before[1]) + 6, self.height())

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw what stands, what moves, and now."""
        painter, ratio, height = QPainter(self), self._ratio, self._box.height()
        left, width = self._box.left(), self._box.width()
        if event.rect().left() < left:
            painter.drawPixmap(QRectF(0, 0, left, height), self._picture, QRectF(0, 0, left * ratio, height * ratio))
        pushed = QRectF((left + self.moved) * ratio, 0, width * ratio, height * ratio)
        painter.drawPixmap(QRectF(self._box), self._picture, pushed)
        for wide, colour in NOW:
            painter.fillRect(self._head - wide // 2, 0, wide, height, colour)

    def _draw(self, viewport: QWidget) -> None:
        """Draw the plot; what lies beyond goes on as it is at its edge, until something is known of it."""
        self._ratio = ratio = viewport.devicePixelRatioF()
        size = viewport.size() + QSize(self._room, 0)
        if self._picture.size() != size * ratio:
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
        viewport.render(self._picture, QPoint(), QRegion(viewport.rect()), SEEN)
        edge = self._picture.copy(round((viewport.width() - 1) * ratio), 0, 1, round(viewport.height() * ratio))
        painter = QPainter(self._picture)
        painter.drawPixmap(QRect(viewport.width(), 0, self._room, viewport.height()), edge)
        self._draw_ruler(painter)

    def _draw_ruler(self, painter: QPainter) -> None:
        """Draw the ruler on into what lies beyond: its labels come into view with the rest."""
        item: Any = self._plot.getPlotItem()
        ruler = item.getAxis("top")
        if not isinstance(ruler, TimeAxis) or not ruler.isVisible():
            return
        across = ruler.mapRectToScene(ruler.rect())
        place = QRectF(self._box.left(), across.top(), self._box.width() + self._room, across.height())
        painter.fillRect(place, self._plot.backgroundBrush())
        ruler.draw_from(self._start, self._start + place.width() / self._scale, painter, place)
