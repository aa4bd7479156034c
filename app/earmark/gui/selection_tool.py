"""The mouse in the spectrogram: what it selects, and the cursor that says what a drag would do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt

from earmark.gui.plot import Drag, TimeBox
from earmark.gui.selecting import FLAT, NOTHING, Grip, Ground, Place, extended, grip, resized, shifted
from earmark.gui.selection import Selection, Stretch

STEP = 0.03  # of what is in view: how far one step of a drag beyond its edge pans
CURSORS = {
    (False, False): Qt.CursorShape.CrossCursor,
    (True, False): Qt.CursorShape.SizeHorCursor,
    (False, True): Qt.CursorShape.SizeVerCursor,
}
FALLING, RISING = Qt.CursorShape.SizeFDiagCursor, Qt.CursorShape.SizeBDiagCursor
CORNERS = {("start", "high"): FALLING, ("end", "low"): FALLING, ("start", "low"): RISING, ("end", "high"): RISING}


class SelectionTool(QObject):
    """Drag to select, drag an edge or a corner, Shift+drag the inside; Shift+click extends, a click clears."""

    def __init__(self, box: TimeBox, selection: Selection, ground: Callable[[], Ground | None]) -> None:
        super().__init__(box)
        self._box, self._selection, self._ground = box, selection, ground
        self.playhead: Callable[[], float] = float
        self._held, self._before = NOTHING, selection.stretch
        self._is_dragging = False
        box.clicked.connect(lambda _: selection.select(None))
        box.extended.connect(self._extend)
        box.dragged.connect(self._drag)
        box.pointed.connect(self._point)

    def cancel(self) -> bool:
        """Take back what a drag that is still going on has selected; return whether there was one."""
        was_dragging, self._is_dragging = self._is_dragging, False
        if was_dragging:
            self._selection.select(self._before)
        return was_dragging

    def _pixel(self) -> Place:
        seconds, height = self._box.viewPixelSize()
        return Place(abs(seconds), abs(height))

    def _grip(self, ground: Ground, at: QPointF) -> Grip:
        return grip(self._selection.stretch, _place(at), pixel=self._pixel(), scale=ground.scale)

    def _drag(self, drag: Drag) -> None:
        ground = self._ground()
        if ground is None:
            return
        if drag.began:
            self._is_dragging = True
            self._held, self._before = self._grip(ground, drag.start), self._selection.stretch
        if self._is_dragging:
            self._selection.select(self._dragged(drag, ground))
            self._box.pan_towards(drag.now.x(), STEP)
        self._is_dragging = self._is_dragging and not drag.ended

    def _dragged(self, drag: Drag, ground: Ground) -> Stretch | None:
        start, now = _place(drag.start), _place(drag.now)
        if self._before and self._held.is_edge:
            return resized(self._before, self._held, now, ground)
        if self._before and self._held.inside and drag.modifiers & Qt.KeyboardModifier.ShiftModifier:
            by = Place(now.seconds - start.seconds, now.height - start.height)
            return shifted(self._before, by, ground)
        is_flat = abs(drag.pixels.y()) < FLAT or bool(drag.modifiers & Qt.KeyboardModifier.AltModifier)
        return ground.between(start, now, time_only=is_flat)

    def _extend(self, at: QPointF) -> None:
        if ground := self._ground():
            changed = extended(self._selection.stretch, at.x(), playhead=self.playhead(), ground=ground)
            self._selection.select(changed)

    def _point(self, at: QPointF | None) -> None:
        ground = self._ground()
        held = self._grip(ground, at) if ground and at is not None else NOTHING
        corner = CORNERS.get((held.time, held.frequency))
        self._box.setCursor(corner or CURSORS[bool(held.time), bool(held.frequency)])


def _place(point: QPointF) -> Place:
    return Place(point.x(), point.y())
