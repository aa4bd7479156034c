"""The tables of a report: how well each label is told, and which are taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from earmark.gui.label_colours import label_icon, label_text
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.theme import DARK, Theme

COLUMNS = {
    "clips": "Clips",
    "average_precision": "AP",
    "precision": "Precision",
    "recall": "Recall",
    "threshold": "Threshold",
}
MIDDLE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TIP = "The score from which it is right so often"
ROOM, FIGURE = 40, 54  # pixels of a cell of confusions, of a column of figures at least
SHADE = 190  # of 255, of the fullest cell


class LabelFigures(QTableWidget):
    """A row for each label."""

    chosen = Signal(int)  # the label's place

    def __init__(self) -> None:
        super().__init__()
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAccessibleName("How well each label is told")
        self.setToolTip("Choose a label to list its clips, the least sure first")
        keep_keys(self, TABLE)
        self.currentCellChanged.connect(lambda row, *_: row >= 0 and self.chosen.emit(row))

    def show_figures(self, labels: Sequence[str], told: Mapping[str, Any], thresholds: Mapping[str, Any]) -> None:
        """Show a report's figures of each label, and the thresholds for the precision that is wanted."""
        wanted = f"For {100 * thresholds['wanted']:.0f} %"
        names = ("Label", *COLUMNS.values(), wanted)
        self.setColumnCount(len(names))
        for column, name in enumerate(names):
            head = QTableWidgetItem(name)
            head.setTextAlignment(RIGHT if column else MIDDLE)
            head.setToolTip(TIP if name == wanted else "")
            self.setHorizontalHeaderItem(column, head)
        self.setRowCount(len(labels))
        self.verticalHeader().hide()
        for row, (label, figures) in enumerate(zip(labels, told["labels"], strict=True)):
            own = thresholds["labels"].get(label, {})
            values = [figures | {"threshold": own.get("best")} if name == "threshold" else figures for name in COLUMNS]
            texts = [_figure(value.get(name)) for name, value in zip(COLUMNS, values, strict=True)]
            self._fill(row, label, (*texts, _figure(own.get("threshold"))))
        self.horizontalHeader().setMinimumSectionSize(FIGURE)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _fill(self, row: int, label: str, texts: Sequence[str]) -> None:
        self.setItem(row, 0, QTableWidgetItem(label_icon(label), label_text(label)))
        for column, text in enumerate(texts, start=1):
            item = QTableWidgetItem(text)
            item.setTextAlignment(RIGHT)
            self.setItem(row, column, item)


class ConfusionTable(QTableWidget):
    """What the clips of each label, a row, were told to be, a column."""

    chosen = Signal(int, int)  # true, told

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = DARK
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Which label is taken for which")
        self.setToolTip("Rows: what it is; columns: what the model says. Choose a cell to list its clips")
        keep_keys(self, TABLE)
        self.currentCellChanged.connect(lambda row, column, *_: row >= 0 and self.chosen.emit(row, column))

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme

    def show_confusion(self, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Show counts [true, told]."""
        names = [label_text(label) for label in labels]
        self.setRowCount(len(labels))
        self.setColumnCount(len(labels))
        self.setVerticalHeaderLabels([f"is {name}" for name in names])
        self.setHorizontalHeaderLabels(names)
        for true, row in enumerate(counts):
            for told, count in enumerate(row):
                item = self._cell(count, sum(row), is_right=true == told)
                words = f"{count} of {sum(row)} clips of {names[true]} told to be {names[told]}"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
                item.setToolTip(words)
                self.setItem(true, told, item)
        self.horizontalHeader().setMinimumSectionSize(ROOM)
        self.resizeColumnsToContents()

    def _cell(self, count: int, total: int, *, is_right: bool) -> QTableWidgetItem:
        item = QTableWidgetItem(str(count) if count else "·")
        item.setTextAlignment(MIDDLE)
        if count:
            colour = QColor(self._theme.accent if is_right else self._theme.recording)
            colour.setAlpha(round(SHADE * count / total))
            item.setBackground(QBrush(colour))
        return item


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
