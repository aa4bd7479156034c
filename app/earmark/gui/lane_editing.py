"""Editing events in their lanes with the mouse: select, move, resize, draw; it counts when the button is let go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea

from earmark.event_drag import NO_MAGNETS, Drag, Magnets, Part, is_drawn
from earmark.gui.lane_ground import LaneGround
from earmark.gui.lanes import edges
from earmark.gui.lanes_item import Draft

EDGE = 6.0  # pixels in which an edge is taken hold of
EDGE_PART = 0.34  # of the event's width: short ones can still be moved
CORE = 1.5  # pixels around the middle that move an event however short it is
STILL = 4  # pixels: a hand that moves no further has clicked
UPRIGHT = 12.0  # pixels that a hand strays sideways on its way to another lane
REACH = 4.0  # pixels from which edges and playhead draw
LEFT_BUTTON, RIGHT_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CURSORS = {"onset": Qt.CursorShape.SizeHorCursor, "offset": Qt.CursorShape.SizeHorCursor}
Toggle, Range = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the mouse holds: an event by one of its parts, or the begin of a new one."""

    number: int | None
    row: int
    label: str
    drag: Drag
    pressed_at: QPointF
    modifiers: Qt.KeyboardModifier


class LaneEditing(QObject):
    """Hears the mouse over the lanes, before the plot does."""

    picked = Signal(object, object)  # an event's number or None, how: None is alone, else Toggle or Range
    sought = Signal(float)  # clicked where there is nothing: seconds
    opened = Signal(int)  # by a double click
    drawn = Signal(str, float, float)  # label, "" below the lanes; onset, offset
    dragged = Signal(int, str, float, float)  # an event's number, its label, onset and offset now
    ended = Signal()  # nothing is held any more
    menu_asked = Signal(object, str, float, QPoint)  # number or None, label, seconds, place on the screen

    def __init__(self, plot: QAbstractScrollArea, ground: LaneGround) -> None:
        super().__init__(plot)
        self._plot, self._viewport, self._ground = plot, plot.viewport(), ground
        self._held: Held | None = None
        self._magnets = NO_MAGNETS
        plot.installEventFilter(self)
        self._viewport.installEventFilter(self)

    @property
    def is_dragging(self) -> bool:
        """Return whether something would change if the button were let go."""
        return self._ground.item.draft is not None

    def cancel(self) -> bool:
        """Let go without changing anything; return whether there was something held."""
        was_dragging = self.is_dragging
        self._let_go()
        self.ended.emit()
        return was_dragging

    def stop(self) -> None:
        """Hear the mouse no more: these lanes are to be looked at."""
        self._plot.removeEventFilter(self)
        self._viewport.removeEventFilter(self)

    def _let_go(self) -> None:
        self._held = None
        self._ground.item.show_draft(None)
        self._viewport.unsetCursor()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Take the left and the right button, and Esc while dragging; the rest is the plot's."""
        if watched is self._plot:
            return self._take_key(event)
        match event.type():
            case QEvent.Type.MouseButtonPress:
                return self._press(event)
            case QEvent.Type.MouseButtonDblClick:
                return self._double_click(event)
            case QEvent.Type.MouseMove:
                return self._move(event)
            case QEvent.Type.MouseButtonRelease:
                return self._release(event)
            case QEvent.Type.ContextMenu:
                return self._ask_for_menu(event)
        return False

    def _take_key(self, event: QEvent) -> bool:
        if self.is_dragging and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.cancel()
            event.accept()  # else it would be the window's shortcut
            return True
        if isinstance(event, QContextMenuEvent) and event.reason() == QContextMenuEvent.Reason.Keyboard:
            middle = self._viewport.mapToGlobal(self._viewport.rect().center())
            selected = self._ground.item.selected.tolist()
            self.menu_asked.emit(selected[-1] if selected else None, "", self._ground.played, middle)
            return True
        return False

    def _press(self, event: QMouseEvent) -> bool:
        place = self._ground.place_at(event.position())
        if place is None or event.button() not in (LEFT_BUTTON, RIGHT_BUTTON):
            return False
        if event.button() == LEFT_BUTTON:
            self._held = self._hold(event, place)
        return True

    def _hold(self, event: QMouseEvent, place: QPointF) -> Held:
        number, row = self._event_at(place), int(np.floor(place.y()))
        onset, offset = self._ground.times_of(number) if number is not None else (place.x(), place.x())
        part = self._part(place.x(), onset, offset) if number is not None else "new"
        drag = Drag(part=part, onset=onset, offset=offset, held_at=place.x(), duration=self._ground.duration)
        return Held(
            number=number,
            row=row,
            label=self._ground.label_of_row(row),
            drag=drag,
            pressed_at=event.position(),
            modifiers=event.modifiers(),
        )

    def _move(self, event: QMouseEvent) -> bool:
        if self._held is None:
            if event.buttons() == Qt.MouseButton.NoButton:
                self._show_cursor(event.position())
            return False
        far = (event.position() - self._held.pressed_at).manhattanLength() >= STILL
        if far and not self.is_dragging:
            self._begin(self._held)
        if far or self.is_dragging:
            self._ground.item.show_draft(self._draft(self._held, event))
        return True

    def _begin(self, held: Held) -> None:
        near = edges(self._ground.item.lanes, *self._ground.in_view(), but=held.number)
        times = np.sort(np.append(near, [self._ground.played, 0.0, self._ground.duration]))
        self._magnets = Magnets(times=times, reach=REACH * self._ground.seconds_a_pixel())
        self._viewport.setCursor(CURSORS.get(held.drag.part, Qt.CursorShape.ClosedHandCursor))

    def _draft(self, held: Held, event: QMouseEvent) -> Draft:
        """Return where the event would be; only a body goes to another lane."""
        place = self._ground.place_of(event.position())
        row = int(np.floor(place.y())) if held.drag.part == "body" else held.row
        row = min(max(row, 0), len(self._ground.item.lanes) - (held.number is not None))
        is_upright = row != held.row and abs(event.position().x() - held.pressed_at.x()) < UPRIGHT
        seconds = held.drag.held_at if is_upright else place.x()
        is_free = is_upright or event.modifiers() & Toggle
        onset, offset = held.drag.to(seconds, NO_MAGNETS if is_free else self._magnets)
        return Draft(label=self._ground.label_of_row(row), row=row, onset=onset, offset=offset)

    def _release(self, event: QMouseEvent) -> bool:
        if event.button() != LEFT_BUTTON or self._held is None:
            return event.button() == RIGHT_BUTTON and self._ground.place_at(event.position()) is not None
        held, draft = self._held, self._ground.item.draft
        self._let_go()
        if draft is None:
            self._click(held)
        elif held.number is not None:
            self.dragged.emit(held.number, draft.label, draft.onset, draft.offset)
        elif is_drawn(draft.onset, draft.offset):
            self.drawn.emit(draft.label, draft.onset, draft.offset)
        self.ended.emit()
        return True

    def _click(self, held: Held) -> None:
        how = next((each for each in (Toggle, Range) if held.modifiers & each), None)
        if held.number is not None or how is None:
            self.picked.emit(held.number, how)
        if how is None:
            self.sought.emit(held.drag.held_at)

    def _double_click(self, event: QMouseEvent) -> bool:
        place = self._ground.place_at(event.position())
        if place is None or event.button() != LEFT_BUTTON:
            return False
        number = self._event_at(place)
        if number is not None:
            self.opened.emit(number)
        return True

    def _ask_for_menu(self, event: QContextMenuEvent) -> bool:
        place = self._ground.place_at(QPointF(event.pos()))
        if place is None:
            return False
        label = self._ground.label_of_row(int(np.floor(place.y())))
        self.menu_asked.emit(self._event_at(place), label, place.x(), event.globalPos())
        return True

    def _show_cursor(self, pixel: QPointF) -> None:
        place = self._ground.place_at(pixel)
        number = self._event_at(place) if place is not None else None
        part = self._part(place.x(), *self._ground.times_of(number)) if place is not None and number is not None else ""
        if part in CURSORS:
            self._viewport.setCursor(CURSORS[part])
        else:
            self._viewport.unsetCursor()

    def _event_at(self, place: QPointF) -> int | None:
        return self._ground.item.event_at(place.x(), place.y(), EDGE * self._ground.seconds_a_pixel())

    def _part(self, seconds: float, onset: float, offset: float) -> Part:
        """Return which part of an event is at a time."""
        pixel = self._ground.seconds_a_pixel()
        inner = min(EDGE * pixel, EDGE_PART * (offset - onset))
        if abs(seconds - (onset + offset) / 2) <= CORE * pixel:
            return "body"
        if seconds < onset + inner:
            return "onset"
        return "offset" if seconds > offset - inner else "body"
