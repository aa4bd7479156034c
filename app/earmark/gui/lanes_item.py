"""All event lanes as one item of the plot, drawn in a few calls whatever the number of events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from earmark.disagreements import NO_SPANS, Spans
from earmark.event_filter import STANDINGS
from earmark.gui.label_colours import label_colour, on_colour
from earmark.gui.lanes import Lane
from earmark.gui.theme import DARK, Theme
from earmark.times import time_text

BAR_PART = 0.66  # of a lane's height
ROW_GAP = 1.0  # pixels between the rows of a lane
NARROWEST = 2.0  # pixels
FRAMED, CORNERED, TICKED = 4.0, 8.0, 14.0  # pixels: a bar of that width has room for a frame, a corner, a tick
BEYOND = 40.0  # pixels beside the view: frames and ticks of what begins there are not seen
TRANSLUCENT, HATCHED = 105, 150  # of 255
UNREVIEWED, ACCEPTED, REJECTED, DRAWN = range(len(STANDINGS))
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event as it would be if the mouse were let go now; `row` is its lane's, from the top."""

    label: str
    row: int
    onset: float
    offset: float


@dataclass(frozen=True)
class _Bars:
    """Where bars are, in pixels: [bars, left top width height]."""

    places: Floats

    def some(self, which: NDArray[np.bool_]) -> _Bars:
        return _Bars(self.places[which])

    @property
    def widths(self) -> Floats:
        return self.places[:, 2]

    def rects(self) -> list[QRectF]:
        return [QRectF(*place) for place in self.places.tolist()]

    def grown(self, pixels: float) -> _Bars:
        """Return these, larger on every side; smaller where `pixels` is below 0."""
        return _Bars(self.places + np.array([-pixels, -pixels, 2 * pixels, 2 * pixels]))

    def joined(self) -> _Bars:
        """Return these, of one row and in order of time, those that share a pixel as one."""
        left, top, width, height = self.places.T
        right = np.maximum.accumulate(left + width)
        first = np.flatnonzero(np.concatenate([[True], left[1:] - right[:-1] >= 1]))
        last = np.append(first[1:], len(left)) - 1
        return _Bars(np.stack([left[first], top[first], right[last] - left[first], height[first]], axis=1))

    def apart(self) -> _Bars:
        """Return these without all but the first of those narrow ones that share a pixel and a row."""
        if len(self.places) < 2:
            return self
        left, top = np.floor(self.places[:, 0]), self.places[:, 1]
        new = (np.diff(left, prepend=-np.inf) >= 1) | (np.diff(top, prepend=-np.inf) != 0)
        return self.some(new | (self.widths > NARROWEST))


class LanesItem(pg.GraphicsObject):
    """The lanes: x is seconds, y counts lanes from the top."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.lanes: list[Lane] = []
        self.draft: Draft | None = None
        self.differing: Mapping[str, Spans] = {}
        self._marked: tuple[str, float, float] | None = None  # label, onset, offset
        self.selected: NDArray[np.intp] = np.zeros(0, np.intp)
        self._theme: Theme = DARK
        self._duration = 1.0

    def show_lanes(self, lanes: list[Lane], duration: float) -> None:
        """Draw these."""
        self.prepareGeometryChange()
        self.lanes, self._duration = lanes, duration
        self.update()

    def show_differing(self, spans: Mapping[str, Spans]) -> None:
        """Hatch these stretches of these labels' lanes: another model hears something else there."""
        self.differing = spans
        self.update()

    def mark(self, label: str, onset: float, offset: float) -> None:
        """Frame a stretch of a label's lane; one without a label is none."""
        self._marked = (label, onset, offset)
        self.update()

    def show_draft(self, draft: Draft | None) -> None:
        """Draw what is being dragged."""
        self.draft = draft
        self.update()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def select(self, numbers: Collection[int]) -> None:
        """Outline these events."""
        self.selected = np.array(sorted(numbers), np.intp)
        self.update()

    def event_at(self, seconds: float, height: float, slack: float) -> int | None:
        """Return the number of the event at a place, or None."""
        row = int(np.floor(height))
        if not 0 <= row < len(self.lanes):
            return None
        within = (height - row - (1 - BAR_PART) / 2) / BAR_PART
        return self.lanes[row].at(seconds, slack, min(max(within, 0.0), 0.999))

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return all lanes over the whole recording, and one more for what is drawn under them."""
        return QRectF(0, 0, self._duration, len(self.lanes) + 1)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw the lanes that are exposed."""
        exposed = option.exposedRect
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        for row in range(max(0, int(exposed.top())), min(len(self.lanes), int(exposed.bottom()) + 1)):
            place = transform.mapRect(QRectF(0, row, self._duration, 1))
            self._draw_line(painter, place)
            self._draw_lane(painter, self.lanes[row], place, exposed)
        if self.draft:
            self._draw_draft(painter, self.draft, transform.mapRect(QRectF(0, self.draft.row, self._duration, 1)))
        painter.restore()

    def _draw_line(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(QColor(self._theme.grid), 1))
        bottom = round(place.bottom()) - 0.5
        painter.drawLine(QPointF(place.left(), bottom), QPointF(place.right(), bottom))

    def _draw_lane(self, painter: QPainter, lane: Lane, place: QRectF, exposed: QRectF) -> None:
        shown = lane.between(exposed.left(), exposed.right())
        bars = self._bars(lane, shown, place)
        stands, colour = lane.stands[shown], label_colour(lane.label)
        _draw_unreviewed(painter, bars.some(stands == UNREVIEWED), colour)
        _draw_solid(painter, bars.some((stands == ACCEPTED) | (stands == DRAWN)), colour)
        _draw_rejected(painter, bars.some(stands == REJECTED), colour)
        _draw_ticks(painter, bars.some(stands == ACCEPTED), on_colour(lane.label))
        _draw_corners(painter, bars.some(stands == DRAWN), on_colour(lane.label))
        if len(self.selected):
            self._outline(painter, bars.some(np.isin(lane.numbers[shown], self.selected)))
        self._draw_differing(painter, self.differing.get(lane.label, NO_SPANS), place, exposed)
        if self._marked and self._marked[0] == lane.label:
            self._draw_mark(painter, np.array([self._marked[1:]]), place)

    def _bars(self, lane: Lane, shown: slice, place: QRectF) -> _Bars:
        """Return the bars of the events of a lane."""
        height = place.height() * BAR_PART / lane.row_counts[shown]
        gap = np.where(lane.row_counts[shown] > 1, ROW_GAP, 0.0)
        left, widths = self._extent(lane.onsets[shown], lane.offsets[shown], place)
        top = place.top() + place.height() * (1 - BAR_PART) / 2 + lane.rows[shown] * height
        return _Bars(np.stack([left, np.round(top), widths, np.round(height - gap)], axis=1))

    def _extent(self, onsets: Floats, offsets: Floats, place: QRectF) -> tuple[Floats, Floats]:
        """Return left edges and widths in pixels, cut off outside of the view: the painter takes no larger numbers."""
        scale = place.width() / self._duration
        view: QRectF = self.viewRect() or self.boundingRect()
        onsets = np.maximum(onsets, view.left() - BEYOND / scale)
        offsets = np.minimum(offsets, view.right() + BEYOND / scale)
        return place.left() + onsets * scale, np.maximum((offsets - onsets) * scale, NARROWEST)

    def _whole(self, spans: Spans, place: QRectF) -> _Bars:
        """Return stretches as bars as high as their lane."""
        left, widths = self._extent(spans[:, 0], spans[:, 1], place)
        top, height = np.full(len(spans), round(place.top()) + 1.0), np.full(len(spans), round(place.height()) - 3.0)
        return _Bars(np.stack([left, top, widths, height], axis=1))

    def _draw_differing(self, painter: QPainter, spans: Spans, place: QRectF, exposed: QRectF) -> None:
        spans = spans[(spans[:, 1] >= exposed.left()) & (spans[:, 0] <= exposed.right())]
        if len(spans):
            colour = QColor(self._theme.text)
            colour.setAlpha(HATCHED)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
            painter.drawRects(self._whole(spans, place).joined().rects())

    def _draw_mark(self, painter: QPainter, span: Spans, place: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        painter.drawRects(self._whole(span, place).grown(0.5).rects())

    def _outline(self, painter: QPainter, bars: _Bars) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        painter.drawRects(bars.grown(2.0).rects())

    def _draw_draft(self, painter: QPainter, draft: Draft, place: QRectF) -> None:
        scale = place.width() / self._duration
        left, width = place.left() + draft.onset * scale, (draft.offset - draft.onset) * scale
        bar = QRectF(left, place.top() + 2, max(width, NARROWEST), place.height() - 5)
        fill = label_colour(draft.label) if draft.label else QColor(self._theme.muted)
        fill.setAlpha(TRANSLUCENT)
        painter.setBrush(fill)
        painter.setPen(QPen(QColor(self._theme.text), 1, Qt.PenStyle.DashLine))
        painter.drawRect(bar)
        self._write(painter, QPointF(bar.right() + 6, bar.center().y()), draft)

    def _write(self, painter: QPainter, at: QPointF, draft: Draft) -> None:
        text = f"{time_text(draft.onset, 2)} – {time_text(draft.offset, 2)}"
        size = painter.fontMetrics().size(0, text)
        place = QRectF(at.x(), at.y() - size.height() / 2, size.width() + 6, size.height())
        painter.fillRect(place, QColor(self._theme.plot))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _draw_unreviewed(painter: QPainter, bars: _Bars, colour: QColor) -> None:
    """Fill so that the ground shines through, in a solid frame; narrow ones are all frame."""
    framed = bars.widths >= FRAMED
    _draw_solid(painter, bars.some(~framed), colour)
    fill = QColor(colour)
    fill.setAlpha(TRANSLUCENT)
    painter.setBrush(fill)
    painter.setPen(QPen(colour, 1))
    painter.drawRects(bars.some(framed).grown(-0.5).rects())


def _draw_solid(painter: QPainter, bars: _Bars, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects(bars.apart().rects())


def _draw_rejected(painter: QPainter, bars: _Bars, colour: QColor) -> None:
    """Draw an empty frame, struck through."""
    if not len(bars.places):
        return
    bars = bars.apart()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
    painter.drawRects(bars.grown(-0.5).rects())
    painter.setPen(QPen(colour, 1))
    left, top, width, height = bars.grown(2.0).places.T
    ends = np.stack([left, top + height / 2, left + width, top + height / 2], axis=1)
    painter.drawLines([QLineF(*line) for line in ends.tolist()])


def _draw_ticks(painter: QPainter, bars: _Bars, colour: QColor) -> None:
    """Tick what a person has accepted, where there is room."""
    lines = []
    for left, top, _, height in bars.some(bars.widths >= TICKED).places.tolist():
        x, y, size = left + 4, top + height / 2, min(height / 3.5, 4.0)
        lines.append(QLineF(x, y, x + size * 0.8, y + size))
        lines.append(QLineF(x + size * 0.8, y + size, x + size * 2.2, y - size))
    if lines:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.6))
        painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _draw_corners(painter: QPainter, bars: _Bars, colour: QColor) -> None:
    """Mark a corner of what a person drew."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    marked = bars.some(bars.widths >= CORNERED).places.tolist()
    painter.drawRects([QRectF(left + 2, top + 2, 4, 4) for left, top, _, _ in marked])
