"""Event lanes: one per label, under the spectrogram, on its time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from earmark.events import Event
from earmark.gui.label_colours import label_colour
from earmark.gui.theme import DARK, Theme

LANE_PIXELS = 24
BAR_PART = 0.62  # of a lane's height
NARROWEST = 2.0  # pixels


class LaneOrder:
    """Which lane a label has: once shown it keeps its place, new ones come below, the surest first."""

    def __init__(self) -> None:
        self._order: list[str] = []

    def arrange(self, events: Sequence[Event]) -> list[str]:
        """Return the labels of the lanes, from the top down."""
        best: dict[str, float] = {}
        for event in events:
            best[event.label] = max(event.score, best.get(event.label, 0.0))
        self._order += sorted(best.keys() - set(self._order), key=lambda label: (-best[label], label))
        return [label for label in self._order if label in best]


@dataclass(frozen=True)
class Lane:
    """The events of one label, in order of time.

    Attributes:
        numbers: [events], their places in the list that all views share.
    """

    label: str
    onsets: NDArray[np.float64]
    offsets: NDArray[np.float64]
    numbers: NDArray[np.intp]

    def between(self, start: float, end: float) -> slice:
        """Return which events are at least partly between two times; events of a lane do not overlap."""
        first = np.searchsorted(self.offsets, start)
        last = np.searchsorted(self.onsets, end, side="right")
        return slice(int(first), int(max(first, last)))

    def at(self, seconds: float, slack: float) -> int | None:
        """Return the number of the event at a time, or within `slack` seconds of it."""
        near = self.between(seconds - slack, seconds + slack)
        if near.start == near.stop:
            return None
        distance = np.maximum(self.onsets[near] - seconds, seconds - self.offsets[near])
        return int(self.numbers[near][distance.argmin()])


def lanes_of(events: Sequence[Event], labels: Sequence[str]) -> list[Lane]:
    """Return a lane for each label, in that order."""
    numbers: dict[str, list[int]] = {label: [] for label in labels}
    for number, event in enumerate(events):
        numbers[event.label].append(number)
    return [_lane(label, events, sorted(numbers[label], key=lambda each: events[each].onset)) for label in labels]


def _lane(label: str, events: Sequence[Event], numbers: list[int]) -> Lane:
    return Lane(
        label,
        np.array([events[each].onset for each in numbers]),
        np.array([events[each].offset for each in numbers]),
        np.array(numbers, np.intp),
    )


class LanesItem(pg.GraphicsObject):
    """All lanes as one item: x is seconds, y counts lanes from the top."""

    picked = Signal(int)  # an event's number

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.lanes: list[Lane] = []
        self._theme: Theme = DARK
        self._selected: int | None = None
        self._duration = 1.0

    def show_lanes(self, lanes: list[Lane], duration: float) -> None:
        """Draw these."""
        self.prepareGeometryChange()
        self.lanes, self._duration = lanes, duration
        self.update()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def select(self, number: int | None) -> None:
        """Outline one event."""
        self._selected = number
        self.update()

    def event_at(self, seconds: float, height: float, slack: float) -> int | None:
        """Return the number of the event at a place, or None."""
        row = int(height)
        return self.lanes[row].at(seconds, slack) if 0 <= row < len(self.lanes) else None

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return all lanes over the whole recording."""
        return QRectF(0, 0, self._duration, max(len(self.lanes), 1))

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw the lanes that are exposed."""
        exposed = option.exposedRect
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        for row in range(max(0, int(exposed.top())), min(len(self.lanes), int(exposed.bottom()) + 1)):
            place = transform.mapRect(QRectF(0, row, self._duration, 1))
            self._draw_line(painter, place)
            self._draw_events(painter, self.lanes[row], place, exposed)
        painter.restore()

    def _draw_line(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(QColor(self._theme.grid), 1))
        bottom = round(place.bottom()) - 0.5
        painter.drawLine(QPointF(place.left(), bottom), QPointF(place.right(), bottom))

    def _draw_events(self, painter: QPainter, lane: Lane, place: QRectF, exposed: QRectF) -> None:
        shown = lane.between(exposed.left(), exposed.right())
        scale = place.width() / self._duration
        lefts = place.left() + lane.onsets[shown] * scale
        widths = np.maximum((lane.offsets - lane.onsets)[shown] * scale, NARROWEST)
        top, height = place.top() + place.height() * (1 - BAR_PART) / 2, place.height() * BAR_PART
        drawn = _apart(lefts, widths)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(label_colour(lane.label))
        painter.drawRects(
            [_bar(left, top, width, height) for left, width in zip(lefts[drawn], widths[drawn], strict=True)]
        )
        for each in np.flatnonzero(lane.numbers[shown] == self._selected):
            self._outline(painter, _bar(lefts[each], top, widths[each], height))

    def _outline(self, painter: QPainter, bar: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        painter.drawRect(bar.adjusted(-2, -3, 2, 3))


def _bar(left: float, top: float, width: float, height: float) -> QRectF:
    return QRectF(float(left), top, float(width), height)


def _apart(lefts: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which bars to draw: of those narrow ones that share a pixel, the first."""
    if len(lefts) < 2:
        return np.arange(len(lefts))
    new_pixel = np.diff(np.floor(lefts), prepend=-np.inf) >= 1
    return np.flatnonzero(new_pixel | (widths > NARROWEST))
