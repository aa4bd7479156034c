"""The queue as a list of rows that are read page by page: as many as there are, as few in memory as are looked at."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from earmark.audio_file import shown
from earmark.batch import CANCELLED, Counts, Item, State

PAGE = 128  # rows
KEPT = 24  # pages
ITEM, STATE, PART = (Qt.ItemDataRole.UserRole + number for number in range(1, 4))
Index = QModelIndex | QPersistentModelIndex
WORDS = {"waiting": "Waiting", "done": "Done", "failed": "Failed"}


class QueueModel(QAbstractListModel):
    """One row for each recording in the queue, or for those of one state."""

    lacked = Signal(object, int)  # State or None, the first row of a page that somebody looks at

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None  # only these, or all
        self._count = 0
        self._pages: OrderedDict[int, list[Item]] = OrderedDict()  # by their first row
        self._asked: set[int] = set()
        self._old: set[int] = set()  # pages that are shown until they were read again
        self._work: tuple[Path, str, float] | None = None  # the one in work, and the share of it that is done

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Return how many there are."""
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows; nothing until its page is there."""
        item = self._item(index.row())
        if item is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown(item.path)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{item.path.parent / shown(item.path)}\n{item.model_id}\n{self._words(item)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{shown(item.path)}: {self._words(item)}"
        return {ITEM: item, STATE: self._words(item), PART: self._part(item)}.get(role)

    def match(self, *_: object, **__: object) -> list[QModelIndex]:
        """Find nothing: to look for a name by typing it would read all pages."""
        return []

    def show_counts(self, counts: Counts) -> None:
        """Have as many rows as there are, and read again what is looked at."""
        count = getattr(counts, self.state) if self.state else counts.total
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()
        self._old = set(self._pages)
        self._asked.clear()
        self._tell_all()

    def show_state(self, state: State | None, counts: Counts) -> None:
        """Show only the recordings of one state, or all."""
        self.beginResetModel()
        self.state, self._count = state, 0
        self._pages.clear()
        self.endResetModel()
        self.show_counts(counts)

    def show_page(self, state: State | None, first: int, items: list[Item]) -> None:
        """Show a page that was asked for."""
        self._asked.discard(first)
        if state != self.state:
            return
        self._pages[first] = items
        self._pages.move_to_end(first)
        self._old.discard(first)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self.dataChanged.emit(self.index(first), self.index(min(first + PAGE, self._count) - 1))

    def show_item(self, item: Item) -> None:
        """Show what became of a recording, if its page is there."""
        for first, items in self._pages.items():
            for offset, each in enumerate(items):
                if each.number == item.number:
                    items[offset] = item
                    self._tell(first + offset)
                    return

    def show_work(self, path: Path, model_id: str, part: float) -> None:
        """Show how much of the one in work is done."""
        self._work = (path, model_id, part)
        if (row := self._row_of(path, model_id)) is not None:
            self._tell(row)

    def end_work(self) -> None:
        """Nothing is in work any more."""
        self._work = None
        self._tell_all()

    def item(self, index: Index) -> Item | None:
        """Return what is in a row, where it has been read."""
        return index.data(ITEM) if index.isValid() else None

    def _item(self, row: int) -> Item | None:
        first = row - row % PAGE
        items = self._pages.get(first)
        if (items is None or first in self._old) and first not in self._asked:
            self._asked.add(first)
            self.lacked.emit(self.state, first)
        return items[row - first] if items and row - first < len(items) else None

    def _row_of(self, path: Path, model_id: str) -> int | None:
        for first, items in self._pages.items():
            for offset, each in enumerate(items):
                if each.path == path and each.model_id == model_id:
                    return first + offset
        return None

    def _part(self, item: Item) -> float | None:
        if self._work and self._work[:2] == (item.path, item.model_id) and item.state == "waiting":
            return self._work[2]
        return None

    def _words(self, item: Item) -> str:
        part = self._part(item)
        if part is not None:
            return f"Analysing, {part:.0%}"
        if item.reason == CANCELLED:
            return CANCELLED.rstrip(".")
        reason = item.reason.removeprefix(f"{shown(item.path)} ")  # its name stands above
        return f"{WORDS[item.state]}: {reason}" if reason else WORDS[item.state]

    def _tell(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))

    def _tell_all(self) -> None:
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1))
