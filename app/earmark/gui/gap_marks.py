"""Where live sound was lost: a mark on the time axis, with how much and why in words."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from earmark.gui.theme import DARK, Theme
from earmark.live.capture import Gap

SIZE = 7.0  # pixels


class GapMarks(pg.GraphicsObject):
    """Dashed lines over the height of a plot whose y is 0..1, each with a little flag on top."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(60)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._gaps: list[tuple[float, Gap]] = []  # seconds on the live clock
        self._theme = DARK

    def show_gaps(self, gaps: Sequence[Gap], sample_rate: int) -> None:
        """Mark these."""
        if len(gaps) != len(self._gaps):
            self.prepareGeometryChange()
            self._gaps = [(gap.sample / sample_rate, gap) for gap in gaps]
            self.setToolTip("\n".join(gap_text(seconds, gap) for seconds, gap in self._gaps[-5:]))
            self.update()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's
        """Return the stretch from the first mark to the last."""
        if not self._gaps:
            return QRectF()
        first, last = self._gaps[0][0], self._gaps[-1][0]
        edge = SIZE * (self.pixelLength(pg.Point(1, 0)) or 0.0)
        return QRectF(first - edge, 0.0, last - first + 2 * edge, 1.0)

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's
        """Follow the zoom: flags are as large as they are on the screen."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw lines and flags."""
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setPen(QPen(QColor(self._theme.alarm_text), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(self._theme.alarm))
        for seconds, _ in self._gaps:
            foot, head = transform.map(QPointF(seconds, 0.0)), transform.map(QPointF(seconds, 1.0))
            top = head if head.y() < foot.y() else foot
            painter.drawLine(foot, head)
            flag = (top, top + QPointF(SIZE, SIZE / 2), top + QPointF(0, SIZE))
            painter.drawPolygon(QPolygonF(list(flag)))
        painter.restore()


def gap_text(seconds: float, gap: Gap) -> str:
    """Return "At 83.2 s: 1.5 s lost. The microphone went away."."""
    lost = f"{gap.seconds:.1f} s lost" if gap.seconds else "some sound lost"
    reason = "The computer was too busy." if gap.reason == "overflow" else gap.reason
    return f"At {seconds:.1f} s: {lost}. {reason}"
