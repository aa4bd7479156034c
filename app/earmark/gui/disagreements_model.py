"""The disagreements of models as a table: when, about what, who hears it, and the scores of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from earmark.comparing import LETTERS, heard_by
from earmark.disagreements import Disagreement
from earmark.gui.label_colours import label_icon, label_text
from earmark.score_text import NOT_PROBABLE
from earmark.times import time_text

ONSET, LENGTH, LABEL, HEARD, SCORES = range(5)  # from SCORES on, a column for each model
HEADERS = ("Start", "Length", "Label", "By")
TIPS = ("", "In seconds", "", "The models that hear it; the others know the label and do not")
UNKNOWN = "–"  # in place of a score: the model does not know the label
DECIMALS = 2
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class DisagreementsModel(QAbstractTableModel):
    """Disagreements, sorted; in order of time unless a person wishes otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Disagreement] = ()
        self._titles: Sequence[str] = ()
        self._sorted_by, self._descending = ONSET, False

    def show(self, rows: Sequence[Disagreement], titles: Sequence[str]) -> None:
        """Show these, between models of these titles."""
        self.beginResetModel()
        self._titles = titles
        self._sorted_by = min(self._sorted_by, SCORES + len(titles) - 1)
        self.rows = self._in_order(rows)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is equal stays in order of time."""
        self.beginResetModel()
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self.rows = self._in_order(self.rows)
        self.endResetModel()

    def _in_order(self, rows: Sequence[Disagreement]) -> list[Disagreement]:
        in_time = sorted(rows, key=lambda each: (each.onset, each.offset))
        return sorted(in_time, key=_key(self._sorted_by), reverse=self._descending)

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of disagreements."""
        return 0 if parent and parent.isValid() else len(self.rows)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return start, length, label, who hears it, and a score of each model."""
        return SCORES + len(self._titles)

    def headerData(self, section, orientation, role: int = Role.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if section < SCORES:
            return {Role.DisplayRole: HEADERS, Role.ToolTipRole: TIPS}.get(Role(role), {section: None})[section]
        title = self._titles[section - SCORES]
        said = {
            Role.DisplayRole: LETTERS[section - SCORES],
            Role.AccessibleTextRole: f"Score of {title}",
            Role.ToolTipRole: f"The highest score of {title} there. {NOT_PROBABLE}",
        }
        return said.get(Role(role))

    def data(self, index: Index, role: int = Role.DisplayRole):
        """Return what a cell shows, and what it says to those who do not see it."""
        each, column = self.rows[index.row()], index.column()
        match role:
            case Role.DisplayRole:
                return self._text(each, column)
            case Role.DecorationRole:
                return label_icon(each.label) if column == LABEL else None
            case Role.TextAlignmentRole:
                return None if column in (LABEL, HEARD) else RIGHT
            case Role.ToolTipRole:
                return self.words(each)
            case Role.AccessibleTextRole:
                return self._spoken(each, column)
        return None

    def words(self, each: Disagreement) -> str:
        """Return all there is to say about a disagreement."""
        hears, misses = (heard_by(places, self._titles) for places in (each.heard_by, each.missed_by))
        stretch = f"{time_text(each.onset)} – {time_text(each.offset)}"
        verb = "hears" if len(each.heard_by) == 1 else "hear"
        not_verb = "does not" if len(each.missed_by) == 1 else "do not"
        return f"{label_text(each.label)}, {stretch}\n{hears} {verb} it, {misses} {not_verb}.\nEnter plays it."

    def _text(self, each: Disagreement, column: int) -> str:
        match column:
            case 0:
                return time_text(each.onset, DECIMALS)
            case 1:
                return f"{each.offset - each.onset:.2f}"
            case 2:
                return label_text(each.label)
            case 3:
                return heard_by(each.heard_by, LETTERS)
        score = each.scores[column - SCORES]
        return UNKNOWN if score is None else f"{score:.2f}"

    def _spoken(self, each: Disagreement, column: int) -> str:
        if column == HEARD:
            return f"heard by {heard_by(each.heard_by, self._titles)}"
        return "label not known" if self._text(each, column) == UNKNOWN else self._text(each, column)


def _key(column: int) -> Callable[[Disagreement], Any]:
    keys: dict[int, Callable[[Disagreement], Any]] = {
        ONSET: lambda each: each.onset,
        LENGTH: lambda each: each.offset - each.onset,
        LABEL: lambda each: label_text(each.label),
        HEARD: lambda each: each.heard_by,
    }
    return keys.get(column, lambda each: -1.0 if (score := each.scores[column - SCORES]) is None else score)
