"""What the parts of the window share: one recording, what was found in it, and the widgets that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from earmark import settings
from earmark.engine_client import Engines
from earmark.gui.actions import Actions
from earmark.gui.centre import Centre
from earmark.gui.events_panel import EventsPanel
from earmark.gui.findings import Findings
from earmark.gui.listening import Listening
from earmark.gui.notices import Notices
from earmark.gui.player import Player
from earmark.gui.progress_row import ProgressRow
from earmark.gui.recordings import Recordings
from earmark.gui.settings_row import SettingsRow
from earmark.gui.shown import Shown
from earmark.gui.tags import Tags
from earmark.gui.theme import Appearance
from earmark.journal import Memory
from earmark.library import Library
from earmark.playback import Playback


class Desk(QObject):
    """Everything that more than one part needs.

    Attributes:
        library: None where it cannot be used; annotations then last as long as the window.
        do: the actions of all parts, once the window has made them.
        found: the recordings that the library was last searched for.
        chosen_thresholds: model → label → threshold that the person chose; of the model that is judged when it is left.
    """

    changed = Signal()  # what there is may have changed: deeds are allowed or not
    wanted = Signal(list)  # paths: open these
    queued = Signal(list)  # paths: have these heard, the files of folders too
    met = Signal(object)  # Path: the first recording in what was queued
    exported = Signal(list)  # paths: what is known of these is to be exported

    do: Actions
    replay: Callable[[], bool] | None = None  # plays live sound again; says whether there is any
    found: Sequence[Path] = ()
    step_aside: Callable[[int], bool] | None = None  # to what models disagree on; says whether there is any

    def __init__(
        self,
        window: QMainWindow,
        *,
        engines: Engines,
        library: Library | None,
        playback: Playback,
        appearance: Appearance,
    ) -> None:
        super().__init__(window)
        self.window, self.engines, self.library = window, engines, library
        self.playback, self.appearance = playback, appearance
        self.centre, self.tags, self.events_panel = Centre(), Tags(), EventsPanel()
        self.events = self.events_panel.table
        self.recordings, self.notices, self.progress = Recordings(), Notices(), ProgressRow()
        self.settings_row = SettingsRow()
        self.span, self.selection = self.centre.span, self.centre.selection
        self.player = Player(playback, self)
        self.shown = Shown(self.centre)
        self.findings = Findings(library or Memory())
        self.listening = Listening(engines, library, model_id=settings.read().models[0])
        self.chosen_thresholds: dict[str, Mapping[str, float]] = {}
        self._connect()

    def _connect(self) -> None:
        for signal in (self.shown.left, self.shown.opened, self.selection.changed, self.player.playing_changed):
            signal.connect(self.changed)
        findings = self.findings
        for signal in (findings.changed, findings.selected_changed, findings.analysis_changed, findings.change_made):
            signal.connect(self.changed)

    @property
    def author(self) -> str:
        """Return who is judging."""
        return settings.read().author

    def open(self, paths: Sequence[Path]) -> None:
        """Open recordings, or what is in folders."""
        self.wanted.emit(list(paths))

    def play(self, path: Path, start: float, end: float | None) -> None:
        """Play a stretch of any recording, without opening it."""
        if path == self.shown.path:
            self.player.play(start, end)
        else:
            self.player.stop()
            self.playback.play(path, start=start, end=end)

    def close(self) -> None:
        """End what runs."""
        self.player.close()
        self.shown.close()
        self.findings.close()
        self.listening.close()
