"""Draws the rows of a list: a name, and under it, smaller in weight, what is known."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

LINES = Qt.ItemDataRole.UserRole + 100  # the lines under the name
MARGIN = 8  # pixels
ROOM = 6  # above and below
Index = QModelIndex | QPersistentModelIndex


class LinesDelegate(QStyledItemDelegate):
    """Draws names with a fixed number of lines under them."""

    def __init__(self, parent: QWidget, *, under: int) -> None:
        super().__init__(parent)
        self._under = under

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's
        """Return room for all lines."""
        return QSize(100, (1 + self._under) * option.fontMetrics.height() + 2 * ROOM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the name and the lines."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = option.palette.ColorRole.HighlightedText if chosen else option.palette.ColorRole.Text
        muted = role if chosen else option.palette.ColorRole.PlaceholderText
        place = option.rect.adjusted(MARGIN, ROOM, -MARGIN, 0)
        place.setHeight(option.fontMetrics.height())
        painter.save()
        painter.setPen(option.palette.color(role))
        _write(painter, place, name, Qt.TextElideMode.ElideMiddle)
        painter.setPen(option.palette.color(muted))
        for number, line in enumerate(index.data(LINES) or (), 1):
            _write(painter, place.translated(0, number * place.height()), line, Qt.TextElideMode.ElideRight)
        painter.restore()


def _write(painter: QPainter, place: QRect, text: str, cut: Qt.TextElideMode) -> None:
    elided = painter.fontMetrics().elidedText(text, cut, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, elided)
