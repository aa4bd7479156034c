"""Thresholds and calibration: every label with its threshold, and what the judgements say of its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from earmark.calibration import Calibration
from earmark.gui.placeholder import Placeholder
from earmark.gui.study_panel import StudyPanel
from earmark.gui.theme import Theme
from earmark.gui.thresholds_model import LABEL, SORT, THRESHOLD, Row, ThresholdsModel
from earmark.reliability import Study

SIZE = (1020, 640)
LEFT = 540  # pixels of the table
NOTHING = "Labels appear here once a recording was analysed."
WIDTHS = (84, 62, 58, 62, 88)  # pixels of its columns but the first


class ThresholdDelegate(QStyledItemDelegate):
    """Edits a threshold in thousandths."""

    def createEditor(self, parent, option, index) -> QWidget:  # noqa: N802 - Qt's
        """Return a spin box."""
        return QDoubleSpinBox(parent, maximum=1.0, decimals=3, singleStep=0.01)

    def setEditorData(self, editor, index) -> None:  # noqa: N802 - Qt's
        """Begin with the threshold there is."""
        editor.setValue(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor, model, index) -> None:  # noqa: N802 - Qt's
        """Take what was typed, if it is another number than was shown."""
        editor.interpretText()
        if editor.value() != round(index.data(Qt.ItemDataRole.EditRole), 3):
            model.setData(index, editor.value())


class ThresholdsWindow(QDialog):
    """Labels at the left, at the right what is known of the one chosen."""

    study_asked = Signal(str, float)  # label, wanted precision
    threshold_chosen = Signal(str, float)  # label, threshold
    reset = Signal()  # to the thresholds that the model brings

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.model, self._sorted = ThresholdsModel(), QSortFilterProxyModel()
        self.filter, self.table = QLineEdit(), QTableView()
        self.panel = StudyPanel()
        self.own = QPushButton("Use the m&odel's thresholds")
        self._calibrations: Mapping[str, Calibration] = {}
        self._thresholds: Mapping[str, float] = {}
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.setWindowTitle("Thresholds and calibration")
        self.resize(*SIZE)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter.setPlaceholderText("Filter labels")
        self.filter.setAccessibleName("Filter labels")
        self.filter.setClearButtonEnabled(True)
        self.own.setToolTip("Forget the thresholds that you chose for this model (Alt+O)")
        self._shape_table()

    def _shape_table(self) -> None:
        table = self.table
        table.setModel(self._sorted)
        table.setAccessibleName("Labels and their thresholds")
        self._placeholder = Placeholder(table, NOTHING)
        table.setItemDelegateForColumn(THRESHOLD, ThresholdDelegate(table))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(25)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate(WIDTHS, THRESHOLD):
            header.resizeSection(column, width)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.addWidget(self.own)
        below.addStretch(1)
        column.addLayout(below)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(14)
        splitter.addWidget(left)
        splitter.addWidget(self.panel)
        splitter.setSizes([LEFT, SIZE[0] - LEFT])
        layout = QVBoxLayout(self)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.model.chosen.connect(self.threshold_chosen)
        self.panel.threshold_chosen.connect(self.threshold_chosen)
        self.panel.precision_changed.connect(self._ask)
        self.own.clicked.connect(self.reset)
        self.table.selectionModel().currentRowChanged.connect(self._ask)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return in the filter or a number presses none

    def _filter(self, text: str) -> None:
        self._sorted.setFilterFixedString(text)
        self._placeholder.say(f"No label has “{text}” in its name." if text else NOTHING)

    @property
    def label(self) -> str:
        """Return the label that is chosen; "" where there is none."""
        index = self._sorted.mapToSource(self.table.currentIndex())
        return self.model.label_at(index.row()) if index.isValid() else ""

    def choose(self, label: str) -> None:
        """Choose a label; the first one where there is no such label."""
        index = self._sorted.mapFromSource(self.model.index(self.model.row_of(label), LABEL))
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def show_rows(self, rows: Sequence[Row], calibrations: Mapping[str, Calibration]) -> None:
        """Show these labels; what was chosen is studied again."""
        label = self.label
        self._calibrations = calibrations
        self._thresholds = {row.label: row.threshold for row in rows}
        self.own.setEnabled(any(row.is_chosen for row in rows))
        self.model.show_rows(rows)
        if not rows:
            self.panel.clear()
        elif not label:
            self.choose("")
        self._ask()

    def show_study(self, study: Study) -> None:
        """Show what is known of a label, if it still is the one chosen."""
        if study.label == self.label:
            self.panel.show_study(study, self._thresholds[study.label], self._calibrations.get(study.label))

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.panel.wear(theme)

    def _ask(self) -> None:
        if self.label:
            self.study_asked.emit(self.label, self.panel.wanted)
