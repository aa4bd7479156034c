"""The points of a map of sounds: coloured by label, told when the pointer is over one, walked through by arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from earmark.evaluation.embeddings import MapPoint
from earmark.gui.label_colours import label_colour, label_text
from earmark.gui.theme import DARK, Theme
from earmark.times import time_text

DOT, CHOSEN = 7, 15  # pixels
CLEAR, FAINT = 210, 35  # of 255: points of the labels that are looked at, and the others
NOTHING = "Nothing of interest"
ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


class MapPlot(QWidget):
    """A scatter plot; one of its points is where one is."""

    reached = Signal(object)  # MapPoint: the pointer or the keys are at it
    played = Signal(object)  # MapPoint: by click or Enter
    opened = Signal(object)  # MapPoint: by double click

    def __init__(self) -> None:
        super().__init__()
        self.points: Sequence[MapPoint] = ()
        self.current: int | None = None
        self._xy = np.zeros((0, 2))
        self._label: str | None = None
        self._theme: Theme = DARK
        self.plot, self.dots = pg.PlotWidget(), pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=None)
        self._ring = pg.ScatterPlotItem(pxMode=True, size=CHOSEN, brush=None)
        self._lay_out()
        self.dots.sigHovered.connect(lambda item, dots, event: self._hover([dot.index() for dot in dots]))
        self.dots.sigClicked.connect(lambda item, dots, event: self._click(dots[0].index(), event))

    def _lay_out(self) -> None:
        item: Any = self.plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setAspectLocked(True)
        for side in ("left", "bottom"):
            item.hideAxis(side)
        item.addItem(self.dots)
        item.addItem(self._ring)
        self.plot.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Map of sounds")
        self.setToolTip(
            "A click plays a sound, a double click opens it; arrow keys go from one to the next, Enter plays"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.setBackground(QColor(theme.plot))
        self._draw()

    def show_points(self, points: Sequence[MapPoint]) -> None:
        """Show these, all in view."""
        self.points, self.current, self._label = points, None, None
        self._xy = np.array([point.xy for point in points], float).reshape(-1, 2)
        self._draw()
        self.plot.autoRange()

    def look_at(self, label: str | None) -> None:
        """Let the points of one label stand out; None is all."""
        self._label = label
        self._draw()

    def choose(self, number: int) -> None:
        """Be at a point."""
        self.current = number
        self._ring.setData(pos=self._xy[[number]], pen=pg.mkPen(self._theme.text, width=2), brush=None)
        self.setAccessibleDescription(words(self.points[number]))
        self.reached.emit(self.points[number])

    def _draw(self) -> None:
        brushes = {label: self._brush(label) for label in {point.label for point in self.points}}
        self.dots.setData(
            pos=self._xy, size=DOT, pen=None, brush=[brushes[point.label] for point in self.points], hoverSize=DOT + 4
        )
        self._ring.setData(pos=self._xy[[] if self.current is None else [self.current]])

    def _brush(self, label: str) -> Any:
        colour = QColor(label_colour(label) if label else QColor(self._theme.muted))
        colour.setAlpha(CLEAR if self._label in (None, label) else FAINT)
        return pg.mkBrush(colour)

    def _hover(self, numbers: Sequence[int]) -> None:
        if numbers:
            self.reached.emit(self.points[numbers[0]])

    def _click(self, number: int, event: Any) -> None:
        self.choose(number)
        (self.opened if event.double() else self.played).emit(self.points[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Go to the next point in a direction, or play the one where one is."""
        key = Qt.Key(event.key())
        if key in ARROWS and len(self._xy):
            self.choose(self._beside(*ARROWS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.played.emit(self.points[self.current])
        else:
            super().keyPressEvent(event)

    def _beside(self, right: float, up: float) -> int:
        """Return the nearest point in a direction, within 45 degrees of it; the same one where there is none."""
        if self.current is None:
            return 0
        way = self._xy - self._xy[self.current]
        along, across = way @ (right, up), np.abs(way @ (up, right))
        distance = np.where((along > 0) & (across <= along), along + across, np.inf)
        nearest = int(distance.argmin())
        return nearest if np.isfinite(distance[nearest]) else self.current


def words(point: MapPoint) -> str:
    """Return all there is to say about a point."""
    end = "" if point.end is None else f" – {time_text(point.end, 1)}"
    return f"{label_text(point.label) or NOTHING} · {point.path.name}, {time_text(point.start, 1)}{end}"
