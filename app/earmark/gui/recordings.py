"""The recordings that are open, with what is known of each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from earmark.audio_file import shown
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.placeholder import Placeholder

PATH, STATE = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
MARGIN = 8
Index = QModelIndex | QPersistentModelIndex


class RecordingDelegate(QStyledItemDelegate):
    """Draws a recording's name, and under it, smaller, its state in words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's
        """Return room for two lines."""
        return QSize(100, 2 * option.fontMetrics.height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw both lines."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = option.palette
        area = option.rect.adjusted(MARGIN, 5, -MARGIN, -5)
        half = area.height() // 2
        painter.save()
        painter.setPen((colours.highlightedText() if selected else colours.text()).color())
        _write(painter, QRect(area.left(), area.top(), area.width(), half), name)
        painter.setPen((colours.highlightedText() if selected else colours.placeholderText()).color())
        _write(painter, QRect(area.left(), area.top() + half, area.width(), half), index.data(STATE) or "")
        painter.restore()


def _write(painter: QPainter, place: QRect, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, elided)


class Recordings(QWidget):
    """The list, with a line to search it."""

    chosen = Signal(object)  # Path

    def __init__(self) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the recordings")
        self.search.setClearButtonEnabled(True)
        self.view = QListView()
        self.view.setAccessibleName("Recordings")
        self.view.setItemDelegate(RecordingDelegate(self.view))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._model = QStandardItemModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._model)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view.setModel(self._filtered)
        self._items: dict[Path, QStandardItem] = {}
        self._lay_out()
        self.search.textChanged.connect(self._filtered.setFilterFixedString)
        self.view.selectionModel().currentChanged.connect(self._choose)
        Placeholder(self.view, "Open recordings, or drop them into the window.")
        keep_keys(self.view, TABLE)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)

    def add(self, path: Path) -> None:
        """Add a recording at the end, once."""
        if path in self._items:
            return
        item = QStandardItem(shown(path))
        item.setData(path, PATH)
        item.setToolTip(str(path.parent / shown(path)))
        self._items[path] = item
        self._model.appendRow(item)
        self.say(path, "")

    def say(self, path: Path, state: str) -> None:
        """Write a recording's state under its name, where it is in the list."""
        if not (item := self._items.get(path)):
            return
        item.setData(state, STATE)
        item.setAccessibleText(f"{item.text()}: {state}" if state else item.text())

    def state(self, path: Path) -> str:
        """Return what is written under a recording's name."""
        return self._items[path].data(STATE)

    def paths(self) -> list[Path]:
        """Return the recordings in the list's order."""
        return list(self._items)

    def choose(self, path: Path) -> None:
        """Make a recording the current one."""
        self.search.clear()
        self.view.setCurrentIndex(self._filtered.mapFromSource(self._items[path].index()))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(PATH))
