"""What is to happen when a label is heard: a row for each wish."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
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
from earmark.live.alert_sound import BELL, TONE

LABEL, SCORE, SECONDS, RECORD, SOUND, COMMAND = range(6)
HEADERS = ("Label", "Score over", "For", "Record", "Sound", "Command")
TIPS = (
    "* is any label",
    "From which score on it counts",
    "How long it must last",
    "Record from five seconds before to five seconds after",
    "Heard on the loudspeaker",
    "Started with EARMARK_LABEL, EARMARK_SCORE and EARMARK_SECONDS set; no shell",
)
ANY = "*"
FILE = "?"  # no file is called so: asks for one


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
        Placeholder(table, "Add what is to happen when a sound is heard: record it, sound, or start a command.")
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
        sound = SoundBox(alert.sound)
        for column, widget in ((LABEL, label), (SCORE, score), (SECONDS, seconds), (SOUND, sound)):
            widget.setAccessibleName(HEADERS[column])
            widget.setToolTip(TIPS[column])
            self.table.setCellWidget(row, column, widget)
        self.table.setItem(row, RECORD, _check(on=alert.record))
        self.table.setItem(row, COMMAND, QTableWidgetItem(shlex.join(alert.command)))

    def _alert(self, row: int) -> Alert:
        label, score, seconds, sound = (self.table.cellWidget(row, column) for column in (LABEL, SCORE, SECONDS, SOUND))
        return Alert(
            label=label.currentData(),  # type: ignore[attr-defined]
            threshold=score.value(),  # type: ignore[attr-defined]
            seconds=seconds.value(),  # type: ignore[attr-defined]
            record=self._is_checked(row, RECORD),
            sound=sound.sound,  # type: ignore[attr-defined]
            command=_words(self.table.model().index(row, COMMAND).data() or ""),
        )

    def _is_checked(self, row: int, column: int) -> bool:
        state = self.table.model().index(row, column).data(Qt.ItemDataRole.CheckStateRole)
        return Qt.CheckState(state) == Qt.CheckState.Checked


class SoundBox(QComboBox):
    """Which sound an alert makes: none, the bell, the tone, or a file."""

    def __init__(self, sound: str) -> None:
        super().__init__()
        for text, data in (("None", ""), ("Bell", BELL), ("Tone", TONE), ("A file…", FILE)):
            self.addItem(text, data)
        self.setMinimumContentsLength(8)
        self.sound = ""
        self.show_sound(sound)
        self.activated.connect(self._choose)

    def show_sound(self, sound: str) -> None:
        """Show a sound; a file by its name, before the item that asks for another."""
        self.sound = sound
        if self.findData(sound) < 0:
            self.insertItem(self.findData(FILE), Path(sound).name, sound)
            self.setItemData(self.findData(sound), sound, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self.findData(sound))

    def _choose(self) -> None:
        if self.currentData() == FILE:
            name, _ = QFileDialog.getOpenFileName(self, "Sound of the alert")
            self.show_sound(name or self.sound)
        else:
            self.sound = self.currentData()


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
