"""Comparing: several models on one recording, their lanes and tags beside each other, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from earmark.analysis import Analysis, Heading
from earmark.comparing import LETTERS
from earmark.counted import counted
from earmark.disagreements import Disagreement, differing_spans
from earmark.gui import layout
from earmark.gui.actions import Deed
from earmark.gui.compare_window import CompareWindow
from earmark.gui.comparison import Comparison
from earmark.gui.desk import Desk
from earmark.gui.disagreements_panel import DisagreementsPanel
from earmark.gui.lane_groups import Group
from earmark.gui.layout import Tools
from earmark.gui.part import Menus, Part
from earmark.label_names import name_read

DEEDS = (
    Deed(name="compare", menu="|&Model", text="Compare &with…", keys=("Ctrl+D",), needs="models"),
    Deed(name="stop_comparing", menu="&Model", text="Stop co&mparing", needs="comparison"),
)
COMPARED = "compared"  # in settings.window: ids of models
STEPS = {
    "next_event": ("&Next event", "&Next disagreement"),
    "previous_event": ("P&revious event", "P&revious disagreement"),
}


class Comparing:
    """Puts models beside each other, and walks through what they disagree on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.comparison, self.panel = Comparison(desk), DisagreementsPanel()
        self._dock: QDockWidget | None = None
        self._was_comparing = False
        self._tagged: list[tuple[str, int]] = []  # titles and results whose tags are shown
        desk.step_aside = self.step
        self.comparison.changed.connect(self._show)
        self.panel.reached.connect(self._go)
        self.panel.opened.connect(lambda found: desk.player.play(found.onset, found.offset))
        groups = desk.centre.groups
        groups.chosen.connect(self._click)
        groups.judge_asked.connect(self.judge)
        groups.leave_asked.connect(self.leave_out)
        desk.shown.left.connect(lambda: groups.mark("", 0.0, 0.0))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={"compare": self.ask, "stop_comparing": lambda: self.comparison.choose(())},
            menus=self._fill,
            given=self._given,
            keep=lambda: {COMPARED: list(self.comparison.wished)},
            restore=self._restore,
            panes=(self.panel.view,),
            close=self.comparison.close,
        )

    def equip(self, tools: Tools) -> None:
        """Know the picker, which offers to compare and is told who is judged."""
        self._tools = tools
        tools.model.compare_asked.connect(self.ask)

    def ask(self) -> CompareWindow:
        """Ask which models to compare."""
        usable = self.comparison.usable
        dialog = CompareWindow(self._desk.window, usable, self.comparison.judged, self.comparison.wished)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.comparison.choose(dialog.chosen()))
        dialog.open()
        return dialog

    def judge(self, model_id: str) -> None:
        """Judge another one's events; what it heard is shown at once, as its lanes showed it."""
        companion = self.comparison.companions.get(model_id)
        events = companion.events if companion else ()
        self._tools.model.choose(model_id)
        analysis = self._desk.findings.analysis
        if analysis and analysis.model_id == model_id and companion and companion.analysis:
            self._desk.findings.adopt(events)

    def leave_out(self, model_id: str) -> None:
        """Compare without a model; the last one that is left is judged, and the plain view is back."""
        left = [each for each in self.comparison.wished if each != model_id]
        if model_id == self.comparison.judged and left:
            self.judge(left[0])
        self.comparison.choose(left)

    def step(self, count: int) -> bool:
        """Go to the next or previous disagreement; return whether there is any."""
        return bool(self.comparison.models) and self.panel.step(count)

    def _fill(self, menus: Menus) -> None:
        """Dock the panel behind the events."""
        window = self._desk.window
        self._dock = layout.dock(window, "Disagreements", self.panel, Qt.DockWidgetArea.RightDockWidgetArea)
        events = window.findChild(QDockWidget, "events")
        if events:
            window.tabifyDockWidget(events, self._dock)
            events.raise_()
        self._dock.hide()

    def _given(self) -> set[str]:
        there = {
            "models": len(self.comparison.usable) > 1,
            "comparison": self.comparison.models,
            "events": self.comparison.disagreements,
        }
        return {name for name, is_there in there.items() if is_there}

    def _restore(self, kept: Mapping[str, Any]) -> None:
        written = kept.get(COMPARED)
        if isinstance(written, list):
            self.comparison.wished = [each for each in written if isinstance(each, str)]

    def _click(self, model_id: str, seconds: float) -> None:
        """Judge the model whose lanes were clicked, from there on."""
        self.judge(model_id)
        self._desk.player.seek(seconds)

    def _go(self, found: Disagreement) -> None:
        """Show a disagreement in all lanes, and select what the judged model hears there."""
        desk, name = self._desk, name_read(found.label)
        events = desk.findings.events
        here = (
            number
            for number, event in enumerate(events)
            if name_read(event.label) == name and event.onset < found.offset and event.offset > found.onset
        )
        if (number := next(here, None)) is not None:
            desk.findings.select((number,))
        else:  # the judged model's scores are shown all the same, where it knows the label
            desk.centre.lanes.label_clicked.emit(desk.findings.label_read(name))
        desk.centre.groups.mark(name, found.onset, found.offset)
        desk.span.reveal_stretch(found.onset, found.offset)
        desk.player.seek(found.onset)

    def _show(self) -> None:
        """Show the comparison as it is now: groups of lanes, tags, the list."""
        models = self.comparison.models
        shown = models if self._desk.shown.path else []  # else it is live sound
        titles = [heading.title for heading in shown]
        self._desk.centre.groups.show_groups(self._groups(shown), self._desk.span.duration)
        analyses = [self.comparison.analysis_of(heading.model_id) for heading in shown]
        self._show_tags(titles, analyses)
        self.panel.show_disagreements(self.comparison.disagreements if shown else (), titles)
        self._turn(is_on=bool(models))
        self._desk.changed.emit()

    def _show_tags(self, titles: Sequence[str], analyses: Sequence[Analysis | None]) -> None:
        """Show the tags of all, but not anew while only a threshold moves."""
        tagged = list(zip(titles, map(id, analyses), strict=True))
        if tagged != self._tagged:
            self._tagged = tagged
            self._desk.tags.show_beside(titles, [analysis.tags() if analysis else [] for analysis in analyses])

    def _turn(self, *, is_on: bool) -> None:
        """Bring the panel to the front when a comparison begins, and take it away with it."""
        steps = bool(self.panel.model.rows)
        for name, texts in STEPS.items():
            self._desk.do.retitle(name, texts[steps])
        if self._dock and is_on != self._was_comparing:
            self._dock.setVisible(is_on)
            if is_on:
                self._dock.raise_()
        self._was_comparing = is_on

    def _groups(self, models: list[Heading]) -> list[Group]:
        found = self.comparison
        sides = found.sides if models else ()
        return [
            Group(
                model_id=heading.model_id,
                letter=LETTERS[place],
                title=heading.title,
                state=self._state(heading.model_id, len(side.events)),
                is_judged=heading.model_id == found.judged,
                events=() if heading.model_id == found.judged else found.companions[heading.model_id].shown,
                differing=differing_spans(found.disagreements, side, place),
            )
            for place, (heading, side) in enumerate(zip(models, sides, strict=True))
        ]

    def _state(self, model_id: str, events: int) -> str:
        """Say how many events a model heard and how fast, or how far it is."""
        analysis, companion = self.comparison.analysis_of(model_id), self.comparison.companions.get(model_id)
        if analysis:
            speed = analysis.times_real_time
            return f"{counted(events, 'event')}" + (f" · {speed:.0f}× real time" if speed else "")
        if companion and companion.trouble:
            return companion.trouble
        return f"analysing {companion.part:.0%}" if companion and companion.part else "waiting"
