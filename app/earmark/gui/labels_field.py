"""The list of labels that goes with a checkpoint whose file does not name them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from earmark.gui.own_keys import BUTTON, keep_keys

KINDS = "Lists of labels (*.csv *.tsv *.txt);;All files (*)"
FORM = "one a line, or a CSV with display_name, label or name"
TIP = f"The labels in the order of the network's outputs: {FORM}"


class LabelsField(QWidget):
    """A line for the path of a list, and a button that finds it."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line, self.browse = QLineEdit(), QPushButton("C&hoose…")
        self.line.setPlaceholderText(FORM)
        self.line.setAccessibleName("List of labels")
        self.line.setToolTip(TIP)
        self.browse.setToolTip("Choose the list of labels")
        self.browse.setAccessibleName("Choose the list of labels")
        self.browse.setAutoDefault(False)
        keep_keys(self.browse, BUTTON)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.setFocusProxy(self.line)
        self.browse.clicked.connect(self._browse)
        self.line.returnPressed.connect(self.chosen)

    @property
    def path(self) -> Path | None:
        """Return the list that is given; None where there is none."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def clear(self) -> None:
        """Forget what was given."""
        self.line.clear()

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "The labels, in the order of the outputs", "", KINDS)
        if name:
            self.line.setText(name)
            self.chosen.emit()
