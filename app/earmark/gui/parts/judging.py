"""Judging: the events in lanes and table, which of them is selected, and what a person says about them."""

from __future__ import annotations

from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.part import Part

DEEDS = (
    Deed(name="undo", menu="&Edit", text="&Undo", keys=("Ctrl+Z",), needs="undo"),
    Deed(name="redo", menu="&Edit", text="&Redo", keys=("Ctrl+Shift+Z", "Ctrl+Y"), needs="redo"),
    Deed(name="previous_event", menu="|&Play", text="P&revious event", keys=("Alt+Left",), needs="events"),
    Deed(name="next_event", menu="&Play", text="&Next event", keys=("Alt+Right",), needs="events"),
    Deed(name="play_event", menu="&Play", text="Play the e&vent", keys=("Ctrl+Return",), needs="event"),
)


class Judging:
    """Keeps lanes and table in step with what was found."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.shown.left.connect(desk.findings.forget)
        desk.shown.opened.connect(self._open)
        desk.findings.changed.connect(self._show_events)
        desk.findings.selected_changed.connect(self._show_selected)
        desk.findings.analysis_changed.connect(self._show_caption)
        desk.findings.failed.connect(desk.notices.report)
        for view in (desk.events, desk.centre.lanes):
            view.picked.connect(desk.findings.select)
            view.opened.connect(self.play_event)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        desk = self._desk
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            given=self._given,
            wear=desk.events.wear,
            panes=(desk.centre.lanes.plot, desk.events),
        )

    def _doing(self):
        findings = self._desk.findings
        return {
            "undo": findings.undo,
            "redo": findings.redo,
            "previous_event": lambda: self.step(-1),
            "next_event": lambda: self.step(1),
            "play_event": self.play_event,
        }

    def _given(self) -> set[str]:
        findings = self._desk.findings
        undo, redo = findings.undo_names()
        there = {"events": findings.events, "event": findings.selected, "undo": undo, "redo": redo}
        return {name for name, is_there in there.items() if is_there}

    def step(self, count: int) -> None:
        """Select the next or previous event in the table's order, and go there."""
        number = self._desk.events.number_beside(count)
        if number is not None:
            self._desk.findings.select((number,))
            self._desk.player.seek(self._desk.findings.events[number].onset)

    def play_event(self, number: int | None = None) -> None:
        """Play an event; the selected one where none is named."""
        findings = self._desk.findings
        if number is not None:
            findings.select((number,))
        if events := findings.selected_events:
            self._desk.player.play(events[-1].onset, events[-1].offset)

    def _open(self, path) -> None:
        if info := self._desk.shown.info:
            self._desk.findings.open(path, info)

    def _show_events(self) -> None:
        desk, events = self._desk, self._desk.findings.events
        duration = desk.shown.info.duration if desk.shown.info else desk.span.duration
        desk.events.show_events(events)
        desk.centre.lanes.show_events(events, duration)
        self._show_caption()

    def _show_selected(self) -> None:
        findings = self._desk.findings
        number = findings.selected[-1] if findings.selected else None
        if number is not None:
            event = findings.events[number]
            self._desk.span.reveal_stretch(event.onset, event.offset)
        self._desk.centre.lanes.select(findings.selected)
        self._desk.events.select(findings.selected)

    def _show_caption(self) -> None:
        findings = self._desk.findings
        if findings.analysis is None:
            if not findings.events:
                self._desk.centre.lanes.say("")
            return
        window = f"{findings.analysis.window:g} s"
        if findings.analysis.frames is None:
            self._desk.centre.lanes.say(f"This model gives one score for {window}: its windows are drawn as steps.")
        else:
            empty = "" if findings.events else "No events at this threshold: lower it to see less certain ones."
            self._desk.centre.lanes.say(empty)
