"""Live sound flows: what keeps it moving between two drawings of the plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from earmark.gui.centre import Centre
from earmark.gui.live_belt import Belt
from earmark.gui.live_drawing import Columns, LiveDrawing

LAY_TICKS = 24  # 0.4 s: axes, lanes and marks move with the rest, and are drawn anew that often


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
        self._ticks = LAY_TICKS
        for changed in (
            centre.selection.changed,
            centre.spectrogram.frequencies.moved,
            centre.spectrogram.item.range_changed,
            centre.lanes.scroll_bar.valueChanged,
        ):
            changed.connect(lambda *_: self.draw_anew())

    def draw_anew(self) -> None:
        """Draw the plots at the next tick: something in them has changed."""
        self._ticks = LAY_TICKS

    def push(self, now: float, fresh: Sequence[Columns]) -> None:
        """Show what is heard until now; called at each tick with the columns that have come since the last."""
        self._ticks += 1
        if self._ticks >= LAY_TICKS or not all(belt.has_room for belt in self.belts):
            self._lay(now)
        else:
            for columns in fresh:
                if picture := self._drawing.picture(columns):
                    self.belts[0].add(picture)
        for belt in self.belts:
            belt.move_to(now)

    def rest(self) -> None:
        """Let the plots be seen themselves: somebody looks at another time, or has a hand on them."""
        for view, belt in zip(self._views, self.belts, strict=True):
            belt.lift()
            view.playhead.setVisible(True)
        self.draw_anew()

    def _lay(self, now: float) -> None:
        self._ticks = 0
        self._drawing.settle()
        self._show(now, self.belts[0].seconds_a_pixel)
        for view, belt in zip(self._views, self.belts, strict=True):
            view.playhead.setVisible(False)  # the belt shows where now is
            belt.lay()
