"""About: versions, licences, and whose work is in Earmark."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from earmark import __version__
from earmark.about import Facts
from earmark.gui.icons import program_icon

ICON, ROW = 56, 24  # pixels


class AboutWindow(QDialog):
    """Shows the facts as soon as they are there."""

    def __init__(self, parent: QWidget, device: str) -> None:
        super().__init__(parent)
        self._device = device or "not known yet"
        self._said: Sequence[tuple[str, str]] = ()
        self.versions, self.licences = (
            _table("Versions", ["What", "Version"]),
            _table("Licences", ["Distribution", "Version", "Licence"]),
        )
        self.credits = QTextBrowser()
        self.pages = QTabWidget()
        self.copy = QPushButton("&Copy")
        self.close_button = QPushButton("Close")
        self._build()
        self._lay_out()

    def _build(self) -> None:
        self.setWindowTitle("About Earmark")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 560)
        self.credits.setOpenExternalLinks(True)
        self.credits.setAccessibleName("Credits")
        self.credits.setToolTip("Whose sounds are in Earmark")
        self.pages.setAccessibleName("About Earmark")
        self.pages.setToolTip("Versions, licences, credits")
        self.pages.setUsesScrollButtons(False)
        for name, page in (("&Versions", self.versions), ("&Licences", self.licences), ("C&redits", self.credits)):
            self.pages.addTab(page, name)
        self.copy.setToolTip("Copy versions and device, for a report")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        self.close_button.setToolTip("Close this window (Esc)")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.close)

    def _lay_out(self) -> None:
        icon = QLabel()
        icon.setPixmap(program_icon().pixmap(ICON, ICON))
        title = QLabel(
            f"<h2>Earmark {__version__}</h2>Hears what is in a recording. Apache License 2.0.<br>"
            "The libraries and sounds in it have licences of their own."
        )
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(icon)
        top.addWidget(title, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)

    def show_facts(self, facts: Facts) -> None:
        """Fill the pages, unless the window was closed before there was anything to show."""
        if not isValid(self):
            return
        self._said = (*facts.versions, ("Device", self._device))
        _fill(self.versions, self._said)
        _fill(self.licences, [(each.name, each.version, each.licence) for each in facts.licences])
        self.credits.setMarkdown(facts.credits)
        self.copy.setEnabled(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {text}" for name, text in self._said))


def _table(name: str, columns: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(columns))
    table.setAccessibleName(name)
    table.setToolTip(name)
    table.setHorizontalHeaderLabels(columns)
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)  # Tab goes on to the buttons
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    return table


def _fill(table: QTableWidget, rows: Sequence[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(number, column, item)
