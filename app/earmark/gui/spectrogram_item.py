"""The spectrogram in a plot: x is seconds, y the height of the frequency scale in 0..1."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter

from earmark.gui.pixels import Pixels
from earmark.spectrogram import TILE_COLUMNS, Bytes

ROW_STEP = 32  # pictures are made for heights of whole steps, so that resizing does not make them all anew
MOST_ROWS = 1024


class SpectrogramItem(pg.GraphicsObject):
    """Draws the tiles in view; says which it lacks, and draws coarser ones meanwhile."""

    lacked = Signal(list)  # (level, index) of tiles, in view

    def __init__(self) -> None:
        super().__init__()
        self.pixels: Pixels | None = None
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Draw another recording, or none."""
        self.prepareGeometryChange()
        self.pixels = pixels
        self.update()

    def add_tile(self, level: int, index: int, columns: Bytes) -> None:
        """Draw a tile that has been computed."""
        if self.pixels:
            self.pixels.add_tile(level, index, columns)
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return the recording's span at full height."""
        return QRectF(0, 0, self.pixels.grid.duration if self.pixels else 1.0, 1.0)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw what is exposed, tile by tile, on whole pixels of the device."""
        if self.pixels is None:
            return
        exposed = option.exposedRect.intersected(self.boundingRect())
        transform = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        device = transform.mapRect(self.boundingRect())
        level = self.pixels.grid.level_for(transform.m11() * ratio)
        painter.save()
        painter.resetTransform()
        lacking = _Drawing(self.pixels, painter, device, exposed, rows(device.height() * ratio)).draw(level)
        painter.restore()
        if lacking:
            self.lacked.emit(lacking)


@dataclass(frozen=True)
class _Drawing:
    """One paint: the whole recording's rectangle on the device, and the stretch of it that is exposed, in seconds."""

    pixels: Pixels
    painter: QPainter
    device: QRectF
    exposed: QRectF
    rows: int

    def draw(self, level: int) -> list[tuple[int, int]]:
        """Draw at a level, over the whole level where tiles are missing; return those that can be computed."""
        whole_level = self.pixels.grid.whole_level
        lacking = [index for index in self._tiles(level) if self.pixels.picture(level, index, self.rows) is None]
        if lacking:
            self._draw_level(whole_level)
        self._draw_level(level)
        return [(level, index) for index in lacking] if level < whole_level else []

    def _tiles(self, level: int) -> range:
        seconds = self.pixels.grid.column_seconds(level) * TILE_COLUMNS
        return range(int(self.exposed.left() / seconds), math.ceil(self.exposed.right() / seconds))

    def _draw_level(self, level: int) -> None:
        column = self.pixels.grid.column_seconds(level) * self.device.width() / self.pixels.grid.duration
        top, bottom = round(self.device.top()), round(self.device.bottom())
        for index in self._tiles(level):
            picture = self.pixels.picture(level, index, self.rows)
            if picture is not None:
                left = round(self.device.left() + index * TILE_COLUMNS * column)
                right = round(self.device.left() + (index * TILE_COLUMNS + picture.width()) * column)
                self.painter.drawImage(QRect(left, top, max(right - left, 1), bottom - top), picture)


def rows(height: float) -> int:
    """Return how many rows a picture is made with for a height in device pixels."""
    return min(max(ROW_STEP, math.ceil(height / ROW_STEP) * ROW_STEP), MOST_ROWS)
