"""The library as a panel: a line of words, how they were understood, and the recordings that were found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from earmark.gui.library_model import RECORDING, LibraryModel
from earmark.gui.lines_delegate import LinesDelegate
from earmark.gui.own_keys import TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import muted
from earmark.library import Found, KnownRecording

SELECT = QItemSelectionModel.SelectionFlag.Select
LEAST_WIDTH = 190  # pixels, so that a date can be read
PAUSE_MS = 150  # of typing, before a search
EMPTY = "Nothing is in the library yet. What you open and analyse comes into it."
NOTHING = "Nothing was found. The line above says what was searched for."
AWAY = "The library cannot be used, so nothing is kept. The notice below says why."
EXAMPLES = (
    "Words of labels, names, folders and tags, with\n"
    "over 0.6, under 0.3, in May, in May 2026, since 2026-05-12, before 2025,\n"
    "#night, accepted, rejected, annotated, unreviewed, by htsat, longer than 10 min,\n"
    "“quoted words”, or, not.\n"
    "For example: dog bark over 0.6 in May not rain"
)


class LibraryPanel(QWidget):
    """Where the library is searched."""

    searched = Signal(str)
    opened = Signal(object)  # KnownRecording
    menu_asked = Signal(list, QPoint)  # paths, where on the screen

    def __init__(self) -> None:
        super().__init__()
        self.search, self.meaning, self.view = QLineEdit(), muted(), QListView()
        self.model = LibraryModel()
        self._pause = QTimer(self)
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.search.setPlaceholderText("dog bark over 0.6 in May")
        self.search.setAccessibleName("Search the library")
        self.search.setToolTip(f"{EXAMPLES} (Ctrl+K)")
        self.search.setClearButtonEnabled(True)
        self.setMinimumWidth(LEAST_WIDTH)
        self.meaning.setWordWrap(True)
        self.meaning.setTextFormat(Qt.TextFormat.PlainText)
        self.meaning.setAccessibleName("How many were found, and how the search was understood")
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self.view.setModel(self.model)
        self.view.setItemDelegate(LinesDelegate(self.view, under=2))
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setAccessibleName("Recordings in the library")
        self.view.setToolTip("Enter or a double click opens a recording where it matches; the menu key offers more")
        self._placeholder = Placeholder(self.view, EMPTY)
        keep_keys(self.view, TABLE)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self.search)
        layout.addWidget(self.meaning)
        layout.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda text: self._pause.start())
        self.search.returnPressed.connect(self._hurry)
        self._pause.timeout.connect(lambda: self.searched.emit(self.search.text()))
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._offer)

    def show_found(self, found: Found) -> None:
        """Show what was found; what was selected stays so where it was found again."""
        before = {each.path for each in self.selected()}
        self.model.show(found.recordings)
        searched = bool(self.search.text().strip())
        self._placeholder.say(NOTHING if searched else EMPTY)
        self.meaning.setText(summary(found) if found.count or searched else "")
        for row, recording in enumerate(found.recordings):
            if recording.path in before:
                self.view.selectionModel().select(self.model.index(row), SELECT)
        if self.view.hasFocus() and not before:
            self.view.setCurrentIndex(self.model.index(0))

    def show_away(self) -> None:
        """Say that there is no library."""
        self._placeholder.say(AWAY)
        self.search.setEnabled(False)

    def selected(self) -> Sequence[KnownRecording]:
        """Return the recordings that are selected."""
        return [index.data(RECORDING) for index in self.view.selectionModel().selectedIndexes()]

    def focus_search(self) -> None:
        """Let words be typed, in the place of those that are there."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @property
    def is_seen(self) -> bool:
        """Return whether somebody can look at it: behind a tab it counts as visible, and is not."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def _hurry(self) -> None:
        """Search at once, and go on in the list."""
        self._pause.stop()
        self.searched.emit(self.search.text())
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(RECORDING))

    def _offer(self, at: QPoint) -> None:
        if chosen := self.selected():
            self.menu_asked.emit([each.path for each in chosen], self.view.viewport().mapToGlobal(at))


def summary(found: Found) -> str:
    """Return how many were found, and how the search was understood."""
    count = f"{found.count:,}".replace(",", "\u202f")
    things = "recording" if found.count == 1 else "recordings"
    first = f", the first {len(found.recordings)} are listed" if found.count > len(found.recordings) else ""
    return f"{count} {things}{first}: {found.meaning}."
