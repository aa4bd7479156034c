"""The spectrogram in a plot: x is seconds, y the height of the frequency scale in 0..1."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter

from earmark.gui.pixels import Heights, Pixels, Style
from earmark.loudness import automatic_range, range_below_loudest
from earmark.spectrogram import TILE_COLUMNS, Bytes, Grid

MOST_ROWS = 4096
AHEAD = 3  # tiles beyond those in view that are computed too, where the view is going


@dataclass(frozen=True)
class Place:
    """How it was painted: which level, where the whole recording would lie on the device, which frequencies."""

    level: int
    device: QRectF
    heights: Heights


class SpectrogramItem(pg.GraphicsObject):
    """Draws the tiles in view; says which it lacks, and draws coarser ones meanwhile."""

    lacked = Signal(list)  # (level, index) of tiles: those in view, then those that will be
    range_changed = Signal(float, float)  # decibels of the first and the last colour

    def __init__(self) -> None:
        super().__init__()
        self.pixels: Pixels | None = None
        self.style = Style()
        self._range: tuple[float, float] | None = None
        self.place: Place | None = None  # of the last paint
        self._seen: tuple[int, range] = (0, range(0))  # level and tiles of the last paint
        self._direction = 1
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    @property
    def level_in_view(self) -> int:
        """Return the level that was painted last."""
        return self._seen[0]

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
        drawing = self._drawing(self.pixels, painter)
        self.place = Place(drawing.level, drawing.device, drawing.heights)
        painter.save()
        painter.resetTransform()
        drawing.draw(exposed)
        painter.restore()
        if lacking := self._lacking(self.pixels, drawing.level):
            self.lacked.emit(lacking)

    def _drawing(self, pixels: Pixels, painter: QPainter) -> _Drawing:
        """Return what draws the part of the frequency axis that is in view, whatever little of it is exposed."""
        in_view, transform, ratio = self._in_view(), painter.worldTransform(), painter.device().devicePixelRatioF()
        low, high = max(in_view.top(), 0.0), min(in_view.bottom(), 1.0)
        device = transform.mapRect(QRectF(0, low, pixels.grid.duration, high - low))
        height = (round(device.bottom()) - round(device.top())) * ratio
        heights = Heights(low, high, min(max(round(height), 1), MOST_ROWS))
        return _Drawing(pixels, painter, device, heights, pixels.grid.level_for(transform.m11() * ratio))

    def _in_view(self) -> QRectF:
        """Return the seconds and heights in view, exactly as they were set: they are part of the pictures' names."""
        box: Any = self.getViewBox()
        if not isinstance(box, pg.ViewBox):
            return self.boundingRect()
        (start, end), (low, high) = box.viewRange()
        return QRectF(start, low, end - start, high - low)

    def _lacking(self, pixels: Pixels, level: int) -> list[tuple[int, int]]:
        """Return what is missing of the tiles in view, then of those that come next, if the view goes on as it went."""
        in_view = self._in_view()
        seen, before = tiles_between(pixels.grid, level, in_view.left(), in_view.right()), self._seen
        self._seen = (level, seen)
        if before[0] == level and before[1] != seen:
            self._direction = 1 if seen.start + seen.stop > before[1].start + before[1].stop else -1
        edge = seen.stop if self._direction > 0 else seen.start - 1
        ahead = [edge + self._direction * each for each in range(AHEAD)]
        there = range(pixels.grid.tiles(level))
        wanted = [*seen, *(each for each in ahead if each in there)]
        return [(level, each) for each in wanted if not pixels.has_tile(level, each)]


def tiles_between(grid: Grid, level: int, start: float, end: float) -> range:
    """Return the tiles that are at least partly between two times."""
    seconds = grid.column_seconds(level) * TILE_COLUMNS
    last = min(math.ceil(end / seconds), grid.tiles(level))
    return range(min(max(int(start / seconds), 0), last), last)


@dataclass(frozen=True)
class _Drawing:
    """One paint: where the recording's frequencies in view lie on the device, and in which detail they are drawn."""

    pixels: Pixels
    painter: QPainter
    device: QRectF
    heights: Heights
    level: int

    def draw(self, exposed: QRectF) -> None:
        """Draw the tiles that are exposed, over coarser ones where some are not there yet."""
        levels = [self.level]
        while levels[-1] < self.pixels.grid.whole_level and not self._has_all(levels[-1], exposed):
            levels.append(levels[-1] + 1)
        for level in reversed(levels):
            self._draw_tiles(level, self._tiles(level, exposed))

    def _tiles(self, level: int, exposed: QRectF) -> range:
        return tiles_between(self.pixels.grid, level, exposed.left(), exposed.right())

    def _has_all(self, level: int, exposed: QRectF) -> bool:
        return all(self.pixels.has_tile(level, index) for index in self._tiles(level, exposed))

    def _draw_tiles(self, level: int, tiles: range) -> None:
        column = self.pixels.grid.column_seconds(level) * self.device.width() / self.pixels.grid.duration
        top, bottom = round(self.device.top()), round(self.device.bottom())
        for index in tiles:
            picture = self.pixels.picture(level, index, self.heights)
            if picture is not None:
                left = round(self.device.left() + index * TILE_COLUMNS * column)
                right = round(self.device.left() + (index * TILE_COLUMNS + picture.width()) * column)
                self.painter.drawImage(QRect(left, top, max(right - left, 1), bottom - top), picture)
