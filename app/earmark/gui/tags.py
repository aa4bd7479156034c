"""The tags of a recording with their scores as bars: over the whole file, in the selection, and at the playhead."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from earmark.calibration import Calibration
from earmark.gui.own_keys import PICKER, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.tags_model import COLOUR, HERE, LABEL, READING, SELECTION, TOPS, WHOLE, Index, TagsModel
from earmark.gui.theme import muted
from earmark.score_text import NOT_PROBABLE, Reading

NUMBER_WIDTH = 34
LABEL_WIDTH, NARROW_LABEL_WIDTH = 140, 112  # without, with the selection's column
MARK = "◆"
PLAIN_NOTE = "Scores are not probabilities."
MARKED_NOTE = f"{MARK} probability; others are scores."


class BarDelegate(QStyledItemDelegate):
    """Draws a score as a bar in its label's colour, with its number; a probability has a mark."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw bar and number."""
        self.initStyleOption(option, index)
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        reading: Reading | None = index.data(READING)
        if reading is None:
            return
        text = f"{MARK} {reading.text}" if reading.is_probability else reading.text
        taken = max(NUMBER_WIDTH, option.fontMetrics.horizontalAdvance(text) + 4)
        area = QRectF(option.rect).adjusted(4, 6, -4, -6)
        bar = QRectF(area.left(), area.top(), max(area.width() - taken, 0) * reading.part, area.height())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = option.palette
        painter.fillRect(bar, index.model().index(index.row(), LABEL).data(COLOUR))
        painter.setPen((colours.highlightedText() if selected else colours.text()).color())
        painter.drawText(area.adjusted(0, -4, 0, 4), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


class Tags(QWidget):
    """The table of tags, and how many of them to show."""

    def __init__(self) -> None:
        super().__init__()
        self.model = TagsModel()
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName("Tags")
        self.note = muted(PLAIN_NOTE)
        self.note.setToolTip(NOT_PROBABLE)
        self.top = QComboBox()
        self.top.setAccessibleName("How many tags to show")
        self.top.setToolTip("How many tags to show")
        for count in TOPS:
            self.top.addItem(f"Top {count}", count)
        self.top.addItem("All", None)
        self.top.setCurrentIndex(1)
        self._lay_out()
        self.show_selection(None)
        self.top.currentIndexChanged.connect(lambda: self.model.show_top(self.top.currentData()))
        keep_keys(self.view, TABLE)
        keep_keys(self.top, PICKER)

    def show_selection(self, scores: Mapping[str, float] | None) -> None:
        """Show the highest scores in the selection; None: nothing is selected."""
        self.view.setColumnHidden(SELECTION, scores is None)
        self.view.horizontalHeader().setMaximumSectionSize(LABEL_WIDTH if scores is None else NARROW_LABEL_WIDTH)
        self.model.show_selection(scores or {})

    def show_probabilities(self, calibrations: Mapping[str, Calibration]) -> None:
        """Show the scores of these labels as probabilities, marked; those of others stay scores."""
        self.note.setText(MARKED_NOTE if calibrations else PLAIN_NOTE)
        self.model.show_probabilities(calibrations)

    def _lay_out(self) -> None:
        self._shape_view()
        self._shape_header()
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)

    def _shape_view(self) -> None:
        view = self.view
        for column in (WHOLE, SELECTION, HERE):
            view.setItemDelegateForColumn(column, BarDelegate(view))
        Placeholder(view, "What is in the recording appears here.")
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(25)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)

    def _shape_header(self) -> None:
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(LABEL_WIDTH)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
