"""The recordings that are open, with what is known of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView, QVBoxLayout, QWidget

from earmark import clock_time
from earmark.audio_file import shown
from earmark.gui.lines_delegate import LINES, LinesDelegate
from earmark.gui.own_keys import PICKER, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder

PATH, STATE, TAGS, WORDS, NAME, RECORDED = (Qt.ItemDataRole.UserRole + number for number in range(1, 7))
ORDERS = (("As opened", None), ("By name", NAME), ("By time recorded", RECORDED))
LAST = "~"  # sorts after all times


class Recordings(QWidget):
    """The list, with a line to search it and a choice of order."""

    chosen = Signal(object)  # Path
    menu_asked = Signal(list, QPoint)  # paths, where on the screen

    def __init__(self) -> None:
        super().__init__()
        self.search, self.order, self.view = QLineEdit(), QComboBox(), QListView()
        self._model = QStandardItemModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._items: dict[Path, QStandardItem] = {}
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the recordings")
        self.search.setToolTip("Parts of a name, of what was heard, or a #tag")
        self.search.setClearButtonEnabled(True)
        for text, role in ORDERS:
            self.order.addItem(text, role)
        self.order.setAccessibleName("Order of the recordings")
        self.order.setToolTip("In which order the recordings are listed; the time is the one in their names")
        self._filtered.setSourceModel(self._model)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filtered.setFilterRole(WORDS)
        self.view.setAccessibleName("Recordings")
        self.view.setToolTip("The recordings that are open; the menu key offers more")
        self.view.setItemDelegate(LinesDelegate(self.view, under=1))
        self.view.setUniformItemSizes(True)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setModel(self._filtered)
        Placeholder(self.view, "Open recordings, or drop them into the window.")
        keep_keys(self.view, TABLE)
        keep_keys(self.order, PICKER)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.order)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filtered.setFilterFixedString)
        self.order.currentIndexChanged.connect(self._sort)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.view.customContextMenuRequested.connect(self._offer)

    def add(self, path: Path) -> None:
        """Add a recording at the end, once."""
        if path in self._items:
            return
        name = shown(path)
        item = QStandardItem(name)
        item.setData(path, PATH)
        item.setData(_counting(name), NAME)
        when = clock_time.in_name(path)
        item.setData(when.isoformat() if when else f"{LAST}{_counting(name)}", RECORDED)
        item.setToolTip(str(path.parent / name))
        self._items[path] = item
        self._describe(item)
        self._model.appendRow(item)

    def say(self, path: Path, state: str) -> None:
        """Write a recording's state under its name, where it is in the list."""
        if item := self._items.get(path):
            item.setData(state, STATE)
            self._describe(item)

    def show_tags(self, path: Path, tags: Sequence[str]) -> None:
        """Write a recording's tags under its name, before its state."""
        if item := self._items.get(path):
            item.setData(" ".join(f"#{tag}" for tag in tags), TAGS)
            self._describe(item)

    def state(self, path: Path) -> str:
        """Return what is written under a recording's name."""
        return self._items[path].data(STATE) or ""

    def paths(self) -> list[Path]:
        """Return the recordings in the order in which they were opened."""
        return list(self._items)

    def remove(self, path: Path) -> None:
        """Take a recording out of the list."""
        if item := self._items.pop(path, None):
            self._model.removeRow(item.row())

    def choose(self, path: Path) -> None:
        """Make a recording the current one."""
        self.search.clear()
        self.view.setCurrentIndex(self._filtered.mapFromSource(self._items[path].index()))

    def _describe(self, item: QStandardItem) -> None:
        said = " · ".join(filter(None, (item.data(TAGS), item.data(STATE))))
        item.setData((said,), LINES)
        item.setData(f"{item.text()} {said}", WORDS)
        item.setAccessibleText(f"{item.text()}: {said}" if said else item.text())

    def _sort(self, row: int) -> None:
        role = self.order.itemData(row)
        if role is None:
            self._filtered.sort(-1)
        else:
            self._filtered.setSortRole(role)
            self._filtered.sort(0)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(PATH))

    def _offer(self, at: QPoint) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.menu_asked.emit([index.data(PATH)], self.view.viewport().mapToGlobal(at))


def _counting(name: str) -> str:
    """Return a name so that "2.wav" sorts before "10.wav"."""
    return re.sub(r"\d+", lambda found: found[0].zfill(20), name.casefold())
