"""The event lanes as a widget: names at the left, a scroll bar at the right where there are many."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSizePolicy, QVBoxLayout, QWidget

from earmark.events import Event
from earmark.gui.axes import LEFT, RIGHT, LaneAxis
from earmark.gui.lanes import LANE_PIXELS, LaneOrder, LanesItem, lanes_of
from earmark.gui.plot import Playhead, TimeBox, time_plot
from earmark.gui.theme import Theme, muted
from earmark.gui.time_span import TimeSpan

SLACK_PIXELS = 4  # a click this near to an event means it
MOST_ASKED = 12  # lanes that the view would like to show without scrolling


class LanesView(QWidget):
    """What was heard when."""

    sought = Signal(float)  # seconds
    picked = Signal(object)  # an event's number, or None
    opened = Signal(int)  # an event's number, by double click
    grew = Signal()  # asks for another height than before

    def __init__(self, span: TimeSpan) -> None:
        super().__init__()
        self._span = span
        self.item, self.playhead, self._axis = LanesItem(), Playhead(), LaneAxis()
        self._box = TimeBox(span)
        self._box.invertY(True)
        axes: dict[str, pg.AxisItem] = {"left": self._axis}
        self.plot = time_plot(self._box, axes, name="Event lanes; the events table says the same in words")
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical)
        self.caption = muted()
        self._order = LaneOrder()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._box.addItem(self.item)
        self._box.addItem(self.playhead)
        right = QWidget()
        right.setFixedWidth(RIGHT)
        column = QHBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.scroll_bar, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(right)
        self.caption.setContentsMargins(LEFT, 2, RIGHT, 2)
        self.caption.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addLayout(row, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(2 * LANE_PIXELS)

    def _connect(self) -> None:
        self._box.sought.connect(self.sought)
        self._box.clicked.connect(lambda place: self.picked.emit(self._event_at(place)))
        self._box.double_clicked.connect(self._open)
        self._box.sideways.connect(lambda notches: self.scroll_bar.setValue(round(self.scroll_bar.value() - notches)))
        self.scroll_bar.valueChanged.connect(self._scroll)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        self._axis.setPen(QColor(theme.border))
        self._axis.setTextPen(QColor(theme.text))
        self.item.wear(theme)

    def forget(self) -> None:
        """Show nothing, and let lanes take new places."""
        self._order = LaneOrder()
        self.show_events((), self._span.duration)
        self.say("")

    def show_events(self, events: Sequence[Event], duration: float) -> None:
        """Show these events, each label in its lane."""
        labels = self._order.arrange(events)
        asked = self.sizeHint()
        self.item.show_lanes(lanes_of(events, labels), duration)
        self._axis.show_labels(labels)
        self.playhead.stand_in(max(len(labels), 1))
        self._fit_lanes()
        if self.sizeHint() != asked:
            self.updateGeometry()
            self.grew.emit()

    def select(self, number: int | None) -> None:
        """Outline one event."""
        self.item.select(number)

    def say(self, caption: str) -> None:
        """Say something above the lanes: what is being waited for, why there are none."""
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        self.playhead.setPos(seconds, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the height of the lanes."""
        lanes = min(max(len(self.item.lanes), 3), MOST_ASKED)
        return QSize(400, lanes * LANE_PIXELS + 6)

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Show as many lanes as there is room for."""
        super().resizeEvent(event)
        self._fit_lanes()

    def _fit_lanes(self) -> None:
        hidden = max(0, len(self.item.lanes) - self._room())
        self.scroll_bar.setRange(0, hidden)
        self.scroll_bar.setPageStep(max(1, self._room()))
        self.scroll_bar.setVisible(hidden > 0)
        self._scroll()

    def _room(self) -> int:
        return max(1, self.plot.height() // LANE_PIXELS)

    def _scroll(self) -> None:
        top = self.scroll_bar.value()
        self._box.setYRange(top, top + self.plot.height() / LANE_PIXELS, padding=0)

    def _event_at(self, place: QPointF) -> int | None:
        slack = SLACK_PIXELS * self._span.length / max(self._box.width(), 1)
        return self.item.event_at(place.x(), place.y(), slack)

    def _open(self, place: QPointF) -> None:
        number = self._event_at(place)
        if number is not None:
            self.opened.emit(number)
