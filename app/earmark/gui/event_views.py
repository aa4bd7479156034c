"""Keeps lanes and table in step with what was found: one list of events, one selection."""

from __future__ import annotations

from earmark.gui.desk import Desk

STEPS = "This model gives one score for {:g} s: its windows are drawn as steps."
NOTHING = "No events at this threshold: lower it to see less certain ones, or drag here to draw one."


class EventViews:
    """The lanes, the table, and the event that is played."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.shown.left.connect(self._leave)
        desk.shown.opened.connect(self._open)
        desk.findings.changed.connect(self._show_events)
        desk.findings.selected_changed.connect(self._show_selected)
        desk.findings.analysis_changed.connect(self._show_caption)
        desk.findings.failed.connect(desk.notices.report)
        desk.events_panel.filtered.connect(self._show_selected)
        desk.centre.lanes.label_clicked.connect(self._choose_label)
        for view in (desk.events, desk.centre.lanes):
            view.picked.connect(desk.findings.select)
            view.opened.connect(self.play)

    def step(self, count: int) -> None:
        """Select the next or previous event in the table's order, and go there."""
        if self._desk.step_aside and self._desk.step_aside(count):
            return
        number = self._desk.events.number_beside(count)
        if number is not None:
            self._desk.findings.select((number,))
            self._desk.player.seek(self._desk.findings.events[number].onset)

    def play(self, number: int | None = None) -> None:
        """Play an event; the selected one where none is named."""
        findings = self._desk.findings
        if number is not None and number not in findings.selected:
            findings.select((number,))
        event = findings.events[number] if number is not None else (findings.selected_events or [None])[-1]
        if event:
            self._desk.player.play(event.onset, event.offset)

    def _choose_label(self, label: str) -> None:
        """Mark a label; no event is selected then, so that what is shown of a label is shown of this one."""
        self._desk.findings.select(())
        self._desk.centre.lanes.header.mark(label)

    def _leave(self) -> None:
        self._desk.findings.forget()
        self._desk.centre.lanes.forget()

    def _open(self, path) -> None:
        if info := self._desk.shown.info:
            self._desk.findings.open(path, info)

    def _show_events(self) -> None:
        desk, events = self._desk, self._desk.findings.events
        duration = desk.shown.info.duration if desk.shown.info else desk.span.duration
        desk.events_panel.show_events(events)
        desk.centre.lanes.show_events(events, duration)
        self._show_caption()

    def _show_selected(self) -> None:
        desk, findings = self._desk, self._desk.findings
        desk.centre.lanes.select(findings.selected)
        desk.events.select(findings.selected)
        chosen, span = findings.selected_events, desk.span
        if chosen:
            desk.centre.lanes.header.mark(chosen[-1].label)
        in_view = [event for event in chosen if event.onset < span.end and event.offset > span.start]
        if chosen and (len(chosen) == 1 or not in_view):  # of several, one that is seen is enough: nothing jumps
            desk.centre.lanes.reveal(chosen[-1].label)
            span.reveal_stretch(chosen[-1].onset, chosen[-1].offset)

    def _show_caption(self) -> None:
        findings, lanes = self._desk.findings, self._desk.centre.lanes
        if findings.analysis is None:
            lanes.say("")
        elif findings.analysis.frames is None:
            lanes.say(STEPS.format(findings.analysis.window))
        else:
            lanes.say("" if findings.events else NOTHING)
