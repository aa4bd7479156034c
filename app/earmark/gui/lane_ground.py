"""Where the lanes are on the screen: pixels to seconds and lanes."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from earmark.gui.lanes_item import LanesItem
from earmark.gui.plot import TimeBox
from earmark.gui.time_span import TimeSpan


class LaneGround:
    """The place of everything in the lanes.

    Attributes:
        played: seconds, where the playhead is.
    """

    def __init__(self, span: TimeSpan, plot: pg.PlotWidget, box: TimeBox, item: LanesItem) -> None:
        self.item = item
        self.played = 0.0
        self._span, self._plot, self._box = span, plot, box

    @property
    def duration(self) -> float:
        """Return the recording's seconds."""
        return self._span.duration

    def place_of(self, pixel: QPointF) -> QPointF:
        """Return the seconds, and the lanes from the top, at a pixel of the viewport."""
        return self._box.mapSceneToView(self._plot.mapToScene(pixel.toPoint()))

    def place_at(self, pixel: QPointF) -> QPointF | None:
        """Return the same, or None beside the lanes: at their names, the frame."""
        inside = self._box.sceneBoundingRect().contains(QPointF(self._plot.mapToScene(pixel.toPoint())))
        return self.place_of(pixel) if inside else None

    def seconds_a_pixel(self) -> float:
        """Return how long a pixel lasts."""
        return self._span.length / max(self._box.width(), 1)

    def in_view(self) -> tuple[float, float]:
        """Return the first and the last second in view."""
        return self._span.start, self._span.end

    def label_of_row(self, row: int) -> str:
        """Return the label of a lane, counted from the top; "" above and below them."""
        return self.item.lanes[row].label if 0 <= row < len(self.item.lanes) else ""

    def times_of(self, number: int) -> tuple[float, float]:
        """Return onset and offset of an event that a lane shows."""
        for lane in self.item.lanes:
            found = np.flatnonzero(lane.numbers == number)
            if len(found):
                return float(lane.onsets[found[0]]), float(lane.offsets[found[0]])
        raise ValueError(f"No lane shows event {number}.")
