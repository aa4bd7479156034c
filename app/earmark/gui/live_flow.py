"""Live sound flows: what keeps it moving between two drawings of the plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from earmark.gui.centre import Centre
from earmark.gui.live_belt import Belt
from earmark.gui.live_drawing import Columns, LiveDrawing

LAY_TICKS = 36  # 0.6 s: axes, lanes and marks move with the rest, and are drawn anew at least that often
SPECTROGRAM_TURN = 2  # it is drawn anew each second time: what is new in it has been added to its belt already
LEAST_TICKS = 12  # between two such drawings, however often something new is to be seen


class LiveFlow(QObject):
    """Pushes spectrogram and lanes along while one follows what comes in.

    Args:
        show: brings the seconds until a time into view, in whole steps of so many seconds.
    """

    def __init__(self, centre: Centre, drawing: LiveDrawing, show: Callable[[float, float], None]) -> None:
        super().__init__()
        self._views = (centre.spectrogram, centre.lanes)
        self.belts = [Belt(view.plot) for view in self._views]
        self._drawing, self._show = drawing, show
        self._parts: list[Callable[[float], None]] = []  # of a drawing that has begun
        self._ticks = self._drawings = 0
        self._has_news, self._is_stale = False, True
        for changed in (
            centre.selection.changed,
            centre.spectrogram.frequencies.moved,
            centre.lanes.scroll_bar.valueChanged,
        ):
            changed.connect(lambda *_: self.draw_anew())
        centre.spectrogram.item.range_changed.connect(lambda *_: self.draw_soon())  # a few other colours can wait

    def draw_anew(self) -> None:
        """Draw the plots at the next tick: something in them has changed."""
        self._is_stale = True

    def draw_soon(self) -> None:
        """Draw the plots in one of the next ticks: there is more to be seen in them."""
        self._has_news = True

    def push(self, now: float, fresh: Sequence[Columns]) -> None:
        """Show what is heard until now; called at each tick with the columns that have come since the last."""
        if self._is_stale or not all(belt.has_room for belt in self.belts):
            self._parts, self._is_stale = [], False
            for draw in (self._bring_into_view, self._lay_lanes, self._lay_spectrogram):
                draw(now)
        else:
            self._add(fresh)
            self._go_on(now)
        for belt in self.belts:
            belt.move_to(now)

    def rest(self) -> None:
        """Let the plots be seen themselves: somebody looks at another time, or has a hand on them."""
        for view, belt in zip(self._views, self.belts, strict=True):
            belt.lift()
            view.playhead.setVisible(True)
        self.draw_anew()

    def _add(self, fresh: Sequence[Columns]) -> None:
        for columns in fresh:
            if picture := self._drawing.picture(columns):
                self.belts[0].add(picture)

    def _go_on(self, now: float) -> None:
        """Once it is time, draw the plots, a part a tick: all of it at once takes longer than a frame may."""
        self._ticks += 1
        if not self._parts and self._ticks >= (LEAST_TICKS if self._has_news else LAY_TICKS):
            self._parts = [self._bring_into_view, self._lay_lanes, self._lay_spectrogram_in_turn]
        if self._parts:
            self._parts.pop(0)(now)

    def _bring_into_view(self, now: float) -> None:
        self._ticks, self._has_news = 0, False
        self._drawings += 1
        self._show(now, self.belts[0].seconds_a_pixel)

    def _lay_lanes(self, now: float) -> None:
        self._lay(1)

    def _lay_spectrogram_in_turn(self, now: float) -> None:
        if self._drawings % SPECTROGRAM_TURN == 0:
            self._lay_spectrogram(now)

    def _lay_spectrogram(self, now: float) -> None:
        self._drawing.settle()
        self._lay(0)

    def _lay(self, number: int) -> None:
        self._views[number].playhead.setVisible(False)  # the belt shows where now is
        self.belts[number].lay()
