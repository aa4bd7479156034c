"""The labels of a model with their thresholds, how many events there are, and what was judged, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont

from earmark.gui.label_colours import label_icon, label_text

LABEL, THRESHOLD, EVENTS, RIGHT, WRONG, PROBABILITY = range(6)
HEADERS = ("Label", "Threshold", "Events", "Right", "Wrong", "Probability")
TIPS = (
    "",
    "The score from which the label counts; double-click or press F2 to change it",
    "How many events of the label there are in this recording now",
    "How many of the model's events were accepted, in all recordings",
    "How many of the model's events were rejected or given another label, in all recordings",
    "Whether scores of the label are shown as probabilities",
)
SORT, NAME = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A label, and what is known of it now."""

    label: str
    threshold: float
    events: int = 0
    right: int = 0
    wrong: int = 0
    is_calibrated: bool = False
    is_chosen: bool = False  # the threshold is the person's

    @property
    def is_known(self) -> bool:
        """Whether there is anything of it."""
        return bool(self.events or self.right or self.wrong or self.is_calibrated)


class ThresholdsModel(QAbstractTableModel):
    """Rows keep their places while their numbers change."""

    chosen = Signal(str, float)  # label, threshold

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[str] = []
        self._rows: Mapping[str, Row] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these; other labels than before are put in order, those of which there is something first."""
        labels = {row.label for row in rows}
        self._rows = {row.label: row for row in rows}
        if labels and labels == set(self._labels):
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, PROBABILITY))
            return
        self.beginResetModel()
        self._labels = sorted(labels, key=lambda label: (not self._rows[label].is_known, label_text(label)))
        self.endResetModel()

    def label_at(self, row: int) -> str:
        """Return the label in a row."""
        return self._labels[row]

    def row_of(self, label: str) -> int:
        """Return where a label stands; the first row where it does not."""
        return self._labels.index(label) if label in self._labels else 0

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of labels."""
        return 0 if parent and parent.isValid() else len(self._labels)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of columns."""
        return len(HEADERS)

    def headerData(self, section, orientation, role: int = Qt.ItemDataRole.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name and what it means."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that thresholds can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == THRESHOLD else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return what stands in a cell."""
        row, column = self._rows[self._labels[index.row()]], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.EditRole if column == THRESHOLD:
                return row.threshold
            case Qt.ItemDataRole.DecorationRole if column == LABEL:
                return label_icon(row.label)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole if column == THRESHOLD and row.is_chosen:
                return _bold()
            case Qt.ItemDataRole.ToolTipRole:
                return "Chosen by you" if column == THRESHOLD and row.is_chosen else TIPS[column]
        return _key(row, column) if role == SORT else row.label if role == NAME else None

    def setData(self, index: Index, value, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's
        """Say that a person chose a threshold."""
        row = self._rows[self._labels[index.row()]]
        if role != Qt.ItemDataRole.EditRole or index.column() != THRESHOLD or value == row.threshold:
            return False
        self.chosen.emit(row.label, float(value))
        return True


def _text(row: Row, column: int) -> str:
    match column:
        case 0:
            return label_text(row.label)
        case 1:
            return f"{row.threshold:.3f}".removesuffix("0")
        case 5:
            return "◆ Yes" if row.is_calibrated else ""
    return str(_key(row, column) or "")


def _key(row: Row, column: int) -> str | float:
    keys = (label_text(row.label), row.threshold, row.events, row.right, row.wrong, row.is_calibrated)
    return keys[column]


def _alignment(column: int) -> Qt.AlignmentFlag:
    sides = {LABEL: Qt.AlignmentFlag.AlignLeft, PROBABILITY: Qt.AlignmentFlag.AlignHCenter}
    return sides.get(column, Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
