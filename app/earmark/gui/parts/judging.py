"""Judging: events in lanes and table, what a person says about them, and the review that walks through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.edits import Edits
from earmark.gui.event_menus import EventMenus
from earmark.gui.event_views import EventViews
from earmark.gui.labels import Labels
from earmark.gui.part import Menus, Part
from earmark.gui.reviewing import Reviewing
from earmark.gui.theme import Theme
from earmark.label_book import NUMBERS

REJECTED = "rejected_shown"  # in settings.window
DEEDS = (
    Deed(name="undo", menu="&Edit", text="&Undo", keys=("Ctrl+Z",), needs="undo"),
    Deed(name="redo", menu="&Edit", text="&Redo", keys=("Ctrl+Shift+Z", "Ctrl+Y"), needs="redo"),
    Deed(name="accept", menu="|&Edit", text="&Accept", keys=("A",), icon="accepted", needs="event"),
    Deed(name="reject", menu="&Edit", text="Re&ject", keys=("Del",), icon="rejected", needs="event"),
    Deed(name="take_back", menu="&Edit", text="&Take the judgement back", keys=("Ctrl+Backspace",), needs="judged"),
    Deed(name="relabel", menu="|&Edit", text="Re&label…", keys=("F2",), needs="event"),
    Deed(name="edit_times", menu="&Edit", text="&Change the times…", keys=("Shift+F2",), needs="event"),
    Deed(name="split", menu="&Edit", text="S&plit at the playhead", keys=("Ctrl+I",), needs="event"),
    Deed(name="merge", menu="&Edit", text="&Merge", keys=("Ctrl+J",), needs="several"),
    Deed(name="label_selection", menu="|&Edit", text="Label the &selection…", keys=("Ctrl+B",), needs="selection"),
    Deed(name="label_playhead", menu="&Edit", text="Label what was &just heard…", keys=("Ctrl+.",), needs="recording"),
    Deed(name="select_label", menu="|&Edit", text="Select all &of this label", keys=("Ctrl+Shift+L",), needs="event"),
    Deed(name="review", menu="|&Edit", text="Re&view", keys=("Ctrl+R",), icon="review", needs="reviewable"),
    Deed(name="rejected_events", menu="|&View", text="Re&jected events", checkable=True),
    Deed(name="show_lanes", menu="&View", text="Show &hidden lanes", needs="hidden_lanes"),
    Deed(name="previous_event", menu="|&Play", text="P&revious event", keys=("Alt+Left",), needs="events"),
    Deed(name="next_event", menu="&Play", text="&Next event", keys=("Alt+Right",), needs="events"),
    Deed(name="play_event", menu="&Play", text="Play the e&vent", keys=("Ctrl+Return",), needs="event"),
)


class Judging:
    """What a person says about events, and the ways to say it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.views = EventViews(desk)
        self.labels = Labels(desk.window, desk.findings)
        self.edits = Edits(desk, self.labels)
        self.menus = EventMenus(desk, self.edits, self.labels)
        self.reviewing = Reviewing(desk, self.edits)
        self._connect()

    def _connect(self) -> None:
        lanes, table = self._desk.centre.lanes, self._desk.events
        lanes.drawn.connect(self.edits.draw)
        lanes.dragged.connect(self.edits.drag)
        lanes.menu_asked.connect(self._show_menu)
        lanes.label_menu_asked.connect(lambda label, at: self.menus.show_for_label(at, label))
        table.customContextMenuRequested.connect(self._show_table_menu)
        table.events_model.retimed.connect(self.edits.retime)
        table.events_model.refused.connect(self._desk.notices.report)
        self._desk.findings.changed.connect(self._follow_labels)
        self._desk.shown.left.connect(self.labels.restart)
        self.labels.changed.connect(lambda: lanes.show_keys(self.labels.book.numbered()))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        desk = self._desk
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            menus=self._fill,
            given=self._given,
            keep=self._keep,
            restore=self._restore,
            wear=self._wear,
            panes=(desk.centre.lanes.plot, desk.events),
            escape=self._escape,
        )

    def _doing(self):
        findings, edits, views = self._desk.findings, self.edits, self.views
        return {
            "undo": findings.undo,
            "redo": findings.redo,
            "accept": edits.accept,
            "reject": edits.reject,
            "take_back": edits.take_back,
            "relabel": edits.ask_and_relabel,
            "edit_times": self._desk.events.edit_times,
            "split": edits.split,
            "merge": edits.merge,
            "label_selection": edits.ask_and_draw_selection,
            "label_playhead": edits.ask_and_draw_here,
            "select_label": lambda: edits.select_label(findings.selected_events[-1].label),
            "review": self.reviewing.toggle,
            "rejected_events": self._show_rejected,
            "show_lanes": self._show_all_lanes,
            "previous_event": lambda: views.step(-1),
            "next_event": lambda: views.step(1),
            "play_event": views.play,
        }

    def _given(self) -> set[str]:
        desk, findings = self._desk, self._desk.findings
        undo, redo = findings.undo_names()
        self._name_undo(undo, redo)
        chosen, is_kept = findings.selected_events, desk.shown.path is not None
        there = {
            "events": findings.events,
            "event": chosen,
            "several": len(chosen) > 1,
            "judged": any(event.status != "unreviewed" for event in chosen),
            "reviewable": is_kept and any(event.status == "unreviewed" for event in findings.events),
            "hidden_lanes": desk.centre.lanes.hidden_labels,
            "undo": undo,
            "redo": redo,
        }
        return {name for name, is_there in there.items() if is_there}

    def _name_undo(self, undo: str, redo: str) -> None:
        self._desk.do.retitle("undo", f"&Undo {undo}".strip())
        self._desk.do.retitle("redo", f"&Redo {redo}".strip())

    def _fill(self, menus: Menus) -> None:
        """Add the number keys, and what can be done with a label."""
        edit, before = menus["&Edit"], self._desk.do["label_selection"]
        first = edit.actions()[0]
        if first is not self._desk.do["undo"]:  # it stands above what other parts put there
            edit.insertActions(first, [self._desk.do["undo"], self._desk.do["redo"]])
            edit.insertSeparator(first)
        assign, label = QMenu("Assi&gn a label", edit), QMenu("All of this lab&el", edit)
        for menu in (assign, label):
            edit.insertMenu(before, menu)
        assign.aboutToShow.connect(lambda: self._fill_anew(assign, self.menus.fill_numbers))
        label.aboutToShow.connect(lambda: self._fill_anew(label, self._fill_label))
        for number in NUMBERS:
            self._bind(number)

    def _bind(self, number: int) -> None:
        """Let a number key act wherever nothing is typed."""
        action = self._desk.window.addAction(f"Assign label {number}", lambda: self.edits.assign(number))
        action.setShortcut(QKeySequence(str(number)))

    def _fill_anew(self, menu: QMenu, fill) -> None:
        menu.clear()
        fill(menu)

    def _fill_label(self, menu: QMenu) -> None:
        if events := self._desk.findings.selected_events:
            self.menus.fill_label(menu, events[-1].label)
        else:
            menu.addAction("Select an event first").setEnabled(False)

    def _keep(self) -> dict[str, Any]:
        shown = self._desk.do["rejected_events"].isChecked()
        return {REJECTED: shown} | self.labels.keep() | self.reviewing.keep()

    def _restore(self, kept: Mapping[str, Any]) -> None:
        shown = kept.get(REJECTED) is not False
        self._desk.do["rejected_events"].setChecked(shown)
        self._show_rejected(shown)
        self.labels.restore(kept)
        self.reviewing.restore(kept)

    def _wear(self, theme: Theme) -> None:
        self._desk.events_panel.wear(theme)

    def _escape(self) -> bool:
        panel = self._desk.events_panel
        is_filtering = panel.line.hasFocus() and panel.clear_filter()
        return is_filtering or self._desk.centre.lanes.editing.cancel() or self.reviewing.review.leave()

    def _show_rejected(self, shown: bool) -> None:
        self._desk.centre.lanes.hide_standings(set() if shown else {"rejected"})

    def _show_all_lanes(self) -> None:
        self._desk.centre.lanes.hide_labels(set())
        self._desk.changed.emit()

    def _follow_labels(self) -> None:
        self.labels.follow([lane.label for lane in self._desk.centre.lanes.item.lanes])

    def _show_menu(self, number: int | None, label: str, seconds: float, at: QPoint) -> None:
        if number is None:
            self.menus.show_for_place(at, label, seconds)
            return
        if number not in self._desk.findings.selected:
            self._desk.findings.select((number,))
        self.menus.show_for_event(at, seconds=seconds)

    def _show_table_menu(self, at: QPoint) -> None:
        if self._desk.findings.selected:
            self.menus.show_for_event(self._desk.events.viewport().mapToGlobal(at))
