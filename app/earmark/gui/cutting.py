"""Drives File ▸ Export clips…: cuts beside the window, with progress, until done or cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from earmark.api import Cancelled
from earmark.audio_file import shown
from earmark.clips import ClipChoice, ClipFolder
from earmark.gui.clips_window import KEPT, ClipsWindow, Group
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.judging import JudgedEvent


class Cutting(QObject):
    """Clips of the events of the recording that is shown."""

    _went_on = Signal(int, int)  # clips done, in all

    def __init__(self, desk: Desk, errands: Errands) -> None:
        super().__init__(desk)
        self._desk, self._errands = desk, errands
        self._chosen: Mapping[str, Any] = {}
        self._stop = threading.Event()
        self.window: ClipsWindow | None = None  # while it is open

    def keep(self) -> Mapping[str, Any]:
        """Return what is remembered."""
        return self._chosen

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Choose as the last time."""
        self._chosen = {name: kept[name] for name in KEPT if name in kept}

    def open(self) -> None:
        """Ask which events become clips, and how."""
        info, groups = self._desk.shown.info, self.groups()
        if info is None or not groups:
            return
        self.window = window = ClipsWindow(self._desk.window, info, groups)
        window.restore(self._chosen)
        window.ordered.connect(self._cut)
        window.cancelled.connect(self._stop.set)
        window.finished.connect(lambda _: self._forget(window))
        window.open()

    def groups(self) -> list[Group]:
        """Return the choices of events there are now, those that a person chose first."""
        findings, listed = self._desk.findings, self._desk.events.events_model.numbers
        every = list(findings.events)
        groups = {
            "Selected": findings.selected_events,
            "Shown in the table": [every[number] for number in listed if number < len(every)],
            "Accepted": [event for event in every if event.status == "accepted"],
            "All but the rejected": [event for event in every if event.status != "rejected"],
        }
        return [Group(title=title, events=tuple(events)) for title, events in groups.items() if events]

    def close(self) -> None:
        """Stop cutting."""
        self._stop.set()

    def _forget(self, window: ClipsWindow) -> None:
        self._chosen = window.chosen()
        self.window = None

    def _cut(self, group: Group, choice: ClipChoice, folder: Path) -> None:
        window, recording = self.window, self._desk.shown.path
        if window is None or recording is None:
            return
        self._stop.clear()
        self._went_on.connect(window.show_progress)
        self._errands.run(lambda: self._work(recording, group.events, choice, folder), self._tell, ended=window.end)

    def _work(
        self, recording: Path, events: Sequence[JudgedEvent], choice: ClipChoice, folder: Path
    ) -> tuple[ClipFolder, bool]:
        """Cut on a thread; what is cut when it is cancelled stays."""
        clips = ClipFolder(folder, choice)
        try:
            cut(clips, recording, events, self._step(len(events)))
            is_whole = True
        except Cancelled:
            is_whole = False
        clips.write_list()
        return clips, is_whole

    def _step(self, total: int) -> Callable[[int], None]:
        def step(done: int) -> None:
            self._went_on.emit(done, total)
            if self._stop.is_set():
                raise Cancelled

        return step

    def _tell(self, ended: tuple[ClipFolder, bool]) -> None:
        clips, is_whole = ended
        count = len(clips.written)
        clips_were = f"{count} clip was" if count == 1 else f"{count} clips were"
        sentence = f"{clips_were} written into {shown(clips.path)}."
        if clips.skipped:
            hint = f"{len(clips.skipped)} made none."
            self._desk.notices.say(sentence, hint=hint, details="\n".join(clips.skipped))
        else:
            self._desk.notices.tell(sentence if is_whole else f"Cancelled: {sentence}")


def cut(clips: ClipFolder, recording: Path, events: Sequence[JudgedEvent], step: Callable[[int], None]) -> None:
    """Cut clips one by one; `step` is told how many are done and may raise Cancelled."""
    for done, _ in enumerate(clips.cut(recording, events), start=1):
        step(done)
