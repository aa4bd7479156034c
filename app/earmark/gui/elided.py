"""Text that is cut where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel

STEP = 16  # pixels: room is given in steps
SPARE = 4 * STEP  # pixels that may stay empty: with each change of its room the whole window is laid out anew


class Elided(QLabel):
    """A line of less weight that gives way to what stands beside it, and keeps its room while its text changes."""

    def __init__(self, cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._cut_at = cut
        self.setObjectName("muted")
        self._whole = ""
        self._room = 0  # pixels

    @property
    def whole(self) -> str:
        """Return all of the text."""
        return self._whole

    def show_text(self, text: str) -> None:
        """Show a text, or what of it there is room for."""
        if text == self._whole:
            return
        if self.accessibleName() == self._whole:  # nobody has named it: it is called what it says
            self.setAccessibleName(text)
        self._whole = text
        self.setAccessibleDescription(text)
        self.update()
        needed = self.fontMetrics().horizontalAdvance(text) + 4
        if not self._room - SPARE <= needed <= self._room:
            self._room = -(-needed // STEP) * STEP
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return what all of it needs."""
        return QSize(self._room, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return nothing: it gives way."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Write what there is room for; a label's own text would have the window laid out anew each time."""
        painter, place = QPainter(self), self.contentsRect()
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self._whole, self._cut_at, place.width())
        painter.drawText(place, self.alignment(), text)
        painter.end()
