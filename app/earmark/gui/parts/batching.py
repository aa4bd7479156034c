"""Hearing by models: which one, what it is to hear, how far it is."""

from __future__ import annotations

from pathlib import Path

from earmark import settings
from earmark.analysis import Analysis
from earmark.gui.actions import Deed
from earmark.gui.analyser import Growth
from earmark.gui.desk import Desk
from earmark.gui.layout import Tools
from earmark.gui.part import Part

DEEDS = (
    Deed(name="analyse", menu="&Model", text="&Analyse this recording", keys=("F5",), needs="recording"),
    Deed(name="cancel_analysis", menu="&Model", text="&Cancel the analysis", needs="working"),
)


class Batching:
    """Has recordings heard, and hands on what was heard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.progress.cancelled.connect(desk.listening.cancel)
        desk.shown.opened.connect(lambda path: desk.listening.listen(path, first=True))
        listening = desk.listening
        listening.began.connect(desk.progress.begin)
        listening.began.connect(lambda what: desk.changed.emit())
        listening.ended.connect(desk.progress.end)
        listening.ended.connect(desk.changed)
        listening.grew.connect(self._show_growth)
        listening.heard.connect(self._show_analysis)
        listening.failed.connect(desk.notices.report)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        doing = {"analyse": self.analyse, "cancel_analysis": self._desk.listening.cancel}
        given = lambda: {"working"} if self._desk.progress.working else set()  # noqa: E731
        return Part(deeds=DEEDS, doing=doing, given=given, escape=self._cancel)

    def equip(self, tools: Tools) -> None:
        """Show models, device and speed in the toolbar."""
        self._tools = tools
        tools.model.chosen.connect(self._choose_model)
        self._desk.listening.headings_known.connect(self._show_headings)
        self._desk.listening.device_known.connect(tools.show_device)
        self._desk.listening.went_on.connect(self._show_progress)

    def start(self) -> None:
        """Start the engines."""
        self._desk.listening.start()

    def analyse(self) -> None:
        """Have the recording shown heard by the chosen model."""
        if self._desk.shown.path:
            self._desk.listening.listen(self._desk.shown.path, first=True)

    def _cancel(self) -> bool:
        working = self._desk.progress.working
        if working:
            self._desk.listening.cancel()
        return working

    def _choose_model(self, model_id: str) -> None:
        if model_id == self._desk.listening.model_id:
            return
        settings.change(models=(model_id,))
        self._desk.listening.choose(model_id)
        self._desk.findings.forget_analysis()
        self.analyse()

    def _show_headings(self, headings: list) -> None:
        self._tools.model.show_headings(headings, self._desk.listening.model_id)

    def _show_progress(self, what: str, done: float, total: float, times_real_time: float) -> None:
        self._desk.progress.go_on(what, done, total)
        self._tools.show_speed(times_real_time)

    def _show_growth(self, path: Path, growth: Growth) -> None:
        if path == self._desk.shown.path:
            self._desk.findings.show_growth(growth)

    def _show_analysis(self, path: Path, analysis: Analysis) -> None:
        if path != self._desk.shown.path:
            return
        self._tools.show_speed(analysis.times_real_time)
        for sentence in analysis.warnings:
            self._desk.notices.say(sentence)
        self._desk.findings.show_analysis(analysis)
