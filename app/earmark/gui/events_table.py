"""The events in words: a table that sorts, filters, edits, plays, and that a screen reader can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QTableView

from earmark.event_filter import STANDINGS, EventFilter
from earmark.gui.event_words import STANDING_WORDS
from earmark.gui.events_model import HEADERS, LABEL, OFFSET, ONSET, SCORE, STANDING, EventsModel
from earmark.gui.icons import row_icon
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import Theme
from earmark.judging import JudgedEvent

NOTHING_HEARD = "What was heard when appears here."
NOTHING_LEFT = "No event is like that. Empty the filter to see all."
SHORT, LONG = "0:00.00", "0:00:00.00"  # widest times under and over an hour
WIDE = 460  # pixels: room for words beside the icons
PADDING = 18  # pixels of a cell around its text
Chosen = QItemSelectionModel.SelectionFlag
TAB_GOES = {Qt.Key.Key_Tab: OFFSET, Qt.Key.Key_Backtab: ONSET}


class TimesDelegate(QStyledItemDelegate):
    """Lets Tab go from the start that was typed to the end, and back, though the events may be listed anew between."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self.is_keeping = False  # what was typed, now

    def setModelData(self, editor, model, index) -> None:  # noqa: N802 - Qt's
        """Keep what was typed."""
        self.is_keeping = True
        super().setModelData(editor, model, index)
        self.is_keeping = False

    def eventFilter(self, editor, event) -> bool:  # noqa: N802 - Qt's
        """Take Tab and Shift+Tab."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(editor, event)
        column = TAB_GOES.get(Qt.Key(event.key()))
        if column is None:
            return super().eventFilter(editor, event)
        goes_on = column != self._table.currentIndex().column()
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)
        if goes_on:
            self._table.edit(self._table.currentIndex().siblingAtColumn(column))
        return True


class EventsTable(QTableView):
    """The table; its selection is the selection everywhere."""

    picked = Signal(tuple)  # numbers of all selected events, the current one at the end
    opened = Signal(int)  # to be played: by Enter or double click

    def __init__(self) -> None:
        super().__init__()
        self.events_model = EventsModel()
        self.setModel(self.events_model)
        self._placeholder = Placeholder(self, NOTHING_HEARD)
        self._delegate = TimesDelegate(self)
        self.setItemDelegate(self._delegate)
        self._later: tuple[Sequence[JudgedEvent], Sequence[int]] | None = None  # events and selected, after typing
        self._delegate.closeEditor.connect(lambda *_: self._show_later())
        self._look()
        self._size_columns()
        self.selectionModel().selectionChanged.connect(lambda *_: self._pick())
        self.doubleClicked.connect(self._open)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda: self._open(self.currentIndex().siblingAtColumn(LABEL)))
        keep_keys(self, TABLE)

    def _look(self) -> None:
        self.setAccessibleName("Events")
        self.setToolTip("Enter plays the event, Tab goes to the next")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTableView.EditTrigger.DoubleClicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        self.sortByColumn(ONSET, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(25)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(30)

    def _size_columns(self) -> None:
        """Give numbers the room that the widest of them needs: measuring all rows would take long."""
        events = self.events_model.events
        time = LONG if any(event.offset >= 3600 for event in events[-1:]) else SHORT
        metrics = QFontMetrics(self.font())
        in_words = self.width() >= WIDE
        self.events_model.show_words(in_words)
        word = STANDING_WORDS["unreviewed"] + "    " if in_words else ""  # beside its icon
        for column, widest in {ONSET: time, OFFSET: time, SCORE: HEADERS[SCORE] + " ", STANDING: word}.items():
            self.setColumnWidth(column, max(metrics.horizontalAdvance(widest) + PADDING, 30))

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Say in words how events stand, where there is room."""
        super().resizeEvent(event)
        self._size_columns()

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.events_model.show_icons({name: row_icon(name, theme) for name in STANDINGS})

    def show_events(self, events: Sequence[JudgedEvent]) -> None:
        """Show these, none of them selected; not before the time that is being typed was."""
        if self.state() == QTableView.State.EditingState and not self._delegate.is_keeping:
            self._later = (events, ())
            return
        self._later = None
        self._keep_place(lambda: self.events_model.show_events(events))
        self._size_columns()

    def _show_later(self) -> None:
        if self._later and self.state() != QTableView.State.EditingState:
            events, selected = self._later
            self.show_events(events)
            self.select(selected)

    def filter(self, wanted: EventFilter) -> None:
        """List those only that are wanted; those of them that were selected stay selected."""
        selected = self.selected()
        self._keep_place(lambda: self.events_model.filter(wanted))
        self._placeholder.say(NOTHING_LEFT if self.events_model.events else NOTHING_HEARD)
        self.select(selected)

    def _keep_place(self, show: Callable[[], None]) -> None:
        """Do something that lists events anew, at the same place of the list."""
        top = self.verticalScrollBar().value()
        with QSignalBlocker(self):
            show()
        self.verticalScrollBar().setValue(top)

    def selected(self) -> tuple[int, ...]:
        """Return the numbers of the selected events, the current one at the end."""
        numbers = [self.events_model.numbers[index.row()] for index in self.selectionModel().selectedRows()]
        current = self._number(self.currentIndex())
        if current in numbers:
            numbers.append(numbers.pop(numbers.index(current)))
        return tuple(numbers)

    def select(self, numbers: Sequence[int]) -> None:
        """Select these events, and bring the last one into view; those that are filtered out stay out."""
        if self._later:
            self._later = (self._later[0], numbers)
            return
        rows = [row for number in numbers if (row := self.events_model.row_of(number)) is not None]
        if set(self.selected()) == {self.events_model.numbers[row] for row in rows} and rows:
            return
        with QSignalBlocker(self):
            self.selectionModel().clear()
            chosen = QItemSelection()
            for first, last in _stretches(sorted(rows)):
                chosen.select(self.events_model.index(first, 0), self.events_model.index(last, STANDING))
            self.selectionModel().select(chosen, Chosen.Select)
            if rows:
                current = self.events_model.index(rows[-1], LABEL)
                self.selectionModel().setCurrentIndex(current, Chosen.NoUpdate)
                if not any(self._is_in_view(row) for row in rows):
                    self.scrollTo(current)

    def _is_in_view(self, row: int) -> bool:
        place = self.visualRect(self.events_model.index(row, LABEL))
        return place.isValid() and self.viewport().rect().contains(place)

    def number_beside(self, steps: int) -> int | None:
        """Return the event that many rows on, in the order shown; the first or last where none is selected."""
        numbers = self.events_model.numbers
        if not numbers:
            return None
        row = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if steps > 0 else len(numbers))
        return numbers[min(max(row + steps, 0), len(numbers) - 1)]

    def edit_times(self) -> None:
        """Let the person type the start of the current event; Tab goes on to its end."""
        if self.currentIndex().isValid() and self.state() != QTableView.State.EditingState:
            self.setFocus()
            self.edit(self.currentIndex().siblingAtColumn(ONSET))

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+A: here it selects all events."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.SelectAll):
            event.accept()
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 - Qt's
        """Step through the events by Tab; after the last and before the first it leaves the table."""
        row = self.currentIndex().row() + (1 if next else -1)
        if self.state() == QTableView.State.EditingState or not 0 <= row < self.events_model.rowCount():
            return super().focusNextPrevChild(next)
        self.selectRow(row)
        return True

    def _number(self, index: QModelIndex) -> int | None:
        return self.events_model.numbers[index.row()] if index.isValid() else None

    def _pick(self) -> None:
        self.picked.emit(self.selected())

    def _open(self, index: QModelIndex) -> None:
        number = self._number(index)
        if number is not None and index.column() not in (ONSET, OFFSET):
            self.opened.emit(number)


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of each stretch of rows that follow each other."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
