"""Seeing: which stretch is in view, on which axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earmark.frequency_scale import NAMES
from earmark.gui.actions import Deed
from earmark.gui.choices import Choices
from earmark.gui.desk import Desk
from earmark.gui.part import Menus, Part

ZOOM = 0.5
ZOOM_IN = ("Ctrl+=", "Ctrl++", "+")
DEEDS = (
    Deed(name="zoom_in", menu="&View", text="Zoom &in", keys=ZOOM_IN, icon="zoom-in", needs="recording"),
    Deed(name="zoom_out", menu="&View", text="Zoom &out", keys=("Ctrl+-", "-"), icon="zoom-out", needs="recording"),
    Deed(name="fit", menu="&View", text="&Fit the recording", keys=("Ctrl+F",), icon="fit", needs="recording"),
    Deed(name="zoom_event", menu="&View", text="Zoom to the &event", keys=("Ctrl+E",), needs="event"),
    Deed(name="page_back", menu="|&View", text="Page &back", keys=("PgUp",), needs="recording"),
    Deed(name="page_on", menu="&View", text="Page &forward", keys=("PgDown",), needs="recording"),
)


class Viewing:
    """The centre of the window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.player.moved.connect(self._follow)
        desk.shown.refused.connect(lambda path, error: desk.notices.report(error))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            menus=self._fill,
            given=lambda: {"recording"} if self._desk.shown.info else set(),
            keep=lambda: {"scale": self._desk.shown.scale},
            restore=self._restore,
            wear=self._desk.centre.wear,
            panes=(self._desk.centre.spectrogram.plot,),
        )

    def _doing(self):
        span = self._desk.span
        return {
            "zoom_in": lambda: span.zoom(ZOOM, self._zoomed_at()),
            "zoom_out": lambda: span.zoom(1 / ZOOM, self._zoomed_at()),
            "fit": span.fit,
            "zoom_event": self._zoom_to_event,
            "page_back": lambda: span.pan(-1),
            "page_on": lambda: span.pan(1),
        }

    def _fill(self, menus: Menus) -> None:
        self._scales = Choices(menus["&View"], "Frequency a&xis", NAMES, "linear", self._desk.shown.show_scale)

    def _restore(self, kept: Mapping[str, Any]) -> None:
        self._scales.pick(kept.get("scale"))

    def _zoomed_at(self) -> float:
        position, span = self._desk.player.position, self._desk.span
        return position if span.start <= position <= span.end else span.start + span.length / 2

    def _zoom_to_event(self) -> None:
        """Show the selected event with half its length around it."""
        if events := self._desk.findings.selected_events:
            around = (events[-1].offset - events[-1].onset) / 2
            self._desk.span.show(events[-1].onset - around, events[-1].offset + around)

    def _follow(self, seconds: float) -> None:
        self._desk.centre.show_playhead(seconds)
        if self._desk.shown.info:
            self._desk.span.reveal(seconds)
