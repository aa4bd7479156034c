"""Hearing by models: which one, what it is to hear, how far it is; one recording, or a queue of them."""

from __future__ import annotations

from pathlib import Path

from earmark import settings
from earmark.analysis import Analysis
from earmark.gui.actions import Deed
from earmark.gui.analyser import Growth
from earmark.gui.desk import Desk
from earmark.gui.layout import Tools
from earmark.gui.part import Menus, Part
from earmark.gui.queueing import Queueing

DEEDS = (
    Deed(name="queue_files", menu="|&File", text="&Add files to the queue…"),
    Deed(name="queue_folder", menu="&File", text="Add a &folder to the queue…", keys=("Ctrl+Shift+O",)),
    Deed(name="analyse", menu="&Model", text="&Analyse this recording", keys=("F5",), needs="recording"),
    Deed(name="cancel_analysis", menu="&Model", text="&Cancel the analysis", needs="working"),
    Deed(name="show_queue", menu="|&Model", text="Show the &queue"),
    Deed(name="pause_queue", menu="&Model", text="&Pause the queue", needs="queue_waits", checkable=True),
    Deed(name="retry_failed", menu="&Model", text="&Retry what failed", needs="queue_failed"),
    Deed(name="clear_done", menu="&Model", text="Remove what is &done from the queue", needs="queue_done"),
)


class Batching:
    """Has recordings heard, and hands on what was heard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.queueing = Queueing(desk)
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
        queueing = self.queueing
        return Part(
            deeds=DEEDS,
            doing={
                "queue_files": queueing.ask_for_files,
                "queue_folder": queueing.ask_for_folder,
                "analyse": self.analyse,
                "cancel_analysis": self._desk.listening.cancel,
                "show_queue": queueing.show,
                "pause_queue": lambda paused: queueing.pause() if paused else queueing.go_on(),
                "retry_failed": queueing.retry,
                "clear_done": queueing.remove_finished,
            },
            menus=self._fill,
            given=self._given,
            panes=(queueing.panel.view,),
            escape=self._cancel,
            close=queueing.close,
        )

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
        self.queueing.start()

    def analyse(self) -> None:
        """Have the recording shown heard by the chosen model."""
        if self._desk.shown.path:
            self._desk.listening.listen(self._desk.shown.path, first=True)

    def _fill(self, menus: Menus) -> None:
        self.queueing.dock()

    def _given(self) -> set[str]:
        working = {"working"} if self._desk.progress.working else set()
        return working | self.queueing.given()

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
        path = self._desk.shown.path
        if path is None or self._desk.listening.known(path) is None:
            self._desk.findings.forget_analysis()  # else what it heard takes its place at once
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
