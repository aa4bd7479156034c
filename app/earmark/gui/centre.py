"""The centre of the window: overview, spectrogram and lanes, one above the other on one time axis."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QScrollBar, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from earmark.gui.axes import LEFT, RIGHT
from earmark.gui.lane_groups import LaneGroups
from earmark.gui.lanes_view import LanesView
from earmark.gui.overview import Overview
from earmark.gui.score_strip import ScoreStrip
from earmark.gui.selection import Selection
from earmark.gui.selection_item import show_selection
from earmark.gui.spectrogram_view import SpectrogramView
from earmark.gui.theme import DARK, Theme, muted
from earmark.gui.time_span import TimeSpan

MOST_LANES, MOST_COMPARED = 0.4, 0.6  # of the height, unless the person moves the line between; of several models
SCROLL_UNITS = 1_000  # of the scroll bar in a second


class EmptyState(QWidget):
    """What is shown without a recording: what to do next, and a button for it."""

    def __init__(self) -> None:
        super().__init__()
        self.open = QPushButton("&Open a recording…")
        self.demo = QPushButton("Open the &demo recording")
        headline = QLabel("Drop a recording here")
        headline.setObjectName("headline")
        hint = muted("Any audio or video file: Earmark shows it, plays it, and says what is in it.")
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        for widget in (headline, hint, self.open, self.demo):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            layout.addSpacing(6)
        layout.addStretch(3)


class Centre(QStackedWidget):
    """Overview, spectrogram, lanes, scores and the scroll bar under them; or the empty state."""

    sought = Signal(float)  # seconds

    def __init__(self) -> None:
        super().__init__()
        self.span = TimeSpan(self)
        self.empty = EmptyState()
        self.selection = Selection(self)
        self.overview = Overview(self.span)
        self.spectrogram = SpectrogramView(self.span, self.selection)
        self.lanes = LanesView(self.span)
        self.groups = LaneGroups(self.lanes, self._compared_lanes)
        self._theme = DARK
        self._plain_sizes: list[int] = []  # before models were compared
        self.scores = ScoreStrip(self.span)
        self._bands = [show_selection(each.plot, self.selection) for each in (self.lanes, self.scores)]
        self._sizes_chosen = False  # by the person
        self.scroll_bar = QScrollBar(Qt.Orientation.Horizontal)
        self.scroll_bar.setAccessibleName("Time in view")
        self.addWidget(self.empty)
        self.addWidget(self._column())
        self._connect()

    def _column(self) -> QWidget:
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.spectrogram)
        self.splitter.addWidget(self.groups)
        self.splitter.addWidget(self.scores)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.splitterMoved.connect(self._keep_sizes)
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(3)
        layout.addWidget(self.overview)
        layout.addWidget(self.splitter, 1)
        below = QVBoxLayout()
        below.setContentsMargins(LEFT, 0, RIGHT, 0)
        below.addWidget(self.scroll_bar)
        layout.addLayout(below)
        return column

    def _connect(self) -> None:
        self.spectrogram.sought.connect(self.sought)
        self.lanes.sought.connect(self.sought)
        self.scores.sought.connect(self.sought)
        self.lanes.grew.connect(self._make_room)
        self.groups.arranging.connect(self._follow_groups)
        self.selection.changed.connect(lambda: self.overview.show_selection(self.selection.stretch))
        self.span.moved.connect(self._show_span)
        self.scroll_bar.valueChanged.connect(self._scroll)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        for view in (self.overview, self.spectrogram, self.lanes, self.groups, self.scores, *self._bands):
            view.wear(theme)

    def show_recording(self, shown: bool) -> None:
        """Show the views, or the empty state."""
        self.setCurrentIndex(1 if shown else 0)

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead in all views."""
        for view in (self.overview, self.spectrogram, self.lanes, self.groups, self.scores):
            view.show_playhead(seconds)

    def _keep_sizes(self) -> None:
        self._sizes_chosen = True

    def _make_room(self) -> None:
        """Give the lanes the height they ask for, up to a part of the whole; never less than they have."""
        most = MOST_COMPARED if self.groups.groups else MOST_LANES
        lanes = min(self.groups.sizeHint().height(), round(self.splitter.height() * most))
        above, has, scores = self.splitter.sizes()
        if not self._sizes_chosen and lanes > has:
            self.splitter.setSizes([above + has - lanes, lanes, scores])

    def _compared_lanes(self) -> LanesView:
        """Return lanes for another model: its labels have the same order, and the selection is seen in them too."""
        lanes = LanesView(self.span, self.lanes.order)
        lanes.grew.connect(self._make_room)
        band = show_selection(lanes.plot, self.selection)
        for view in (lanes, band):
            view.wear(self._theme)
        self._bands.append(band)
        return lanes

    def _follow_groups(self, count: int) -> None:
        """Make room where models are compared, and give it back afterwards."""
        if count:
            self._plain_sizes = self._plain_sizes or self.splitter.sizes()
        QTimer.singleShot(0, self, self._make_room if count else self._take_room_back)  # once they are laid out

    def _take_room_back(self) -> None:
        self.splitter.setSizes(self._plain_sizes or self.splitter.sizes())
        self._plain_sizes = []

    def _show_span(self, start: float, end: float) -> None:
        page = round((end - start) * SCROLL_UNITS)
        self.scroll_bar.blockSignals(True)
        self.scroll_bar.setRange(0, round(self.span.duration * SCROLL_UNITS) - page)
        self.scroll_bar.setPageStep(page)
        self.scroll_bar.setSingleStep(max(1, page // 10))
        self.scroll_bar.setValue(round(start * SCROLL_UNITS))
        self.scroll_bar.blockSignals(False)

    def _scroll(self, units: int) -> None:
        start = units / SCROLL_UNITS
        self.span.show(start, start + self.span.length)
