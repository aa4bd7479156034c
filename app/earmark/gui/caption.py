"""A line of text over a plot: in a corner of it, or in its middle; as wide as what it says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

MARGIN = 8  # pixels from the plot's edges
PADDING = 18  # pixels of a line's frame, as in the style sheet, and a little air


class Caption(QLabel):
    """Text that is read, not touched.

    Args:
        at: which corner or side it keeps to; the middle of a direction that it does not name.
        inside: left, top, right and bottom margins of the room that it stands in, in pixels.
    """

    def __init__(
        self, over: QWidget, at: Qt.AlignmentFlag, *, name: str, inside: tuple[int, int, int, int] = (0, 0, 0, 0)
    ) -> None:
        super().__init__(over)
        self._over = over
        self._at, self._inside = at, inside
        self.setObjectName("pointer")  # of the style sheet
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a text; nothing where it is empty."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleDescription(text)
        self.setVisible(bool(text))
        self._place()

    def keep_to(self, at: Qt.AlignmentFlag) -> None:
        """Stand in another corner, or at another side."""
        if at != self._at:
            self._at = at
            self._place()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Keep the place when the plot changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        if not self.text():
            return
        left, top, right, bottom = self._inside
        room = self._over.rect().adjusted(left, top, -right, -bottom)
        wanted = self.fontMetrics().size(0, self.text()).width() + PADDING
        self.setFixedWidth(max(min(wanted, room.width() - 2 * MARGIN), 1))
        self.setFixedHeight(self.heightForWidth(self.width()) if self.wordWrap() else self.sizeHint().height())
        spare_width, spare_height = room.width() - self.width(), room.height() - self.height()
        x = _offset(self._at, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, spare_width)
        y = _offset(self._at, Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom, spare_height)
        self.move(room.topLeft() + QPoint(x, y))


def _offset(at: Qt.AlignmentFlag, first: Qt.AlignmentFlag, last: Qt.AlignmentFlag, spare: int) -> int:
    if at & first:
        return MARGIN
    return spare - MARGIN if at & last else spare // 2
