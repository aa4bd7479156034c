"""The tags of a recording as a table: labels by score, over the whole file, the selection, and at the playhead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from earmark.calibration import Calibration
from earmark.comparing import LETTERS, tags_beside
from earmark.gui.label_colours import label_colour, label_icon, label_text
from earmark.score_text import NOT_PROBABLE, Reading, read_score

LABEL, WHOLE, SELECTION, HERE, BESIDE = range(5)  # from BESIDE on, a column for each model that is compared
HEADERS = ("Label", "Whole", "Selection", "Here")
MEANINGS = (
    "",
    "The highest score that a window of the recording has as a whole.",
    "The highest score of a moment in the selection.",
    "The score of the moment at the playhead.",
)
TOPS = (10, 20, 50)
SCORE, COLOUR, READING, WIDEST = (Qt.ItemDataRole.UserRole + number for number in (1, 2, 3, 4))
MARK = "◆"  # of a probability
Index = QModelIndex | QPersistentModelIndex
Tags = Sequence[tuple[str, float]]  # labels and their scores

FEW = 8  # cells that are drawn one by one; a table that is told of several at once draws all that it shows


class TagsModel(QAbstractTableModel):
    """Labels by their score over the whole file, highest first."""

    def __init__(self) -> None:
        super().__init__()
        self._tags: Tags = ()
        self._titles: Sequence[str] = ()  # of models that are compared
        self._beside: Sequence[Tags] = ()
        self._shown: list[tuple[str, tuple[float | None, ...]]] = []  # labels and their scores in columns of a model
        self._scores: dict[int, Mapping[str, float]] = {SELECTION: {}, HERE: {}}
        self._calibrations: Mapping[str, Calibration] = {}
        self._top: int | None = TOPS[1]

    def show_tags(self, tags: Tags) -> None:
        """Show these, sorted as they are."""
        self._tags = tags
        self._list()

    def show_beside(self, titles: Sequence[str], tags: Sequence[Tags]) -> None:
        """Show the tags of several models beside each other, the surest first; of none: those of the one alone."""
        self._titles, self._beside = titles, tags
        self._list()

    def _list(self) -> None:
        self.beginResetModel()
        if self._titles:
            self._shown = [(row.label, row.scores) for row in tags_beside(self._beside)[: self._top]]
        else:
            self._shown = [(label, (score,)) for label, score in self._tags[: self._top]]
        self.endResetModel()

    def show_here(self, scores: Mapping[str, float]) -> None:
        """Show the scores at the playhead."""
        self._show(HERE, scores)

    def show_selection(self, scores: Mapping[str, float]) -> None:
        """Show the highest scores in the selection."""
        self._show(SELECTION, scores)

    def _show(self, column: int, scores: Mapping[str, float]) -> None:
        before = self._scores.get(column, {})
        self._scores[column] = scores
        changed = [row for row, (label, _) in enumerate(self._shown) if before.get(label) != scores.get(label)]
        if len(changed) > FEW:
            self._redraw(column, column)
        else:
            for row in changed:
                self.dataChanged.emit(self.index(row, column), self.index(row, column))

    def show_probabilities(self, calibrations: Mapping[str, Calibration]) -> None:
        """Show the scores of these labels as probabilities."""
        self._calibrations = calibrations
        self._redraw(LABEL, HERE)

    def _redraw(self, first: int, last: int) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._shown) - 1, last))

    def show_top(self, count: int | None) -> None:
        """Show this many rows; None is all."""
        self._top = count
        self._list()

    def label_at(self, row: int) -> str:
        """Return the label in a row."""
        return self._shown[row][0]

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of labels shown."""
        return 0 if parent and parent.isValid() else len(self._shown)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return label, whole, selection, here, and a column for each model that is compared."""
        return BESIDE + len(self._titles)

    def headerData(self, section, orientation, role: int = Qt.ItemDataRole.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section] if section < BESIDE else LETTERS[section - BESIDE]
        if role == Qt.ItemDataRole.ToolTipRole:
            meaning = MEANINGS[section] if section < BESIDE else f"{self._titles[section - BESIDE]}, whole recording."
            return f"{meaning} {NOT_PROBABLE}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole and section >= BESIDE:
            return self._titles[section - BESIDE]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        """Return a label, or a score."""
        label = self._shown[index.row()][0]
        if role == COLOUR:
            return label_colour(label)
        if role == WIDEST:
            return f"{MARK} ~99 %" if self._calibrations and not self._titles else ".99"
        return self._of_label(label, role) if index.column() == LABEL else self._of_score(index, role)

    def _of_label(self, label: str, role: int):
        if role == Qt.ItemDataRole.DisplayRole:
            return label_text(label)
        if role == Qt.ItemDataRole.DecorationRole:
            return label_icon(label)
        return label_text(label) if role == Qt.ItemDataRole.ToolTipRole else None

    def _of_score(self, index: Index, role: int):
        if role == SCORE:
            return self._score(index)
        if role not in (READING, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        reading = self._reading(index)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return reading.spoken if reading else "label not known" if index.column() >= BESIDE else "none"
        return reading.meaning if reading and role == Qt.ItemDataRole.ToolTipRole else reading

    def _score(self, index: Index) -> float | None:
        label, scores = self._shown[index.row()]
        if index.column() in self._scores:
            return self._scores[index.column()].get(label)
        return scores[max(index.column() - BESIDE, 0)]

    def _reading(self, index: Index) -> Reading | None:
        score = self._score(index)
        if score is None:
            return None
        return read_score(score, self._calibrations.get(self._shown[index.row()][0]) if not self._titles else None)
