"""What is to happen when a label is heard: a row for each wish."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.label_colours import label_text
from earmark.gui.live_session import Alert
from earmark.gui.placeholder import Placeholder

LABEL, SCORE, SECONDS, RECORD, BELL, COMMAND = range(6)
HEADERS = ("Label", "Score over", "For", "Record", "Bell", "Command")
TIPS = (
    "* is any label",
    "From which score on it counts",
    "How long it must last",
    "Record from five seconds before to five seconds after",
    "Ring the bell",
    "Started with EARMARK_LABEL, EARMARK_SCORE and EARMARK_SECONDS set; no shell",
)
ANY = "*"


class AlertsTable(QWidget):
    """The rows, and buttons to add and remove them."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        self._labels = [ANY, *labels]
        self.table = QTableWidget(0, len(HEADERS))
        self.add, self.remove = QPushButton("A&dd"), QPushButton("Re&move")
        self._lay_out()
        self.add.clicked.connect(lambda: self._add(Alert(label=self._labels[min(1, len(self._labels) - 1)])))
        self.remove.clicked.connect(lambda: self.table.removeRow(self.table.currentRow()))

    def _lay_out(self) -> None:
        table = self.table
        table.setAccessibleName("Alerts")
        table.setHorizontalHeaderLabels(list(HEADERS))
        for column, tip in enumerate(TIPS):
            table.model().setHeaderData(column, Qt.Orientation.Horizontal, tip, Qt.ItemDataRole.ToolTipRole)
        table.verticalHeader().hide()
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        Placeholder(table, "Add what is to happen when a sound is heard: record it, ring, or start a command.")
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.Stretch)
        self.add.setToolTip("Add an alert")
        self.remove.setToolTip("Remove the row that is selected")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table)
        layout.addLayout(buttons)

    def show_alerts(self, alerts: Sequence[Alert]) -> None:
        """Show these."""
        self.table.setRowCount(0)
        for alert in alerts:
            self._add(alert)

    def alerts(self) -> tuple[Alert, ...]:
        """Return what the rows say."""
        return tuple(self._alert(row) for row in range(self.table.rowCount()))

    def _add(self, alert: Alert) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        label = QComboBox()
        for each in self._labels:
            label.addItem("Any label" if each == ANY else label_text(each), each)
        if label.findData(alert.label) < 0:
            label.addItem(label_text(alert.label), alert.label)
        label.setCurrentIndex(label.findData(alert.label))
        score = QDoubleSpinBox(maximum=1.0, decimals=2, singleStep=0.05, value=alert.threshold)
        seconds = QDoubleSpinBox(maximum=600.0, decimals=1, suffix=" s", value=alert.seconds)
        for column, widget in ((LABEL, label), (SCORE, score), (SECONDS, seconds)):
            widget.setAccessibleName(HEADERS[column])
            widget.setToolTip(TIPS[column])
            self.table.setCellWidget(row, column, widget)
        for column, on in ((RECORD, alert.record), (BELL, alert.bell)):
            self.table.setItem(row, column, _check(on=on))
        self.table.setItem(row, COMMAND, QTableWidgetItem(shlex.join(alert.command)))

    def _alert(self, row: int) -> Alert:
        label, score, seconds = (self.table.cellWidget(row, column) for column in (LABEL, SCORE, SECONDS))
        return Alert(
            label=label.currentData(),  # type: ignore[attr-defined]
            threshold=score.value(),  # type: ignore[attr-defined]
            seconds=seconds.value(),  # type: ignore[attr-defined]
            record=self._is_checked(row, RECORD),
            bell=self._is_checked(row, BELL),
            command=_words(self.table.model().index(row, COMMAND).data() or ""),
        )

    def _is_checked(self, row: int, column: int) -> bool:
        state = self.table.model().index(row, column).data(Qt.ItemDataRole.CheckStateRole)
        return Qt.CheckState(state) == Qt.CheckState.Checked


def _check(*, on: bool) -> QTableWidgetItem:
    item = QTableWidgetItem()
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
    return item


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:  # a quote that is not closed
        return tuple(text.split())
