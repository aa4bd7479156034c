"""The disagreements panel: how many there are, and a table to step through and to play them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from earmark.counted import counted
from earmark.disagreements import EDGE, Disagreement
from earmark.gui.disagreements_model import HEARD, LABEL, LENGTH, ONSET, SCORES, DisagreementsModel
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import muted
from earmark.label_names import name_read

NO_MODELS = "Model ▸ Compare with… puts models beside each other. Where they disagree is listed here."
AGREED = "They agree on every label that both know."
WIDEST = {ONSET: "0:00:00.00", LENGTH: "Length", HEARD: "A, B and C"}
NARROW = {ONSET: "0:00.00", HEARD: "A, B"}
PADDING = 16  # pixels of a cell around its text
FULL = 400  # pixels: room for the length too
Flag = QItemSelectionModel.SelectionFlag


class DisagreementsPanel(QWidget):
    """The list; one of its rows is where one is."""

    reached = Signal(object)  # Disagreement: go there
    opened = Signal(object)  # Disagreement: play it

    def __init__(self) -> None:
        super().__init__()
        self.model, self.view, self.count = DisagreementsModel(), QTableView(), muted()
        self.view.setModel(self.model)
        self._placeholder = Placeholder(self.view, NO_MODELS)
        self._build()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.count)
        self.view.selectionModel().currentRowChanged.connect(self._reach)
        self.view.doubleClicked.connect(self._open)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self.view, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda: self._open(self.view.currentIndex()))

    def _build(self) -> None:
        view = self.view
        view.setAccessibleName("Disagreements")
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        view.setSortingEnabled(True)
        view.sortByColumn(ONSET, Qt.SortOrder.AscendingOrder)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(25)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(30)
        self.count.setToolTip(f"Edges that lie less than {EDGE:g} s apart are no disagreement.")
        keep_keys(view, TABLE)

    def show_disagreements(self, rows: Sequence[Disagreement], titles: Sequence[str]) -> None:
        """List these, between models of these titles; the one where one is stays current if it is still there."""
        current = self.current
        top = self.view.verticalScrollBar().value()
        self._placeholder.say(AGREED if titles else NO_MODELS)
        with QSignalBlocker(self):
            self.model.show(rows, titles)
            if current:
                self._select(self._same(current))
        self.view.verticalScrollBar().setValue(top)
        self.count.setText(counted(len(rows), "disagreement") if rows else "")
        self._size_columns(len(titles))

    @property
    def current(self) -> Disagreement | None:
        """Return the disagreement where one is."""
        row = self.view.currentIndex().row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def step(self, count: int) -> bool:
        """Go to the next or previous one, as they are listed; return whether there is any."""
        rows = len(self.model.rows)
        if rows:
            here = self.view.currentIndex()
            row = here.row() + count if here.isValid() else (0 if count > 0 else rows - 1)
            self.view.selectRow(min(max(row, 0), rows - 1))
            self.view.setFocus()
        return bool(rows)

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._size_columns(self.model.columnCount() - SCORES)

    def _size_columns(self, models: int) -> None:
        metrics, is_wide = self.view.fontMetrics(), self.width() >= FULL
        header = self.view.horizontalHeader()
        widest = WIDEST if is_wide else NARROW
        for column, text in widest.items():
            self.view.setColumnWidth(column, metrics.horizontalAdvance(text) + PADDING)
        for column in range(SCORES, SCORES + models):
            self.view.setColumnWidth(column, metrics.horizontalAdvance("0.00") + PADDING // 2)
        self.view.setColumnHidden(LENGTH, not is_wide)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)

    def _same(self, before: Disagreement) -> int | None:
        """Return the row of what overlaps an earlier one, of the same label."""
        name = name_read(before.label)
        shared = [
            (min(each.offset, before.offset) - max(each.onset, before.onset), -row)
            for row, each in enumerate(self.model.rows)
            if name_read(each.label) == name
        ]
        most, row = max(shared, default=(0.0, 0))
        return -row if most > 0 else None

    def _select(self, row: int | None) -> None:
        if row is not None:
            index = self.model.index(row, ONSET)
            self.view.selectionModel().setCurrentIndex(index, Flag.ClearAndSelect | Flag.Rows)

    def _reach(self, index: QModelIndex) -> None:
        if index.isValid():
            self.reached.emit(self.model.rows[index.row()])

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.model.rows[index.row()])
