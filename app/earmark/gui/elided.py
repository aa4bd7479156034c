"""Text that is cut where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel


class Elided(QLabel):
    """A line of less weight that gives way to what stands beside it."""

    def __init__(self, cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._cut_at = cut
        self.setObjectName("muted")
        self._whole = ""

    @property
    def whole(self) -> str:
        """Return all of the text."""
        return self._whole

    def show_text(self, text: str) -> None:
        """Show a text, or what of it there is room for."""
        if text == self._whole:
            return  # a label that is written to has the whole window laid out anew
        self._whole = text
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return what all of it needs."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return nothing: it gives way."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Cut it anew."""
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, self._cut_at, self.width()))
