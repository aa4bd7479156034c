"""The events in words: a table that sorts, plays, and that a screen reader can read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QTableView

from earmark.events import Event
from earmark.gui.axes import time_text
from earmark.gui.label_colours import label_icon, label_text
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.placeholder import Placeholder

LABEL, ONSET, OFFSET, SCORE = range(4)
HEADERS = ("Label", "Start", "End", "Score")
SORTED_BY = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EventsModel(QAbstractTableModel):
    """The events, in the order that all views number them by."""

    def __init__(self) -> None:
        super().__init__()
        self.events: Sequence[Event] = ()

    def show_events(self, events: Sequence[Event]) -> None:
        """Show these."""
        self.beginResetModel()
        self.events = events
        self.endResetModel()

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of events."""
        return 0 if parent and parent.isValid() else len(self.events)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return label, start, end, score."""
        return len(HEADERS)

    def headerData(self, section, orientation, role: int = Qt.ItemDataRole.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return what a cell shows, or what it is sorted by."""
        event, column = self.events[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(event, column)
        if role == SORTED_BY:
            return (label_text(event.label), event.onset, event.offset, event.score)[column]
        if role == Qt.ItemDataRole.DecorationRole and column == LABEL:
            return label_icon(event.label)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != LABEL:
            return RIGHT
        return None


def _text(event: Event, column: int) -> str:
    if column == LABEL:
        return label_text(event.label)
    if column == SCORE:
        return f"{event.score:.2f}"
    return time_text(event.onset if column == ONSET else event.offset, 2)


class EventsTable(QTableView):
    """The table; its selection is the selection everywhere."""

    picked = Signal(object)  # an event's number, or None
    opened = Signal(int)  # by Enter or double click

    def __init__(self) -> None:
        super().__init__()
        self.events_model = EventsModel()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.events_model)
        self._sorted.setSortRole(SORTED_BY)
        self.setModel(self._sorted)
        self._look()
        self.selectionModel().currentRowChanged.connect(self._pick)
        self.doubleClicked.connect(self._open)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda: self._open(self.currentIndex()))
        keep_keys(self, TABLE)

    def _look(self) -> None:
        self.setAccessibleName("Events")
        self.setToolTip("Enter plays the event")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setSortingEnabled(True)
        self.sortByColumn(ONSET, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        Placeholder(self, "What was heard when appears here.")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(25)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        header.setResizeContentsPrecision(50)

    def show_events(self, events: Sequence[Event]) -> None:
        """Show these, none of them selected."""
        blocked = self.blockSignals(True)
        self.events_model.show_events(events)
        self.blockSignals(blocked)

    def select(self, number: int | None) -> None:
        """Select one event, and bring it into view."""
        if number is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        index = self._sorted.mapFromSource(self.events_model.index(number, 0))
        if index.row() != self.currentIndex().row() or not self.selectionModel().isRowSelected(index.row()):
            self.selectRow(index.row())
        self.scrollTo(index)

    def number_beside(self, steps: int) -> int | None:
        """Return the event that many rows on, in the order shown; the first or last where none is selected."""
        rows = self._sorted.rowCount()
        if not rows:
            return None
        row = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if steps > 0 else rows)
        return self._number(self._sorted.index(min(max(row + steps, 0), rows - 1), 0))

    def _number(self, index: QModelIndex) -> int | None:
        return self._sorted.mapToSource(index).row() if index.isValid() else None

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(self._number(index))

    def _open(self, index: QModelIndex) -> None:
        number = self._number(index)
        if number is not None:
            self.opened.emit(number)
