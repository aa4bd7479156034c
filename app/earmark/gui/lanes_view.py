"""The event lanes as a widget: names at the left, a scroll bar at the right where there are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from earmark.disagreements import Spans
from earmark.event_filter import Standing
from earmark.gui.axes import LEFT, RIGHT
from earmark.gui.event_words import STANDING_WORDS, Probability, tooltip, unknown
from earmark.gui.label_colours import label_text
from earmark.gui.lane_editing import LaneEditing, Range
from earmark.gui.lane_ground import LaneGround
from earmark.gui.lane_header import LaneHeader
from earmark.gui.lanes import LANE_PIXELS, LaneOrder, counts_of, lanes_of, picked_with
from earmark.gui.lanes_item import LanesItem
from earmark.gui.plot import Playhead, TimeBox, time_plot
from earmark.gui.theme import Theme, muted
from earmark.gui.time_span import TimeSpan
from earmark.judging import JudgedEvent
from earmark.label_names import name_read

MOST_ASKED = 12  # lanes that the view would like to show without scrolling
NAME = "Event lanes; the events table says the same in words"
HOW = "Drag an event to move it, its edges to resize it; drag beside it to draw one. Right button: more."

HOW_LABEL = "Click to choose the label. Right button: accept or reject all, hide."


class LanesView(QWidget):
    """What was heard when, and where it is corrected by hand."""

    sought = Signal(float)  # seconds
    picked = Signal(tuple)  # numbers of all events that are to be selected, the last one clicked at the end
    opened = Signal(int)  # an event's number, by double click
    drawn = Signal(str, float, float)  # label, "" where it is to be asked for; onset, offset
    dragged = Signal(object, str, float, float)  # JudgedEvent as it was; its label, onset and offset now
    menu_asked = Signal(object, str, float, QPoint)  # number or None, label or "", seconds, place on the screen
    label_clicked = Signal(str)
    label_menu_asked = Signal(str, QPoint)
    grew = Signal()  # asks for another height than before

    def __init__(self, span: TimeSpan, order: LaneOrder | None = None) -> None:
        super().__init__()
        self.item, self.playhead, self.header = LanesItem(), Playhead(), LaneHeader()
        self._box = TimeBox(span)
        self._box.invertY(True)
        axes: dict[str, pg.AxisItem] = {"left": self.header}
        self.plot = time_plot(self._box, axes, name=NAME)
        self.ground = LaneGround(span, self.plot, self._box, self.item)
        self.editing = LaneEditing(self.plot, self.ground)
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical)
        self.caption = muted()
        self.events: Sequence[JudgedEvent] = ()
        self._waiting: tuple[Sequence[JudgedEvent], float] | None = None  # to be shown when nothing is dragged
        self.hidden_labels: set[str] = set()
        self.hidden_standings: set[Standing] = set()
        self._probability: Probability = unknown
        self._said, self._how, self._how_label = "", HOW, HOW_LABEL
        self.order = order or LaneOrder()
        self._differing: Mapping[str, Spans] = {}
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
        editing = self.editing
        editing.picked.connect(self._pick)
        editing.dragged.connect(lambda number, *to: self.dragged.emit(self.events[number], *to))
        editing.ended.connect(self._show_waiting)
        for mine, its in (
            (self.sought, editing.sought),
            (self.opened, editing.opened),
            (self.drawn, editing.drawn),
            (self.menu_asked, editing.menu_asked),
            (self.label_clicked, self.header.clicked),
            (self.label_menu_asked, self.header.menu_asked),
        ):
            its.connect(mine)
        self._box.sideways.connect(lambda notches: self.scroll_bar.setValue(round(self.scroll_bar.value() - notches)))
        self.scroll_bar.valueChanged.connect(self._scroll)
        self.plot.viewport().installEventFilter(self)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        self.header.wear(theme)
        self.item.wear(theme)

    def forget(self) -> None:
        """Show nothing, and let lanes take new places."""
        self.editing.cancel()
        self.order.forget()
        self.hidden_labels.clear()
        self.show_events((), self.ground.duration)
        self.say("")

    def show_events(self, events: Sequence[JudgedEvent], duration: float) -> None:
        """Show these events, each label in its lane; once what is dragged was let go."""
        if self.editing.is_dragging:
            self._waiting = (events, duration)
            return
        self._waiting = None
        self.editing.cancel()  # the numbers are others now
        self.events = events
        shown = self._labels()
        asked = self.sizeHint()
        self.item.show_lanes(lanes_of(events, shown, self.hidden_standings), duration)
        self.header.show_labels(shown)
        self._fit_lanes()
        if self.sizeHint() != asked:
            self.updateGeometry()
            self.grew.emit()

    def _labels(self) -> list[str]:
        """Return the labels that have a lane, from the top down."""
        arranged = self.order.arrange(self.events, self._differing)
        return [label for label in arranged if label not in self.hidden_labels]

    def show_differing(self, spans: Mapping[str, Spans]) -> None:
        """Hatch where another model hears something else; a label has a lane for that alone."""
        self._differing = spans
        self.item.show_differing(spans)
        wanted = ({event.label for event in self.events} | spans.keys()) - self.hidden_labels
        if wanted != {lane.label for lane in self.item.lanes}:
            self.show_events(*(self._waiting or (self.events, self.ground.duration)))

    def mark(self, name: str, onset: float, offset: float) -> None:
        """Frame a stretch in the lane of the label that is known by a name, and bring that into view."""
        label = next((lane.label for lane in self.item.lanes if name_read(lane.label) == name), "")
        self.item.mark(label, onset, offset)
        self.reveal(label)

    def only_look(self, how: str) -> None:
        """Leave the events to be looked at; `how` says what can be done instead."""
        self.editing.stop()
        self._how, self._how_label = how, how

    def be_called(self, title: str) -> None:
        """Be told from other lanes by a model's title; "" where there are no others."""
        self.plot.setAccessibleName(f"{title}: {NAME.lower()}" if title else NAME)

    def _show_waiting(self) -> None:
        if self._waiting:
            self.show_events(*self._waiting)

    def show_probabilities(self, probability: Probability) -> None:
        """Say in tooltips how probable events are."""
        self._probability = probability

    def show_keys(self, numbered: Mapping[int, str]) -> None:
        """Show number key → label beside the names."""
        self.header.show_keys({label: number for number, label in numbered.items()})

    def hide_labels(self, labels: set[str]) -> None:
        """Show all lanes but these."""
        self.hidden_labels = labels
        self._show_caption()
        self.show_events(self.events, self.ground.duration)

    def hide_standings(self, standings: set[Standing]) -> None:
        """Show all events but those that stand so."""
        self.hidden_standings = standings
        self.show_events(self.events, self.ground.duration)

    def select(self, numbers: Sequence[int]) -> None:
        """Outline these events."""
        self.item.select(numbers)

    def reveal(self, label: str) -> None:
        """Bring a lane into view."""
        rows = [row for row, lane in enumerate(self.item.lanes) if lane.label == label]
        top, room = self.scroll_bar.value(), self._room()
        if rows and not top <= rows[0] < top + room:
            self.scroll_bar.setValue(rows[0] if rows[0] < top else rows[0] - room + 1)

    def say(self, caption: str) -> None:
        """Say something above the lanes: what is being waited for, why there are none."""
        self._said = caption
        self._show_caption()

    def _show_caption(self) -> None:
        count = len(self.hidden_labels)
        lanes = "One lane is hidden" if count == 1 else f"{count} lanes are hidden"
        caption = self._said or (f"{lanes}: View ▸ Show hidden lanes brings them back." if count else "")
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        self.ground.played = seconds
        self.playhead.setPos(seconds, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the height of the lanes."""
        lanes = min(max(len(self.item.lanes), 3), MOST_ASKED)
        return QSize(400, lanes * LANE_PIXELS + 6)

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Show as many lanes as there is room for."""
        super().resizeEvent(event)
        self._fit_lanes()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Say in a tooltip what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self.plot.viewport())
            return True
        return False

    def words_at(self, pixel: QPoint) -> str:
        """Return what there is to say about the event, the lane or the name at a pixel of the plot."""
        label = self.header.label_at(self.plot.mapToScene(pixel))
        place = self.ground.place_at(pixel.toPointF())
        if place is None:
            return self._label_words(label) if label and pixel.x() < LEFT else ""
        number = self.item.event_at(place.x(), place.y(), 2 * self.ground.seconds_a_pixel())
        return self._how if number is None else tooltip(self.events[number], self._probability)

    def _label_words(self, label: str) -> str:
        counts = counts_of(self.events, label)
        told = ", ".join(f"{count} {STANDING_WORDS[name].lower()}" for name, count in counts.items())
        return f"{label_text(label)}: {told}\n{self._how_label}"

    def _pick(self, number: int | None, how: Qt.KeyboardModifier | None) -> None:
        selected: list[int] = np.atleast_1d(self.item.selected).tolist()
        if number is None or how is None:
            self.picked.emit(() if number is None else (number,))
        else:
            self.picked.emit(picked_with(self.item.lanes, selected, number, is_range=how == Range))

    def _fit_lanes(self) -> None:
        self.playhead.stand_in(max(len(self.item.lanes), self._room()) + 1)
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
