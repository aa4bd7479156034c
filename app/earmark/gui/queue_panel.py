"""The queue as a panel: what waits, what is in work, what failed and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from earmark.batch import Counts, Item, State
from earmark.gui.own_keys import BUTTON, PICKER, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.queue_model import PART, STATE, QueueModel
from earmark.pace import Pace
from earmark.times import time_text

MARGIN, BAR = 8, 5  # pixels
NO_BREAK = "\u00a0"
SHOWN: tuple[tuple[str, State | None], ...] = (
    ("All", None),
    ("Waiting", "waiting"),
    ("Failed", "failed"),
    ("Done", "done"),
)
Index = QModelIndex | QPersistentModelIndex


class QueueDelegate(QStyledItemDelegate):
    """Draws a recording's name, and under it, smaller, its state in words; a bar where it is in work."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's
        """Return room for two lines and a bar."""
        return QSize(100, row_height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw them."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        line = option.fontMetrics.height()
        first = QRect(option.rect.x() + MARGIN, option.rect.y() + 4, option.rect.width() - 2 * MARGIN, line)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = option.palette.ColorRole.HighlightedText if chosen else option.palette.ColorRole.Text
        muted = role if chosen else option.palette.ColorRole.PlaceholderText
        for text, place, colour in ((name, first, role), (index.data(STATE) or "", first.translated(0, line), muted)):
            painter.setPen(option.palette.color(colour))
            cut = Qt.TextElideMode.ElideMiddle if text is name else Qt.TextElideMode.ElideRight
            elided = option.fontMetrics.elidedText(text, cut, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, elided)
        if (part := index.data(PART)) is not None:
            _draw_bar(painter, style, first.translated(0, 2 * line + 1), part)


def _draw_bar(painter: QPainter, style: QStyle, place: QRect, part: float) -> None:
    bar = QStyleOptionProgressBar()
    bar.rect = QRect(place.x(), place.y(), place.width(), BAR)
    bar.minimum, bar.maximum, bar.progress = 0, 1000, round(part * 1000)
    bar.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Horizontal
    style.drawControl(QStyle.ControlElement.CE_ProgressBarGroove, bar, painter)
    style.drawControl(QStyle.ControlElement.CE_ProgressBarContents, bar, painter)


def row_height(metrics: QFontMetrics) -> int:
    """Return the pixels that two lines and a bar need."""
    return 2 * metrics.height() + 2 * BAR + 6


class QueuePanel(QWidget):
    """The list, how far it is as a whole, and what can be done with it."""

    opened = Signal(object)  # Path
    state_chosen = Signal(object)  # State or None: show only these
    retried = Signal(object)  # numbers, or None for all that failed
    put_first = Signal(list)  # numbers
    removed = Signal(list)  # numbers
    finished_removed = Signal()
    files_wanted = Signal()
    folder_wanted = Signal()
    continued = Signal()
    paused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = QueueModel()
        self.view = QTableView()
        self.header = QLabel("Nothing is in the queue.")
        self.bar = QProgressBar()
        self.state = QComboBox()
        self.files = _button("Add files…", "Have recordings heard, one after the other")
        self.folder = _button("Add folder…", "Have all recordings of a folder heard (Ctrl+Shift+O)")
        self.going = _button("Pause", "Leave what waits; the recording in work is heard to its end")
        self.retry = _button("Retry failed", "Have what failed heard again")
        self.clear = _button("Remove done", "Take out of the list what is done; its results stay in the library")
        self._is_going = False
        self._counts = Counts()
        self._build()
        self._lay_out()
        self._connect()
        self.show_counts(Counts())

    def _build(self) -> None:
        self.header.setWordWrap(True)
        self.header.setAccessibleName("The queue as a whole")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("How much of the queue is done")
        for text, state in SHOWN:
            self.state.addItem(text, state)
        self.state.setAccessibleName("Which recordings of the queue are listed")
        self.state.setToolTip("List all recordings of the queue, or those of one state")
        keep_keys(self.state, PICKER)
        self.view.setModel(self.model)
        self.view.setItemDelegate(QueueDelegate(self.view))
        self.view.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.view.setTabKeyNavigation(False)
        self._make_a_list_of_it()
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setAccessibleName("Queue")
        self.view.setToolTip("Enter or a double click opens a recording; the menu key offers more")
        Placeholder(self.view, "Add a folder, and Earmark hears all recordings in it.")
        keep_keys(self.view, TABLE)

    def _make_a_list_of_it(self) -> None:
        """Let the table look like a list: a list view lays all of 100 000 rows out anew whenever one changes."""
        self.view.setShowGrid(False)
        self.view.horizontalHeader().hide()
        self.view.horizontalHeader().setStretchLastSection(True)
        rows = self.view.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height(self.fontMetrics()))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(4)
        rows = ((self.files, self.folder), (self.going, self.retry), (self.state, self.clear))
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self.header)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        layout.addLayout(grid)

    def _connect(self) -> None:
        self.files.clicked.connect(self.files_wanted)
        self.folder.clicked.connect(self.folder_wanted)
        self.going.clicked.connect(lambda: (self.paused if self._is_going else self.continued).emit())
        self.retry.clicked.connect(lambda: self.retried.emit(None))
        self.clear.clicked.connect(self.finished_removed)
        self.state.currentIndexChanged.connect(lambda row: self._show_state(self.state.itemData(row)))
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._offer)

    @property
    def counts(self) -> Counts:
        """Return how many recordings are in which state."""
        return self._counts

    @property
    def is_going(self) -> bool:
        """Return whether the queue goes on, as it was shown last."""
        return self._is_going

    def show_counts(self, counts: Counts) -> None:
        """Show how many there are."""
        self._counts = counts
        self.model.show_counts(counts)
        self.bar.setRange(0, max(counts.total, 1))
        self.bar.setValue(counts.ended)
        self.bar.setVisible(counts.total > 0)
        self.going.setEnabled(counts.waiting > 0)
        self.retry.setEnabled(counts.failed > 0)
        self.clear.setEnabled(counts.done > 0)

    def show_going(self, *, going: bool) -> None:
        """Show whether the queue goes on."""
        self._is_going = going
        self.going.setText("Pause" if going else "Continue")

    def show_found(self, count: int) -> None:
        """Show how many recordings were found until now, while a folder is walked."""
        self.header.setText(f"Looking for recordings: {_spaced(count)} found")

    def show_pace(self, pace: Pace) -> None:
        """Show how far the whole is, and how long the rest takes."""
        text = header(self._counts, pace, going=self._is_going)
        self.header.setText(text.replace(" ", NO_BREAK).replace(f"·{NO_BREAK}", "· "))

    def selected(self) -> list[Item]:
        """Return the recordings that are selected, as far as they have been read."""
        items = (self.model.item(index) for index in self.view.selectionModel().selectedIndexes())
        return [item for item in items if item]

    def _show_state(self, state: State | None) -> None:
        self.model.show_state(state, self._counts)

    def _open(self, index: QModelIndex) -> None:
        if item := self.model.item(index):
            self.opened.emit(item.path)

    def _offer(self, at) -> None:
        """Show what can be done with the selected recordings."""
        if items := self.selected():
            self.menu(items).popup(self.view.viewport().mapToGlobal(at))

    def menu(self, items: Sequence[Item]) -> QMenu:
        """Return what can be done with some recordings."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        numbers = [item.number for item in items]
        waiting = [item.number for item in items if item.state == "waiting"]
        failed = [item.number for item in items if item.state == "failed"]
        menu.addAction("&Open", lambda: self.opened.emit(items[0].path)).setEnabled(len(items) == 1)
        menu.addAction("Hear &next", lambda: self.put_first.emit(waiting)).setEnabled(bool(waiting))
        menu.addAction("Re&try", lambda: self.retried.emit(failed)).setEnabled(bool(failed))
        menu.addSeparator()
        menu.addAction("&Remove from the queue", lambda: self.removed.emit(numbers))
        return menu


def header(counts: Counts, pace: Pace, *, going: bool) -> str:
    """Return the queue in a line: "37 of 1 204 files · 2 failed · 1:12:40 left · 214 × real time"."""
    if not counts.total:
        return "Nothing is in the queue."
    parts = [f"{_spaced(counts.ended)} of {_spaced(counts.total)} files"]
    if counts.failed:
        parts.append(f"{_spaced(counts.failed)} failed")
    if counts.waiting and not going:
        parts.append("paused")
    elif counts.waiting:
        left, speed = pace.seconds_left(), pace.times_real_time
        parts += [f"{time_text(left, 0)} left"] if left is not None else []
        parts += [f"{speed:.0f} × real time"] if speed else []
    return " · ".join(parts)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setObjectName("narrow")
    keep_keys(button, BUTTON)
    return button
