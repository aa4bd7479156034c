"""Axes: time as h:mm:ss.mmm in steps of the clock, frequency in hertz whatever the scale."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from earmark.frequency_scale import FrequencyScale
from earmark.frequency_ticks import hertz_text, ticks_between
from earmark.times import clock_text, time_text

LEFT = 116  # pixels: wide enough for "Crackling fire"; the same beside spectrogram and lanes, so that their times agree
RIGHT = 68  # pixels: the decibel bar, and the lanes' scroll bar
STEPS = (
    *(digit * 10.0**power for power in (-4, -3, -2, -1) for digit in (1, 2, 5)),
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200),
)
TICK_PIXELS = 96  # between labelled ticks at least
ROW_PIXELS = 30  # between the frequencies' ticks at least
ROOM_AT_ENDS = 9  # pixels under a frequency's tick for its text
WHEEL_STEP = 120  # eighths of a degree: one notch
RULER = 24  # pixels
AWAY = -1000  # pixels: where no mouse comes


def _since_midnight(moment: datetime | None) -> float:
    if moment is None:
        return 0.0
    return (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()


def time_step(span: float, pixels: float) -> float:
    """Return the seconds between labelled ticks."""
    wanted = span / max(pixels / TICK_PIXELS, 1)
    return next((step for step in STEPS if step >= wanted * (1 - 1e-9)), 86_400.0)


def _whole(pixels: float) -> int:
    # a little more than half, since ticks lie on halves and a last bit must not decide
    return math.floor(pixels + 0.507)


def _at_whole(rect: QRectF) -> QRectF:
    return QRectF(_whole(rect.x()), rect.y(), rect.width(), rect.height())


def _in_view(axis: pg.AxisItem, place: QPointF) -> QPointF:
    """Return a place of the scene in the coordinates of the plot that the axis belongs to."""
    box: Any = axis.linkedView()
    return box.mapSceneToView(place)


class TimeAxis(pg.AxisItem):
    """The ruler above the spectrogram: click or drag in it to move the playhead."""

    scrubbed = Signal(float)  # seconds

    def __init__(self) -> None:
        super().__init__("top", maxTickLength=5)
        self.setStyle(tickTextOffset=1)
        self.enableAutoSIPrefix(False)
        self.setHeight(RULER)
        self._began: datetime | None = None
        self._wide: TimeAxis | None = None  # draws what lies beyond the view
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Drag here to move the playhead")

    def show_clock(self, began: datetime | None) -> None:
        """Show the time of day from a recording's first sample on; None shows seconds from its start."""
        self._began = began
        self.picture = None
        self.update()

    def tickSpacing(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return labelled ticks and four or five unlabelled ones between them."""
        step = time_step(maxVal - minVal, size)
        return [(step, 0), (step / (5 if f"{step:.0e}"[0] in "15" else 4), 0)]

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return the ticks, on whole seconds of the clock that is shown."""
        shift = _since_midnight(self._began)
        ticks = super().tickValues(minVal + shift, maxVal + shift, size)
        return [(spacing, [value - shift for value in values]) for spacing, values in ticks]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return times with as many decimals as the step needs."""
        labelled = time_step(self.range[1] - self.range[0], self.width())
        if spacing < labelled * 0.999:
            return [""] * len(values)
        decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing < 1 else 0
        if self._began is not None:
            return [clock_text(self._began, value, decimals) for value in values]
        return [time_text(value, decimals) for value in values]

    def generateDrawSpecs(self, p) -> Any:  # noqa: N802 - pyqtgraph's
        """Return what to draw, at whole pixels: a tick that lies between two would jump from drawing to drawing."""
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        axis, ticks, texts = specs
        for _, *ends in ticks:
            for end in ends:
                end.setX(_whole(end.x()))
        return axis, ticks, [(_at_whole(rect), *rest) for rect, *rest in texts]

    def draw_from(self, start: float, end: float, painter: QPainter, place: QRectF) -> None:
        """Draw the ruler of another stretch of seconds at a place, with the labels that would not fit into the view."""
        if (wide := self._wide) is None:
            wide = self._wide = TimeAxis()
            wide.setParentItem(self)  # pyqtgraph measures on the screen that it is on
            wide.setFlag(wide.GraphicsItemFlag.ItemHasNoContents)
        wide.setPen(self.pen())
        wide.setTextPen(self.textPen())
        wide.show_clock(self._began)
        wide.setRange(start, end)
        wide.setGeometry(0, AWAY, place.width(), place.height())
        painter.save()
        painter.translate(place.topLeft())
        wide.drawPicture(painter, *wide.generateDrawSpecs(painter))
        painter.restore()

    def wheelEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Do what the wheel does over the spectrogram."""
        box: Any = self.linkedView()
        box.wheelEvent(event)  # both begin at the same pixel

    def mouseDragEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Move the playhead."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event)

    def mouseClickEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Move the playhead."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event)

    def _scrub(self, event) -> None:
        event.accept()
        self.scrubbed.emit(_in_view(self, event.scenePos()).x())


class FrequencyAxis(pg.AxisItem):
    """Hertz beside the spectrogram, whose own coordinate is the height in 0..1: the wheel zooms, a drag scrolls."""

    turned = Signal(float, float)  # notches of the wheel, at a height
    dragged = Signal(float)  # upwards, in heights
    reset = Signal()  # by a double click

    def __init__(self) -> None:
        super().__init__("left", maxTickLength=4)
        self.enableAutoSIPrefix(False)
        self.setWidth(LEFT)
        self.scale_shown = FrequencyScale("linear", 22_050.0)
        self.setToolTip("Turn the wheel to zoom frequencies, drag to scroll them, double click to see all of them")

    def show_scale(self, scale: FrequencyScale) -> None:
        """Draw the ticks of another scale."""
        self.scale_shown = scale
        self.picture = None
        self.update()

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return the heights of the ticks, those left out whose text would be cut off."""
        room = ROOM_AT_ENDS / max(size, 1) * (maxVal - minVal)
        ticks = ticks_between(self.scale_shown, minVal, maxVal, most=max(2, int(size / ROW_PIXELS)))
        heights = [float(self.scale_shown.height(hertz)) for hertz in ticks]
        return [(0.1, [height for height in heights if minVal + room <= height <= maxVal - room / 2])]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return "500 Hz", "2 kHz"."""
        return [hertz_text(float(self.scale_shown.hertz(value))) for value in values]

    def wheelEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Zoom around the pointer."""
        event.accept()
        self.turned.emit(event.delta() / WHEEL_STEP, _in_view(self, event.scenePos()).y())

    def mouseDragEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Scroll."""
        event.accept()
        self.dragged.emit(_in_view(self, event.scenePos()).y() - _in_view(self, event.lastScenePos()).y())

    def mouseClickEvent(self, event) -> None:  # noqa: N802 - pyqtgraph's
        """Show all frequencies, where it is the second click."""
        event.accept()
        if event.double():
            self.reset.emit()
