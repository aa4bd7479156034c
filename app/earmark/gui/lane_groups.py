"""The lanes of the model that is judged; where models are compared, a group of lanes for each, one over the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from earmark.disagreements import Spans
from earmark.gui.group_title import GroupTitle
from earmark.gui.lanes_view import LanesView
from earmark.gui.theme import Theme
from earmark.judging import JudgedEvent

LOOK = "Click to judge this model's events."
PRESSED = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A model's lanes.

    Attributes:
        state: what it heard and how fast, or how far it is, in words.
        is_judged: its events are those that the judged lanes show; the others' are in `events`.
        differing: where another model hears something else, by label.
    """

    model_id: str
    letter: str
    title: str
    state: str
    is_judged: bool
    events: Sequence[JudgedEvent]
    differing: Mapping[str, Spans]

    @property
    def name(self) -> str:
        """Return the letter and the title."""
        return f"{self.letter} {self.title}"

    @property
    def heading(self) -> str:
        """Return the same with its state, for a picture."""
        return " · ".join(filter(None, (f"{self.letter}  {self.title}", self.state)))


class LaneGroups(QWidget):
    """Groups of lanes in the order of their models; without a comparison, the judged lanes alone.

    Args:
        make: makes lanes for another model.
    """

    chosen = Signal(str, float)  # model_id, seconds: its lanes were clicked there
    judge_asked = Signal(str)  # model_id
    leave_asked = Signal(str)
    arranging = Signal(int)  # so many groups are going to be shown; 0 is the plain view

    def __init__(self, judged: LanesView, make: Callable[[], LanesView]) -> None:
        super().__init__()
        self.judged = judged
        self.groups: Sequence[Group] = ()
        self._make = make
        self._others: list[LanesView] = []
        self._titles: list[GroupTitle] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(judged, 1)

    @property
    def views(self) -> Iterator[tuple[Group | None, LanesView]]:
        """Yield each group with its lanes, from the top down; without a comparison None with the judged ones."""
        others = iter(self._others)
        if not self.groups:
            yield None, self.judged
        for group in self.groups:
            yield group, self.judged if group.is_judged else next(others)

    def show_groups(self, groups: Sequence[Group], duration: float) -> None:
        """Show these; none restores the plain view."""
        if len(self.groups) != len(groups):
            self.arranging.emit(len(groups))
        before, self.groups = self.groups, tuple(groups)
        if [(each.model_id, each.is_judged) for each in before] != [(each.model_id, each.is_judged) for each in groups]:
            self._arrange()
        self.judged.be_called("")
        for place, (group, lanes) in enumerate(self.views):
            if group is None:
                lanes.show_differing({})
                continue
            self._titles[place].show_group(group.letter, group.title, group.state, is_judged=group.is_judged)
            lanes.be_called(group.name)
            lanes.show_differing(group.differing)
            if not group.is_judged and (lanes.events is not group.events):
                lanes.show_events(group.events, duration)
            self._column.setStretchFactor(lanes, max(len(lanes.item.lanes), 1))

    def mark(self, name: str, onset: float, offset: float) -> None:
        """Frame a stretch in all lanes of labels that are known by a name."""
        for _, lanes in self.views:
            lanes.mark(name, onset, offset)

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead of the lanes that are compared."""
        for lanes in self._others:
            lanes.show_playhead(seconds)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        for lanes in self._others:
            lanes.wear(theme)

    def _arrange(self) -> None:
        """Put titles and lanes into the order of the groups, and hide what is not needed."""
        while len(self._titles) < len(self.groups):
            self._add_title(len(self._titles))
        while len(self._others) < len(self.groups) - 1:
            self._add_lanes()
        for widget in (*self._titles, *self._others, self.judged):
            self._column.removeWidget(widget)
        shown: set[QWidget] = set()
        for place, (group, lanes) in enumerate(self.views):
            pair = [self._titles[place], lanes] if group else [lanes]
            for widget in pair:
                self._column.addWidget(widget)
            shown.update(pair)
        for widget in (*self._titles, *self._others):
            widget.setVisible(widget in shown)

    def _add_title(self, place: int) -> None:
        title = GroupTitle()
        title.judge_asked.connect(lambda: self.judge_asked.emit(self.groups[place].model_id))
        title.leave_asked.connect(lambda: self.leave_asked.emit(self.groups[place].model_id))
        self._titles.append(title)

    def _add_lanes(self) -> None:
        lanes = self._make()
        lanes.only_look(LOOK)
        lanes.say("")
        guest = _Guest(lanes, lambda seconds: self._choose(lanes, seconds))
        lanes.plot.viewport().installEventFilter(guest)
        lanes.label_clicked.connect(lambda label: self._choose(lanes, None))
        self._others.append(lanes)

    def _choose(self, lanes: LanesView, seconds: float | None) -> None:
        """Tell which group was clicked, once the click is over: its lanes may go elsewhere for that."""
        group = next((group for group, view in self.views if view is lanes), None)
        if group and seconds is not None:
            QTimer.singleShot(0, self, lambda: self.chosen.emit(group.model_id, seconds))
        elif group:
            QTimer.singleShot(0, self, lambda: self.judge_asked.emit(group.model_id))


class _Guest(QObject):
    """Takes clicks into lanes that are not judged, before the plot does."""

    def __init__(self, lanes: LanesView, clicked: Callable[[float], object]) -> None:
        super().__init__(lanes)
        self._lanes, self._clicked = lanes, clicked

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Take the left and the right button over the lanes."""
        if event.type() == QEvent.Type.ContextMenu:
            return True
        if event.type() not in PRESSED or not isinstance(event, QMouseEvent):
            return False
        place = self._lanes.ground.place_at(event.position())
        if place is None or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._clicked(place.x())
        return True
