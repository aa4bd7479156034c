"""The spectrogram with its axes, decibel bar, playhead, selection and what is said about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from earmark.gui.axes import LEFT, RULER, FrequencyAxis, TimeAxis
from earmark.gui.caption import Caption
from earmark.gui.colour_maps import colours_of
from earmark.gui.decibel_bar import DecibelBar
from earmark.gui.event_marks import EventMarks
from earmark.gui.frequency_scroll import FrequencyScroll
from earmark.gui.frequency_span import FrequencySpan
from earmark.gui.pixels import Pixels
from earmark.gui.plot import ZOOM_A_NOTCH, Playhead, TimeBox, time_plot
from earmark.gui.read_out import pointer_text, stretch_text
from earmark.gui.selecting import Ground, heights
from earmark.gui.selection import Selection, Stretch
from earmark.gui.selection_item import SelectionItem
from earmark.gui.selection_tool import SelectionTool
from earmark.gui.spectrogram_item import SpectrogramItem
from earmark.gui.theme import DARK, Theme
from earmark.gui.time_span import TimeSpan
from earmark.stretch_levels import Levels, levels

MEASURED = 4_000  # columns whose levels are read while the selection is dragged
SCRUB_STEP = 0.03  # of what is in view: how far one step of a drag beyond its edge pans
PATIENCE_MS = 300  # until it is said that something is being waited for
INSIDE = (LEFT, RULER, 0, 0)  # what of the plot the axes take
TOP_RIGHT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
TOP_LEFT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
BOTTOM_LEFT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
BOTTOM_RIGHT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight


class SpectrogramView(QWidget):
    """What the recording sounds like."""

    sought = Signal(float)  # seconds

    def __init__(self, span: TimeSpan, selection: Selection) -> None:
        super().__init__()
        self._selection = selection
        self._began: datetime | None = None
        self.names_notes = False  # in the read-out
        self.frequencies = FrequencySpan(self)
        self.item, self.playhead = SpectrogramItem(), Playhead()
        self._box = TimeBox(span)
        self._time_axis, self._frequency_axis = TimeAxis(), FrequencyAxis()
        axes: dict[str, pg.AxisItem] = {"top": self._time_axis, "left": self._frequency_axis}
        self.plot = time_plot(self._box, axes, name="Spectrogram")
        self.bar = DecibelBar(colours_of("viridis"))
        self.marks = EventMarks(lambda: self.frequencies.scale)
        self._selected = SelectionItem(selection, lambda: self.frequencies.scale)
        self.tool = SelectionTool(self._box, selection, self.ground)
        self._scroll = FrequencyScroll(self.frequencies, self.plot)
        self._build_captions()
        self._lay_out()
        self._connect()

    def _build_captions(self) -> None:
        self.pointer = Caption(self.plot, TOP_RIGHT, name="At the pointer", inside=INSIDE)
        self.numbers = Caption(self.plot, BOTTOM_LEFT, name="Selection", inside=INSIDE)
        self.caption = Caption(self.plot, Qt.AlignmentFlag.AlignCenter, name="Spectrogram", inside=INSIDE)
        self.caption.setWordWrap(True)
        self._waiting = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._waited_for = ""

    def _lay_out(self) -> None:
        for item in (self.item, self.marks, self._selected, self.playhead):
            self._box.addItem(item)
        self._show_frequencies()
        self.playhead.setVisible(False)
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMinimumHeight(140)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.bar)

    def _connect(self) -> None:
        self._box.sought.connect(self.sought)
        self._box.pointed.connect(self._read_out)
        self._box.sideways_at.connect(self._zoom_frequencies)
        self._time_axis.scrubbed.connect(self._scrub)
        self._frequency_axis.turned.connect(self._zoom_frequencies)
        self._frequency_axis.dragged.connect(lambda heights: self.frequencies.scroll(-heights))
        self._frequency_axis.reset.connect(self.frequencies.reset)
        self.frequencies.moved.connect(self._show_frequencies)
        self.item.range_changed.connect(self.bar.show_range)
        self._selection.changed.connect(self.show_numbers)
        self._waiting.timeout.connect(lambda: self.caption.say(self._waited_for))
        self.tool.playhead = lambda: self.playhead.pos().x()

    def add(self, item: pg.GraphicsObject) -> None:
        """Draw something over the spectrogram: x is seconds, y the height in 0..1."""
        self._box.addItem(item)

    def wear(self, theme: Theme = DARK) -> None:
        """Draw in a theme's colours."""
        self.plot.setBackground(QColor(theme.plot))
        for axis in (self._time_axis, self._frequency_axis):
            axis.setPen(QColor(theme.border))
            axis.setTextPen(QColor(theme.text))
        self.bar.wear(theme)
        self._selected.wear(theme)

    def wait_for(self, what: str) -> None:
        """Say what is being waited for, if it does not come soon."""
        self.caption.say("")
        self._waited_for = what
        self._waiting.start()

    def say(self, sentence: str) -> None:
        """Say instead of a spectrogram why there is none; "" says nothing."""
        self._waiting.stop()
        self.caption.say(sentence)
        for axis in (self._time_axis, self._frequency_axis):
            axis.setStyle(showValues=not sentence)  # they are those of the recording before

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Draw a recording, or none."""
        self.item.show_pixels(pixels)
        self.playhead.setVisible(pixels is not None)
        self.pointer.say("")
        if pixels:
            self.say("")
            self._follow_scale()

    def show_scale(self, name: str) -> None:
        """Draw on another frequency scale; the frequencies in view stay."""
        self.item.show_scale(name)
        self._follow_scale()

    def show_colours(self, name: str) -> None:
        """Draw in another colour map."""
        self.item.show_colours(name)
        self.bar.show_colours(colours_of(name))

    def _follow_scale(self) -> None:
        if self.item.pixels:
            self.frequencies.show_scale(self.item.pixels.scale)

    def show_clock(self, began: datetime | None, *, on_ruler: bool) -> None:
        """Say the time of day in the read-out, if it is known, and on the ruler where it is wanted there."""
        self._began = began
        self._time_axis.show_clock(began if on_ruler else None)

    def show_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        self.playhead.setPos(seconds, 0)

    def show_numbers(self) -> None:
        """Say what is selected."""
        stretch = self._selection.stretch
        self._make_way(stretch)
        self.numbers.say(stretch_text(stretch, levels=self._levels(stretch)) if stretch else "")

    def _make_way(self, stretch: Stretch | None) -> None:
        """Keep the numbers off what is selected, and the pointer's off those."""
        bottom, top = heights(stretch, self.frequencies.scale) if stretch else (0.0, 1.0)
        is_low = (bottom + top) / 2 < (self.frequencies.bottom + self.frequencies.top) / 2
        self.numbers.keep_to(TOP_LEFT if is_low else BOTTOM_LEFT)
        self.pointer.keep_to(BOTTOM_RIGHT if is_low else TOP_RIGHT)

    def _levels(self, stretch: Stretch) -> Levels:
        pixels = self.item.pixels
        if pixels is None:
            return Levels()
        level, columns = pixels.columns_between(stretch.start, stretch.end, most=MEASURED)
        found = levels(columns, pixels.grid.nyquist, stretch.low, stretch.high)
        moments_are_joined = pixels.grid.hop(level) > pixels.grid.transform_hop(level)
        return replace(found, mean=None) if moments_are_joined else found

    def ground(self) -> Ground | None:
        """Return what can be selected in, None where there is nothing."""
        pixels = self.item.pixels
        if pixels is None:
            return None
        return Ground(duration=pixels.grid.duration, sample_rate=pixels.grid.sample_rate, scale=pixels.scale)

    def _scrub(self, seconds: float) -> None:
        self.sought.emit(seconds)
        self._box.pan_towards(seconds, SCRUB_STEP)

    def _zoom_frequencies(self, notches: float, height: float) -> None:
        self.frequencies.zoom(ZOOM_A_NOTCH**notches, height)

    def _show_frequencies(self) -> None:
        self.marks.update()
        self._box.setYRange(self.frequencies.bottom, self.frequencies.top, padding=0)
        self._frequency_axis.show_scale(self.frequencies.scale)
        self._selected.show_anew()

    def _read_out(self, point: QPointF | None) -> None:
        pixels = self.item.pixels
        if pixels is None or point is None:
            self.pointer.say("")
            return
        hertz = float(pixels.scale.hertz(point.y()))
        decibels = pixels.decibels_at(point.x(), hertz)
        self.pointer.say(pointer_text(point.x(), hertz, decibels, began=self._began, with_note=self.names_notes))
