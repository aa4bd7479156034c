"""The tags of a recording with their scores as bars: over the whole file, and where the playhead is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
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

from earmark.gui.label_colours import label_colour, label_icon, label_text
from earmark.gui.own_keys import PICKER, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import muted

LABEL, WHOLE, HERE = range(3)
HEADERS = ("Label", "Whole", "Here")
TOPS = (10, 20, 50)
NOTE = "Scores are not probabilities, and those of two models cannot be compared."
SCORE, COLOUR = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
NUMBER_WIDTH = 34
LABEL_WIDTH = 140
Index = QModelIndex | QPersistentModelIndex


class TagsModel(QAbstractTableModel):
    """Labels by their score over the whole file, highest first."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[tuple[str, float]] = []
        self._shown: list[tuple[str, float]] = []
        self._here: Mapping[str, float] = {}
        self._top: int | None = TOPS[1]

    def show_tags(self, tags: Sequence[tuple[str, float]]) -> None:
        """Show these, sorted as they are."""
        self.beginResetModel()
        self._all = list(tags)
        self._shown = self._all[: self._top]
        self.endResetModel()

    def show_here(self, scores: Mapping[str, float]) -> None:
        """Show the scores at the playhead."""
        self._here = scores
        if self._shown:
            self.dataChanged.emit(self.index(0, HERE), self.index(len(self._shown) - 1, HERE))

    def show_top(self, count: int | None) -> None:
        """Show this many rows; None is all."""
        self._top = count
        self.show_tags(self._all)

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of labels shown."""
        return 0 if parent and parent.isValid() else len(self._shown)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return label, whole, here."""
        return len(HEADERS)

    def headerData(self, section, orientation, role: int = Qt.ItemDataRole.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return ("", "The highest score in the recording. ", "The score at the playhead. ")[section] + NOTE
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return a label, or a score."""
        label, whole = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == LABEL:
            return label_text(label)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == LABEL:
            return label_icon(label)
        if role == COLOUR:
            return label_colour(label)
        score = whole if index.column() == WHOLE else self._here.get(label)
        if role == SCORE and index.column() != LABEL:
            return score
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() != LABEL:
            return "none" if score is None else f"{score:.2f}"
        return None


class BarDelegate(QStyledItemDelegate):
    """Draws a score as a bar in its label's colour, with its number."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw bar and number."""
        self.initStyleOption(option, index)
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        score = index.data(SCORE)
        if score is None:
            return
        area = QRectF(option.rect).adjusted(4, 6, -4, -6)
        bar = QRectF(area.left(), area.top(), (area.width() - NUMBER_WIDTH) * min(max(score, 0.0), 1.0), area.height())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colours = option.palette
        painter.fillRect(bar, index.model().index(index.row(), LABEL).data(COLOUR))
        painter.setPen((colours.highlightedText() if selected else colours.text()).color())
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, alignment, f"{score:.2f}".lstrip("0") if score < 0.995 else "1.0")


class Tags(QWidget):
    """The table of tags, and how many of them to show."""

    def __init__(self) -> None:
        super().__init__()
        self.model = TagsModel()
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName("Tags")
        self.top = QComboBox()
        self.top.setAccessibleName("How many tags to show")
        for count in TOPS:
            self.top.addItem(f"Top {count}", count)
        self.top.addItem("All", None)
        self.top.setCurrentIndex(1)
        self._lay_out()
        self.top.currentIndexChanged.connect(lambda: self.model.show_top(self.top.currentData()))
        keep_keys(self.view, TABLE)
        keep_keys(self.top, PICKER)

    def _lay_out(self) -> None:
        view = self.view
        view.setItemDelegateForColumn(WHOLE, BarDelegate(view))
        view.setItemDelegateForColumn(HERE, BarDelegate(view))
        Placeholder(view, "What is in the recording appears here.")
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(25)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(LABEL_WIDTH)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        note = muted("Scores are not probabilities.")
        note.setToolTip(NOTE)
        below = QHBoxLayout()
        below.addWidget(note, 1)
        below.addWidget(self.top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view, 1)
        layout.addLayout(below)
