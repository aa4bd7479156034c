"""Seeing: which stretch is in view, on which axes, what of it is selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from earmark.api import EarmarkError
from earmark.frequency_scale import NAMES as SCALES
from earmark.gui.actions import Deed
from earmark.gui.choices import Choices
from earmark.gui.desk import Desk
from earmark.gui.following import CHOICES as FOLLOWING
from earmark.gui.following import Following
from earmark.gui.part import Menus, Part
from earmark.gui.recording_clock import RecordingClock
from earmark.gui.selection import Stretch
from earmark.gui.selection_panel import SelectionPanel
from earmark.gui.theme import Theme
from earmark.gui.view_panel import ViewPanel
from earmark.gui.view_settings import ViewSettings

ZOOM = 0.5
SCROLL = 0.5  # of the frequencies in view
ROOM = 0.5  # of an event's or a selection's length, left free at either side when it fills the view
ZOOM_IN = ("Ctrl+=", "Ctrl++", "+")
MENU = (
    "play_selection",
    "loop_selection",
    "only_band",
    "",
    "label_selection",
    "",
    "zoom_event",
    "fit",
    "select_all",
    "all_frequencies",
    "",
    "view_settings",
)  # of the spectrogram
DEEDS = (
    Deed(name="select_all", menu="&Edit", text="Select &all", keys=("Ctrl+A",), needs="recording"),
    Deed(name="select_from", menu="&Edit", text="Selection &starts here", keys=("[",), needs="recording"),
    Deed(name="select_to", menu="&Edit", text="Selection &ends here", keys=("]",), needs="recording"),
    Deed(name="type_selection", menu="&Edit", text="Selection in n&umbers…", keys=("Ctrl+Shift+A",), needs="recording"),
    Deed(name="zoom_in", menu="&View", text="Zoom &in", keys=ZOOM_IN, icon="zoom-in", needs="view"),
    Deed(name="zoom_out", menu="&View", text="Zoom &out", keys=("Ctrl+-", "-"), icon="zoom-out", needs="view"),
    Deed(name="fit", menu="&View", text="&Fit the recording", keys=("Ctrl+F",), icon="fit", needs="view"),
    Deed(name="zoom_event", menu="&View", text="Zoom to selection or &event", keys=("Ctrl+E",), needs="stretch"),
    Deed(name="page_back", menu="|&View", text="Page &back", keys=("PgUp",), needs="view"),
    Deed(name="page_on", menu="&View", text="Page &forward", keys=("PgDown",), needs="view"),
    Deed(name="view_settings", menu="|&View", text="View &settings…", keys=("Ctrl+Shift+V",), icon="view"),
    Deed(name="zoom_up", menu="|&View", text="Fewer f&requencies", keys=("Alt+Up",), needs="view"),
    Deed(name="zoom_down", menu="&View", text="&More frequencies", keys=("Alt+Down",), needs="view"),
    Deed(name="higher", menu="&View", text="&Higher frequencies", keys=("Shift+PgUp",), needs="view"),
    Deed(name="lower", menu="&View", text="&Lower frequencies", keys=("Shift+PgDown",), needs="view"),
    Deed(name="all_frequencies", menu="&View", text="All fre&quencies", keys=("Ctrl+Shift+F",), needs="view"),
    Deed(name="clock_time", menu="|&View", text="&Clock time", keys=("Ctrl+T",), checkable=True),
    Deed(name="note_names", menu="&View", text="&Note names at the pointer", checkable=True),
    Deed(name="wheel_zooms", menu="&View", text="&Wheel zooms instead of panning", checkable=True),
)


class Viewing:
    """The centre of the window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.settings = ViewSettings(desk.centre.spectrogram, desk.shown.drawing)
        self.following = Following(desk.span, desk.player)
        self.clock = RecordingClock(desk)
        self._clock_on_ruler = False
        self.panel = ViewPanel(self.settings, self._channels, desk.window)
        self._connect()

    def _connect(self) -> None:
        desk, centre, drawing = self._desk, self._desk.centre, self._desk.shown.drawing
        desk.player.moved.connect(centre.show_playhead)
        drawing.begun.connect(lambda grid: centre.overview.show_recording(grid.samples))
        drawing.peaks_grown.connect(centre.overview.add_peaks)
        drawing.ended.connect(centre.spectrogram.show_numbers)  # the levels of all of it are known now
        centre.spectrogram.item.range_changed.connect(self.panel.show_range)
        desk.findings.changed.connect(lambda: centre.overview.show_events(desk.findings.events))
        desk.findings.selected_changed.connect(self._show_selected)
        centre.overview.picked.connect(lambda number: desk.findings.select([number]))
        centre.spectrogram.plot.customContextMenuRequested.connect(self._show_menu)
        desk.shown.left.connect(self._leave)
        desk.shown.opened.connect(self.clock.look_at)
        desk.shown.refused.connect(self._refuse)
        self.clock.told.connect(self._show_clock)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        centre = self._desk.centre
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            menus=self._fill,
            given=self._given,
            keep=self._keep,
            restore=self._restore,
            wear=self._wear,
            panes=(centre.overview, centre.spectrogram.plot),
            escape=self._escape,
            close=self.clock.close,
        )

    def _doing(self) -> Mapping[str, Callable[..., object]]:
        span, frequencies = self._desk.span, self._desk.centre.spectrogram.frequencies
        return {
            "type_selection": self._type_selection,
            "zoom_up": lambda: frequencies.zoom(ZOOM, (frequencies.bottom + frequencies.top) / 2),
            "zoom_down": lambda: frequencies.zoom(1 / ZOOM, (frequencies.bottom + frequencies.top) / 2),
            "higher": lambda: frequencies.scroll(frequencies.length * SCROLL),
            "lower": lambda: frequencies.scroll(-frequencies.length * SCROLL),
            "select_all": lambda: self._desk.selection.select(Stretch(start=0.0, end=span.duration)),
            "select_from": lambda: self._select_edge(start=self._desk.player.position),
            "select_to": lambda: self._select_edge(end=self._desk.player.position),
            "zoom_in": lambda: span.zoom(ZOOM, self._zoomed_at()),
            "zoom_out": lambda: span.zoom(1 / ZOOM, self._zoomed_at()),
            "fit": span.fit,
            "zoom_event": self._zoom_to_stretch,
            "page_back": lambda: span.pan(-1),
            "page_on": lambda: span.pan(1),
            "view_settings": self._show_panel,
            "all_frequencies": frequencies.reset,
            "clock_time": self._choose_clock,
            "note_names": self._choose_notes,
            "wheel_zooms": self._choose_wheel,
        }

    def _fill(self, menus: Menus) -> None:
        view, settings = menus["&View"], self.settings
        self._scales = Choices(view, "Frequency a&xis", SCALES, "linear", lambda name: settings.change(scale=name))
        self._ways = Choices(view, "Follow the &playhead", FOLLOWING, "page", self.following.choose)
        settings.changed.connect(lambda: self._scales.pick(settings.look.scale))

    def _given(self) -> set[str]:
        if self._desk.shown.info is None:
            return set()
        given = {"recording", "view"}
        given |= {"selection", "stretch"} if self._desk.selection.stretch else set()
        return given | ({"stretch"} if self._desk.findings.selected else set())

    def _keep(self) -> Mapping[str, Any]:
        return {
            "view": self.settings.state(),
            "follow": self.following.choice,
            "clock_time": self._clock_on_ruler,
            "note_names": self._desk.centre.spectrogram.names_notes,
            "wheel_zooms": self._desk.span.wheel_zooms,
        }

    def _restore(self, kept: Mapping[str, Any]) -> None:
        view = kept.get("view")
        self.settings.apply(view if isinstance(view, dict) else {})
        self._ways.pick(kept.get("follow"))
        for name in ("clock_time", "note_names", "wheel_zooms"):
            if kept.get(name) is True:
                self._desk.do[name].trigger()

    def _wear(self, theme: Theme) -> None:
        self._desk.centre.wear(theme)

    def _show_selected(self) -> None:
        events = self._desk.findings.selected_events
        self._desk.centre.spectrogram.marks.show_events(events)
        self._desk.centre.overview.show_selected(events)

    def _show_menu(self, place: QPoint) -> None:
        plot = self._desk.centre.spectrogram.plot
        menu = QMenu(plot)
        for name in MENU:
            menu.addAction(self._desk.do[name]) if name else menu.addSeparator()
        menu.exec(plot.mapToGlobal(place))
        menu.deleteLater()

    def _leave(self) -> None:
        self._desk.selection.select(None)
        self._desk.centre.overview.show_recording(None)
        self.clock.look_at(None)

    def _refuse(self, path: Path, error: EarmarkError) -> None:
        if self._desk.shown.info is None:
            self._desk.centre.spectrogram.say("\n".join(filter(None, (error.sentence, error.hint))))
        self._desk.notices.report(error)

    def _escape(self) -> bool:
        if self._desk.centre.spectrogram.tool.cancel():
            return True
        had = self._desk.selection.stretch is not None
        self._desk.selection.select(None)
        return had

    def _channels(self) -> int:
        return self._desk.shown.info.channels if self._desk.shown.info else 1

    def _show_panel(self) -> None:
        self.panel.show()
        self.panel.raise_()
        self.panel.activateWindow()

    def _choose_clock(self, is_wanted: bool) -> None:
        self._clock_on_ruler = is_wanted
        self._show_clock()

    def _show_clock(self) -> None:
        self._desk.centre.spectrogram.show_clock(self.clock.began, on_ruler=self._clock_on_ruler)

    def _choose_notes(self, are_wanted: bool) -> None:
        self._desk.centre.spectrogram.names_notes = are_wanted

    def _choose_wheel(self, zooms: bool) -> None:
        self._desk.span.wheel_zooms = zooms

    def _zoomed_at(self) -> float:
        position, span = self._desk.player.position, self._desk.span
        return position if span.start <= position <= span.end else span.start + span.length / 2

    def _zoom_to_stretch(self) -> None:
        """Show the selection; where nothing is selected, the event, with some room around it."""
        if stretch := self._desk.selection.stretch:
            self._desk.span.show(stretch.start, stretch.end)
        elif events := self._desk.findings.selected_events:
            around = (events[-1].offset - events[-1].onset) * ROOM
            self._desk.span.show(events[-1].onset - around, events[-1].offset + around)

    def _type_selection(self) -> None:
        if ground := self._desk.centre.spectrogram.ground():
            panel = SelectionPanel(self._desk.selection, ground, self._desk.window)
            panel.finished.connect(panel.deleteLater)
            panel.open()

    def _select_edge(self, *, start: float | None = None, end: float | None = None) -> None:
        """Let the selection start or end at a time; the other end stays, or is the recording's."""
        had, duration = self._desk.selection.stretch, self._desk.span.duration
        low, high = (had.low, had.high) if had else (None, None)
        if start is not None:
            end = had.end if had and had.end > start else duration
        elif end is not None:
            start = had.start if had and had.start < end else 0.0
        if start is not None and end is not None and end > start:
            self._desk.selection.select(Stretch(start=start, end=end, low=low, high=high))
