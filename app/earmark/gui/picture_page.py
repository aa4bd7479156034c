"""A picture as a paper shows it: a line above, the plots with their axes, the decibels beside and a legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QGraphicsView

from earmark.event_filter import Standing
from earmark.gui.axes import LEFT, RULER
from earmark.gui.colour_maps import colours_of
from earmark.gui.event_words import STANDING_WORDS
from earmark.gui.theme import LIGHT

MARGIN, GAP = 18, 10  # pixels around everything, between plots
HEAD, FOOT = 28, 26  # pixels of the line above, of the legend
BESIDE, BAR = 62, 12  # pixels of what is beside the spectrogram, of its bar
STEPS_DB = (5, 10, 20, 40)
TICK_PIXELS = 34  # between two levels at least
SWATCH = QSizeF(18, 11)
ALIGN = Qt.AlignmentFlag


@dataclass(frozen=True, kw_only=True)
class PageLanes:
    """Lanes of one model; the heading is "" where there is one model only."""

    heading: str
    plot: QGraphicsView

    @property
    def height(self) -> float:
        """Return the pixels of both."""
        return self.plot.height() + (HEAD if self.heading else 0)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is on a picture.

    Attributes:
        title: at the left above; facts: at the right above.
        lanes: from the top down; none where there are no events.
        standings, has_disagreements: what the legend explains.
        colours: the name of the colour map; decibels: of its first and last colour, None where nothing is drawn.
    """

    title: str
    facts: str
    spectrogram: QGraphicsView
    lanes: Sequence[PageLanes]
    standings: Sequence[Standing]
    has_disagreements: bool
    colours: str
    decibels: tuple[float, float] | None

    @property
    def size(self) -> QSizeF:
        """Return its width and height in pixels, before any magnification."""
        height = HEAD + self.spectrogram.height()
        if self.lanes:
            height += sum(GAP + each.height for each in self.lanes) + FOOT
        return QSizeF(self.spectrogram.width() + BESIDE + 2 * MARGIN, height + 2 * MARGIN)

    def draw(self, painter: QPainter) -> None:
        """Draw all of it, on white."""
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(QRectF(QPointF(), self.size), QColor("white"))
        width, top = self.spectrogram.width(), MARGIN + HEAD
        self._draw_head(painter, QRectF(MARGIN + LEFT, MARGIN, width - LEFT + BESIDE, HEAD))
        place = QRectF(MARGIN, top, width, self.spectrogram.height())
        _draw_plot(painter, self.spectrogram, place)
        painter.setPen(QPen(QColor(LIGHT.border), 1))
        painter.drawRect(place.adjusted(LEFT, RULER, 0, 0))
        if self.decibels:
            bar = QRectF(place.right() + GAP, top + RULER, BAR, place.height() - RULER)
            self._draw_decibels(painter, bar, *self.decibels)
        bottom = place.bottom()
        for lanes in self.lanes:
            _draw_lanes(painter, lanes, QRectF(MARGIN, bottom + GAP, width, lanes.height))
            bottom += GAP + lanes.height
        if self.lanes:
            self._draw_legend(painter, MARGIN + LEFT, bottom + FOOT / 2 + 3)

    def _draw_head(self, painter: QPainter, place: QRectF) -> None:
        font = QFont(QApplication.font())
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.muted))
        painter.drawText(place, ALIGN.AlignRight | ALIGN.AlignTop, self.facts)
        room = place.width() - painter.fontMetrics().horizontalAdvance(self.facts) - MARGIN
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(LIGHT.text))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideMiddle, int(max(room, 0)))
        painter.drawText(place, ALIGN.AlignLeft | ALIGN.AlignTop, title)
        painter.setFont(QApplication.font())

    def _draw_decibels(self, painter: QPainter, bar: QRectF, low: float, high: float) -> None:
        """Draw the colours from the lowest to the highest level, and ticks in round steps."""
        colours = np.ascontiguousarray(colours_of(self.colours)[::-1])
        picture = QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888)
        painter.drawImage(bar, picture)
        painter.setPen(QPen(QColor(LIGHT.text), 0.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.drawText(QRectF(bar.left(), bar.top() - RULER - 4, BESIDE, RULER - 6), ALIGN.AlignLeft, "dBFS")
        for level in levels_between(low, high, room=bar.height()):
            y = bar.bottom() - (level - low) / (high - low) * bar.height()
            painter.drawLine(QLineF(bar.right(), y, bar.right() + 4, y))
            text = f"{level:.0f}".replace("-", "−")
            painter.drawText(QRectF(bar.right() + 7, y - 10, BESIDE, 20), ALIGN.AlignVCenter, text)

    def _draw_legend(self, painter: QPainter, left: float, middle: float) -> None:
        """Say how accepted, rejected and unreviewed events are drawn; those that are there."""
        for standing in self.standings:
            swatch = QRectF(QPointF(left, middle - SWATCH.height() / 2), SWATCH)
            _draw_swatch(painter, swatch, standing)
            left = _draw_word(painter, STANDING_WORDS[standing], swatch.right() + 6, middle)
        if self.has_disagreements:
            swatch = QRectF(QPointF(left, middle - SWATCH.height() / 2), SWATCH)
            painter.fillRect(swatch, QBrush(QColor(LIGHT.text), Qt.BrushStyle.BDiagPattern))
            _draw_word(painter, "Another model hears something else", swatch.right() + 6, middle)


def levels_between(low: float, high: float, *, room: float) -> list[int]:
    """Return the levels that are named on a bar of so many pixels, in steps of 5, 10, 20 or 40 dB."""
    most = max(room / TICK_PIXELS, 1)
    step = next((step for step in STEPS_DB if (high - low) / step <= most), STEPS_DB[-1])
    first = -int(-low // step) * step
    return list(range(first, int(high) + 1, step))


def _draw_lanes(painter: QPainter, lanes: PageLanes, place: QRectF) -> None:
    """Draw lanes, under their heading where they have one."""
    if lanes.heading:
        painter.setPen(QColor(LIGHT.text))
        painter.drawText(place.adjusted(LEFT, 6, 0, 0), ALIGN.AlignLeft | ALIGN.AlignTop, lanes.heading)
        place = place.adjusted(0, HEAD, 0, 0)
    _draw_plot(painter, lanes.plot, place)


def _draw_plot(painter: QPainter, plot: QGraphicsView, place: QRectF) -> None:
    """Draw a plot as vectors: its text is sharp at any magnification."""
    painter.save()
    plot.render(painter, place, plot.viewport().rect(), Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.restore()


def _draw_word(painter: QPainter, word: str, left: float, middle: float) -> float:
    """Draw a word of the legend; return where the next one begins."""
    width = painter.fontMetrics().horizontalAdvance(word)
    painter.setPen(QColor(LIGHT.text))
    painter.drawText(QRectF(left, middle - 10, width + 4, 20), ALIGN.AlignVCenter, word)
    return left + width + 2 * GAP


def _draw_swatch(painter: QPainter, place: QRectF, standing: Standing) -> None:
    """Draw a bar as the lanes draw it, in grey: the colours belong to the labels."""
    colour, fill = QColor(LIGHT.muted), QColor(LIGHT.muted)
    fill.setAlpha({"unreviewed": 90, "rejected": 0}.get(standing, 255))
    line = Qt.PenStyle.DotLine if standing == "rejected" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(colour, 1, line))
    painter.setBrush(fill)
    painter.drawRect(place)
    _draw_sign(painter, place, standing)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_sign(painter: QPainter, place: QRectF, standing: Standing) -> None:
    """Draw what is on a bar: struck through, ticked, or its corner marked."""
    x, y = place.left() + 4, place.center().y()
    if standing == "rejected":
        painter.drawLine(QLineF(place.left() - 2, y, place.right() + 2, y))
    elif standing == "accepted":
        painter.setPen(QPen(QColor("white"), 1.6))
        painter.drawPolyline([QPointF(x, y), QPointF(x + 2.6, y + 3), QPointF(x + 7.2, y - 3)])
    elif standing == "drawn":
        painter.fillRect(QRectF(place.left() + 2, place.top() + 2, 4, 4), QColor("white"))
