"""The sounds of a data set: its labels with how much there is of each, and the clips of one label, to listen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from earmark.api import Example
from earmark.dataset import Dataset
from earmark.gui.label_colours import label_icon, label_text
from earmark.gui.lines_delegate import LINES, LinesDelegate
from earmark.gui.own_keys import BUTTON, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.times import time_text

COLUMNS = ("Label", "Clips", "Length")
NONE = "No label"
MOST = 2000  # clips that are listed
ROLE = Qt.ItemDataRole.UserRole


class ClipList(QWidget):
    """Clips, each to be heard by Enter, a double click or the button."""

    heard = Signal(object, float, object)  # Path, start, end or None

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title, self.view, self.play = QLabel(title), QListWidget(), QPushButton("&Listen")
        self.view.setAccessibleName(title)
        self.view.setToolTip("Enter or a double click plays a clip")
        self.play.setToolTip("Play the chosen clip (Enter in the list)")
        self.play.setObjectName("narrow")
        self.play.setAutoDefault(False)
        keep_keys(self.view, TABLE)
        keep_keys(self.play, BUTTON)
        self.view.setItemDelegate(LinesDelegate(self.view, under=1))
        Placeholder(self.view, "Choose what is at the left: its clips appear here.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.play)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)
        self.view.itemActivated.connect(self._hear)
        self.view.currentItemChanged.connect(lambda item, _: self.play.setEnabled(item is not None))
        self.play.clicked.connect(lambda: self._hear(self.view.currentItem()))
        self.play.setEnabled(False)

    def show_clips(self, title: str, clips: Sequence[tuple[Example, str]]) -> None:
        """List clips, each with what is said of it."""
        self.title.setText(title)
        self.view.clear()
        for example, words in clips[:MOST]:
            item = QListWidgetItem(f"{example.path.name}{_stretch(example)}")
            item.setData(ROLE, example)
            item.setData(LINES, [words])
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}: {words}")
            item.setToolTip(f"{example.path}\n{words}")
            self.view.addItem(item)

    def _hear(self, item: QListWidgetItem | None) -> None:
        if item:
            example: Example = item.data(ROLE)
            self.heard.emit(example.path, example.start, example.end)


def _stretch(example: Example) -> str:
    """Return where in its file a clip is; "" of a whole one."""
    if example.end is None:
        return ""
    return f"  {time_text(example.start, 1)}–{time_text(example.end, 1)}"


class LabelTable(QTableView):
    """The labels, with the clips and the time of each."""

    chosen = Signal(str)  # a label; "" is none

    def __init__(self) -> None:
        super().__init__()
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.setAccessibleName("Labels")
        self.setToolTip("The labels and how much there is of each; choose one to listen to its clips")
        keep_keys(self, TABLE)
        self.selectionModel().currentRowChanged.connect(self._choose)

    def show_dataset(self, dataset: Dataset, durations: Mapping[Path, float]) -> None:
        """Show the labels of a data set; times once they are known."""
        self._items.clear()
        self._items.setHorizontalHeaderLabels(list(COLUMNS))
        for label, clips in by_label(dataset).items():
            if clips:
                self._items.appendRow(_row(label, clips, durations))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.resizeRowsToContents()

    def _choose(self, index) -> None:
        if index.isValid():
            self.chosen.emit(index.siblingAtColumn(0).data(ROLE))


def by_label(dataset: Dataset) -> dict[str, list[Example]]:
    """Return the clips of each label, those without any under ""."""
    found: dict[str, list[Example]] = {label: [] for label in (*dataset.labels, "")}
    for example in dataset.examples:
        for label in example.labels or ("",):
            found.setdefault(label, []).append(example)
    return found


def length_of(example: Example, durations: Mapping[Path, float]) -> float | None:
    """Return the seconds of a clip; None while they are not known."""
    end = durations.get(example.path) if example.end is None else example.end
    return None if end is None else max(0.0, end - example.start)


def _row(label: str, clips: Sequence[Example], durations: Mapping[Path, float]) -> list[QStandardItem]:
    name, number, length = QStandardItem(label_text(label) or NONE), QStandardItem(), QStandardItem()
    if label:
        name.setIcon(label_icon(label))
    name.setData(label, ROLE)
    number.setData(len(clips), Qt.ItemDataRole.DisplayRole)
    known = [seconds for each in clips if (seconds := length_of(each, durations)) is not None]
    length.setText(time_text(sum(known), 0) if known else "…")
    for item in (number, length):
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return [name, number, length]
