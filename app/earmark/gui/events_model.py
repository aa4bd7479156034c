"""The events as a table: which are listed, in what order, and what each cell says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from earmark.errors import EarmarkError
from earmark.event_filter import STANDINGS, EventFilter, Standing, kept, standing
from earmark.gui.event_words import STANDING_WORDS, Probability, score_text, spoken_score, tooltip, unknown
from earmark.gui.label_colours import label_icon, label_text
from earmark.judging import JudgedEvent
from earmark.times import seconds_of, time_text

LABEL, ONSET, OFFSET, SCORE, STANDING = range(5)
HEADERS = ("Label", "Start", "End", "Score", "")
SPOKEN_HEADERS = (*HEADERS[:STANDING], "Status")
HEADER_TIPS = (
    "",
    "A double click edits it",
    "A double click edits it",
    "The model's highest score; a percentage is a probability, from judgements of this label",
    "Unreviewed, accepted, rejected or drawn",
)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
ALIGNED = {ONSET: RIGHT, OFFSET: RIGHT, SCORE: RIGHT, STANDING: CENTRE}
DECIMALS = 2
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class EventsModel(QAbstractTableModel):
    """The events, filtered and sorted; each keeps the number that all views know it by."""

    retimed = Signal(object, float, float)  # JudgedEvent as it was, the onset and offset that were typed
    refused = Signal(object)  # EarmarkError: what was typed is no time

    def __init__(self) -> None:
        super().__init__()
        self.events: Sequence[JudgedEvent] = ()
        self.numbers: list[int] = []  # of the rows
        self.wanted = EventFilter()
        self._rows: dict[int, int] = {}
        self._sorted_by, self._descending = ONSET, False
        self._probability: Probability = unknown
        self._icons: Mapping[Standing, QIcon] = {}
        self._in_words = False

    def show_events(self, events: Sequence[JudgedEvent]) -> None:
        """Show these."""
        self.events = events
        self._list()

    def filter(self, wanted: EventFilter) -> None:
        """List those only that are wanted."""
        self.wanted = wanted
        self._list()

    def show_probabilities(self, probability: Probability) -> None:
        """Show probabilities in place of scores, where they are known."""
        self._probability = probability
        self._draw_anew()

    def show_icons(self, icons: Mapping[Standing, QIcon]) -> None:
        """Show how events stand by these."""
        self._icons = icons
        self._draw_anew()

    def show_words(self, in_words: bool) -> None:
        """Say in words, beside the icons, how events stand."""
        if in_words != self._in_words:
            self._in_words = in_words
            self._draw_anew()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, STANDING, STANDING)

    def _draw_anew(self) -> None:
        if self.numbers:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.numbers) - 1, STANDING))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is equal stays in order of time."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self.numbers[index.row()]) for index in self.persistentIndexList()]
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._order()
        after = [self.index(self._rows[number], index.column()) for index, number in before]
        self.changePersistentIndexList([index for index, _ in before], after)  # what is selected stays selected
        self.layoutChanged.emit()

    def row_of(self, number: int) -> int | None:
        """Return the row of an event; None where it is filtered out."""
        return self._rows.get(number)

    def _list(self) -> None:
        self.beginResetModel()
        self._order()
        self.endResetModel()

    def _order(self) -> None:
        events, key = self.events, SORTED_BY[self._sorted_by]
        numbers = kept(events, self.wanted)
        self.numbers = sorted(numbers, key=lambda number: key(events[number]), reverse=self._descending)
        self._rows = {number: row for row, number in enumerate(self.numbers)}

    def rowCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return the number of events listed."""
        return 0 if parent and parent.isValid() else len(self.numbers)

    def columnCount(self, parent=None) -> int:  # noqa: N802 - Qt's
        """Return label, start, end, score, status."""
        return len(HEADERS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let times be edited."""
        editable = Qt.ItemFlag.ItemIsEditable if index.column() in (ONSET, OFFSET) else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | editable

    def headerData(self, section, orientation, role: int = Role.DisplayRole):  # noqa: N802 - Qt's
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        shown = SPOKEN_HEADERS if self._in_words else HEADERS
        said = {Role.DisplayRole: shown, Role.AccessibleTextRole: SPOKEN_HEADERS, Role.ToolTipRole: HEADER_TIPS}
        return said[Role(role)][section] if role in said else None

    def data(self, index: Index, role: int = Role.DisplayRole):
        """Return what a cell shows, and what it says to those who do not see it."""
        event, column = self.events[self.numbers[index.row()]], index.column()
        match role:
            case Role.DisplayRole:
                return self._text(event, column)
            case Role.EditRole if column in (ONSET, OFFSET):
                return time_text(event.onset if column == ONSET else event.offset, 3)
            case Role.DecorationRole if column in (LABEL, STANDING):
                return label_icon(event.label) if column == LABEL else self._icons.get(standing(event))
            case Role.TextAlignmentRole:
                return ALIGNED.get(column) if column != STANDING or not self._in_words else None
            case Role.ToolTipRole:
                return tooltip(event, self._probability)
            case Role.AccessibleTextRole:
                return self._spoken(event, column)
        return None

    def setData(self, index: Index, value, role: int = Role.EditRole) -> bool:  # noqa: N802 - Qt's
        """Tell the times that an event is to have; who hears it changes the event."""
        event = self.events[self.numbers[index.row()]]
        if str(value).strip() == self.data(index, Role.EditRole):
            return False
        try:
            seconds = seconds_of(str(value))
        except EarmarkError as error:
            self.refused.emit(error)
            return False
        times = (seconds, event.offset) if index.column() == ONSET else (event.onset, seconds)
        self.retimed.emit(event, *times)
        return True

    def _text(self, event: JudgedEvent, column: int) -> str:
        match column:
            case 0:
                return label_text(event.label)
            case 3:
                return score_text(event, self._probability)
            case 4:
                return STANDING_WORDS[standing(event)] if self._in_words else ""
        return time_text(event.onset if column == ONSET else event.offset, DECIMALS)

    def _spoken(self, event: JudgedEvent, column: int) -> str:
        if column == SCORE:
            return spoken_score(event, self._probability)
        return STANDING_WORDS[standing(event)] if column == STANDING else self._text(event, column)


SORTED_BY: tuple[Callable[[JudgedEvent], Any], ...] = (
    lambda event: label_text(event.label),
    lambda event: event.onset,
    lambda event: event.offset,
    lambda event: -1.0 if event.score is None else event.score,
    lambda event: STANDINGS.index(standing(event)),
)
