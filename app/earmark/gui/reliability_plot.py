"""How often a model was right over its score: what was judged, and the curve that fits it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from earmark.gui.label_colours import label_colour
from earmark.gui.theme import DARK, Theme
from earmark.reliability import Bin, Study
from earmark.score_text import per_cent

LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 40  # pixels around the plot
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
DOT = 4.0  # pixels, radius
SHADE = 28  # of 255
STEPS = 101  # of the curve
HOW = (
    "Points: the share of judged events that were right, with its 95 % interval. Line: the curve that fits them, "
    "dashed where nothing was judged. Diagonal: where scores would be probabilities. Dotted: the threshold."
)


class ReliabilityPlot(QWidget):
    """Points with their 95 % intervals, the fitted curve, the range that was judged, and the threshold."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = DARK
        self._study: Study | None = None
        self._threshold: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 220)
        self.setAccessibleName("Reliability: share of right events over the score")
        self.setToolTip(HOW)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def show_study(self, study: Study | None, threshold: float | None) -> None:
        """Show what is known of a label, and its threshold; None: nothing."""
        self._study, self._threshold = study, threshold
        bins = study.bins if study else ()
        said = [f"at {each.score:.2f} {per_cent(each.right)} right of {each.count}" for each in bins]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return about a square."""
        return QSize(380, 330)

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Draw all of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self._room(), QColor(self._theme.plot))
        self._draw_judged(painter)
        self._draw_axes(painter)
        if self._threshold is not None:
            self._draw_threshold(painter, self._threshold)
        if self._study:
            self._draw_curve(painter, self._study)
            for each in self._study.bins:
                self._draw_bin(painter, each)
        if not self._study or not self._study.bins:
            self._say(painter, "Nothing of this label was judged yet." if self._study else "Choose a label.")

    def _room(self) -> QRectF:
        return QRectF(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1))

    def _at(self, score: float, share: float) -> QPointF:
        room = self._room()
        return QPointF(room.left() + score * room.width(), room.bottom() - share * room.height())

    def _draw_judged(self, painter: QPainter) -> None:
        """Shade the scores that were judged; outside, the curve is a guess."""
        if self._study and self._study.calibration:
            shade = QColor(self._theme.accent)
            shade.setAlpha(SHADE)
            known = self._study.calibration
            painter.fillRect(QRectF(self._at(known.lowest, 1), self._at(known.highest, 0)), shade)

    def _draw_axes(self, painter: QPainter) -> None:
        for tick in TICKS:
            painter.setPen(QPen(QColor(self._theme.grid), 1))
            painter.drawLine(self._at(tick, 0), self._at(tick, 1))
            painter.drawLine(self._at(0, tick), self._at(1, tick))
            painter.setPen(QColor(self._theme.muted))
            left, below = self._at(0, tick), self._at(tick, 0)
            painter.drawText(QRectF(0, left.y() - 10, LEFT - 6, 20), _RIGHT, per_cent(tick))
            painter.drawText(QRectF(below.x() - 20, below.y() + 2, 40, 18), Qt.AlignmentFlag.AlignCenter, f"{tick:g}")
        painter.drawText(QRectF(LEFT, self.height() - 20, self._room().width(), 18), _MIDDLE, "Score")
        painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self._at(0, 0), self._at(1, 1))

    def _draw_threshold(self, painter: QPainter, threshold: float) -> None:
        painter.setPen(QPen(QColor(self._theme.text), 1.5, Qt.PenStyle.DotLine))
        painter.drawLine(self._at(threshold, 0), self._at(threshold, 1))

    def _draw_curve(self, painter: QPainter, study: Study) -> None:
        """Draw the curve, dashed where nothing was judged."""
        known = study.calibration
        if known is None:
            return
        beyond = QPen(label_colour(study.label), 1.5, Qt.PenStyle.DashLine)
        sure = QPen(label_colour(study.label), 2.5)
        parts = ((0.0, known.lowest, beyond), (known.lowest, known.highest, sure), (known.highest, 1.0, beyond))
        for start, end, pen in parts:
            scores = np.linspace(start, end, STEPS)
            painter.setPen(pen)
            chances = known.probabilities(scores)
            painter.drawPolyline(QPolygonF([self._at(*each) for each in zip(scores, chances, strict=True)]))

    def _draw_bin(self, painter: QPainter, each: Bin) -> None:
        text = QColor(self._theme.text)
        painter.setPen(QPen(text, 1.5))
        low, high = self._at(each.score, each.low), self._at(each.score, each.high)
        painter.drawLine(low, high)
        for end in (low, high):
            painter.drawLine(end + QPointF(-3, 0), end + QPointF(3, 0))
        painter.setBrush(text)
        painter.drawEllipse(self._at(each.score, each.right), DOT, DOT)

    def _say(self, painter: QPainter, sentence: str) -> None:
        painter.setPen(QColor(self._theme.text))
        painter.drawText(self._room().adjusted(20, 0, -20, 0), _MIDDLE | Qt.TextFlag.TextWordWrap, sentence)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter
