"""The tags of a recording with their scores as bars: over the whole file, in the selection, and at the playhead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
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
from earmark.gui.tags_model import (
    BESIDE,
    COLOUR,
    HERE,
    LABEL,
    MARK,
    READING,
    SELECTION,
    TOPS,
    WHOLE,
    WIDEST,
    Index,
    TagsModel,
)
from earmark.gui.theme import muted
from earmark.score_text import NOT_PROBABLE, Reading

MARGIN, THIN = 4, 4  # pixels: beside the number, of a bar under it
LEAST_ROOM = 22  # pixels for a bar beside the number
LABEL_WIDTH, NARROW_LABEL_WIDTH = 140, 112  # without, with the selection's column
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
        room = option.rect.width() - option.fontMetrics.horizontalAdvance(index.data(WIDEST)) - 4 * MARGIN
        area = QRectF(option.rect).adjusted(MARGIN, 0, -MARGIN, 0)
        painter.fillRect(_bar(area, room, reading.part), index.model().index(index.row(), LABEL).data(COLOUR))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = option.palette
        painter.setPen((colours.highlightedText() if selected else colours.text()).color())
        text = f"{MARK} {reading.text}" if reading.is_probability else reading.text
        area.setBottom(area.bottom() - (THIN if room < LEAST_ROOM else 0))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def _bar(cell: QRectF, room: float, part: float) -> QRectF:
    """Return the bar beside the number, or under it where there is no room beside."""
    if room < LEAST_ROOM:
        return QRectF(cell.left(), cell.bottom() - THIN - 1, cell.width() * part, THIN)
    return QRectF(cell.left(), cell.top() + 6, room * part, cell.height() - 12)


class Tags(QWidget):
    """The table of tags, and how many of them to show."""

    picked = Signal(str)  # label

    def __init__(self) -> None:
        super().__init__()
        self.model = TagsModel()
        self._is_compared = self._has_selection = False
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
        self.view.selectionModel().currentRowChanged.connect(self._pick)
        keep_keys(self.view, TABLE)
        keep_keys(self.top, PICKER)

    def _pick(self, index: Index) -> None:
        if index.isValid():
            self.picked.emit(self.model.label_at(index.row()))

    def show_beside(self, titles: Sequence[str], tags: Sequence[Sequence[tuple[str, float]]]) -> None:
        """Show the tags of models beside each other, a column each; of none: those of the one that is judged."""
        self.model.show_beside(titles, tags)
        self._is_compared = bool(titles)
        for column in (WHOLE, SELECTION, HERE):
            self.view.setColumnHidden(column, self._is_compared or (column == SELECTION and not self._has_selection))
        for column in range(BESIDE, BESIDE + len(titles)):
            self.view.setItemDelegateForColumn(column, self._bars)

    def show_selection(self, scores: Mapping[str, float] | None) -> None:
        """Show the highest scores in the selection; None: nothing is selected."""
        self._has_selection = scores is not None
        self.view.setColumnHidden(SELECTION, scores is None or self._is_compared)
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
        self._bars = BarDelegate(view)
        for column in (WHOLE, SELECTION, HERE):
            view.setItemDelegateForColumn(column, self._bars)
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
