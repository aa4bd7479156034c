"""The events panel: a filter, the table, and below it how far the review is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from earmark.event_filter import STANDINGS, filter_of
from earmark.gui.event_words import STANDING_WORDS
from earmark.gui.events_table import EventsTable
from earmark.gui.icons import row_icon
from earmark.gui.own_keys import PICKER, keep_keys
from earmark.gui.review_bar import ReviewBar
from earmark.gui.theme import Theme, muted
from earmark.judging import JudgedEvent

EXAMPLE = "dog >0.5 unreviewed"


class EventsPanel(QWidget):
    """What was heard, in words, to be filtered and reviewed."""

    filtered = Signal()  # other events are listed now

    def __init__(self) -> None:
        super().__init__()
        self.table, self.review = EventsTable(), ReviewBar()
        self.line, self.only, self.count = QLineEdit(), QComboBox(), muted()
        self._lay_out()
        self.line.textChanged.connect(lambda: self._filter())
        self.only.currentIndexChanged.connect(lambda: self._filter())
        keep_keys(self.only, PICKER)

    def _lay_out(self) -> None:
        self.line.setAccessibleName("Filter the events")
        self.line.setPlaceholderText(f"Filter: {EXAMPLE}")
        self.line.setToolTip(f"Words of the label, a score, how it stands: {EXAMPLE}")
        self.line.setClearButtonEnabled(True)
        self.only.setAccessibleName("How events stand")
        self.only.addItem("All", None)
        for name in STANDINGS:
            self.only.addItem(STANDING_WORDS[name], name)
        self.only.setToolTip("List only those that stand so")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.only)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.count)
        layout.addWidget(self.review)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.table.wear(theme)
        self.review.wear(theme)
        for place, name in enumerate(STANDINGS, start=1):
            self.only.setItemIcon(place, row_icon(name, theme))

    def show_events(self, events: Sequence[JudgedEvent]) -> None:
        """Show these, none of them selected."""
        self.table.show_events(events)
        self._show_count()

    def filter(self, text: str) -> None:
        """Filter as if the person had typed this."""
        self.line.setText(text)

    def clear_filter(self) -> bool:
        """List all events again; return whether some were not listed."""
        is_filtered = bool(self.line.text()) or self.only.currentIndex() > 0
        self.line.clear()
        self.only.setCurrentIndex(0)
        return is_filtered

    def _filter(self) -> None:
        self.table.filter(filter_of(self.line.text(), only=self.only.currentData()))
        self._show_count()
        self.filtered.emit()

    def _show_count(self) -> None:
        listed, count = len(self.table.events_model.numbers), len(self.table.events_model.events)
        self.count.setText(f"{listed} of {count} events" if listed < count else "")
        self.count.setVisible(listed < count)
