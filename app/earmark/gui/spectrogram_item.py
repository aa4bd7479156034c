"""The spectrogram in a plot: x is seconds, y the height of the frequency scale in 0..1."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter

from earmark.gui.pixels import Pixels, Style
from earmark.loudness import automatic_range, range_below_loudest
from earmark.spectrogram import TILE_COLUMNS, Bytes

MOST_ROWS = 2048
AHEAD = 3  # tiles beyond those in view that are computed too, where the view is going


class SpectrogramItem(pg.GraphicsObject):
    """Draws the tiles in view; says which it lacks, and draws coarser ones meanwhile."""

    lacked = Signal(list)  # (level, index) of tiles: those in view, then those that will be
    range_changed = Signal(float, float)  # decibels of the first and the last colour

    def __init__(self) -> None:
        super().__init__()
        self.pixels: Pixels | None = None
        self.style = Style()
        self._range: tuple[float, float] | None = None
        self._seen: tuple[int, range] = (0, range(0))  # level and tiles of the last paint
        self._direction = 1
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Draw another recording, or none."""
        self.prepareGeometryChange()
        self.pixels = pixels
        if pixels:
            pixels.show(self.style)
        self._show()

    def add_sampled(self, columns: Bytes) -> None:
        """Draw a sample of places where nothing else is known."""
        if self.pixels:
            self.pixels.add_sampled(columns)
            self._show()

    def add_whole(self, first: int, columns: Bytes) -> None:
        """Draw columns of the whole level that have been computed."""
        if self.pixels:
            self.pixels.add_whole(first, columns)
            self._show()

    def add_tile(self, level: int, index: int, columns: Bytes) -> None:
        """Draw a tile that has been computed."""
        if self.pixels:
            self.pixels.add_tile(level, index, columns)
            self.update()

    def show_scale(self, name: str) -> None:
        """Draw on another frequency scale."""
        self._restyle(replace(self.style, scale=name))

    def show_colours(self, name: str) -> None:
        """Draw in another colour map."""
        self._restyle(replace(self.style, colours=name))

    def show_range(self, low: float, high: float) -> None:
        """Draw `low` decibels in the first colour, `high` in the last."""
        self._restyle(replace(self.style, decibels=(low, high)))

    def show_auto(self) -> None:
        """Let the range follow from what is in the recording: its background, and nearly its loudest."""
        self._restyle(replace(self.style, decibels=automatic_range))

    def show_default(self) -> None:
        """Let the range be 80 dB below the loudest."""
        self._restyle(replace(self.style, decibels=range_below_loudest))

    def _restyle(self, style: Style) -> None:
        self.style = style
        if self.pixels:
            self.pixels.show(style)
        self._show()

    def _show(self) -> None:
        decibels = self.pixels.decibel_range if self.pixels else None
        if decibels and decibels != self._range:
            self.range_changed.emit(*decibels)
        self._range = decibels
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
        drawing = _Drawing(self.pixels, painter, device, exposed, rows(device.height() * ratio))
        lacking = drawing.draw(level)
        painter.restore()
        if lacking := lacking + self._lacking_ahead(level, drawing.tiles(level)):
            self.lacked.emit(lacking)

    def _lacking_ahead(self, level: int, seen: range) -> list[tuple[int, int]]:
        """Return the tiles that come into view next, if it goes on as it went."""
        if seen.start == seen.stop or not self.pixels:
            return []
        before, self._seen = self._seen, (level, seen)
        if before[0] == level and before[1] != seen:
            self._direction = 1 if seen.start + seen.stop > before[1].start + before[1].stop else -1
        edge = seen.stop if self._direction > 0 else seen.start - 1
        ahead = [edge + self._direction * each for each in range(AHEAD)]
        there = range(self.pixels.grid.tiles(level))
        return [(level, each) for each in ahead if each in there and not self.pixels.has_tile(level, each)]


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
        lacking = [index for index in self.tiles(level) if not self.pixels.has_tile(level, index)]
        if lacking:
            self._draw_level(whole_level)
        self._draw_level(level)
        return [(level, index) for index in lacking]

    def tiles(self, level: int) -> range:
        """Return the tiles that are exposed."""
        seconds = self.pixels.grid.column_seconds(level) * TILE_COLUMNS
        last = min(math.ceil(self.exposed.right() / seconds), self.pixels.grid.tiles(level))
        return range(int(self.exposed.left() / seconds), last)

    def _draw_level(self, level: int) -> None:
        column = self.pixels.grid.column_seconds(level) * self.device.width() / self.pixels.grid.duration
        top, bottom = round(self.device.top()), round(self.device.bottom())
        for index in self.tiles(level):
            picture = self.pixels.picture(level, index, self.rows)
            if picture is not None:
                left = round(self.device.left() + index * TILE_COLUMNS * column)
                right = round(self.device.left() + (index * TILE_COLUMNS + picture.width()) * column)
                self.painter.drawImage(QRect(left, top, max(right - left, 1), bottom - top), picture)


def rows(height: float) -> int:
    """Return how many rows a picture has for a height in device pixels: one for each, so that no line is lost."""
    return min(max(1, round(height)), MOST_ROWS)
