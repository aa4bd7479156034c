"""The window: what is in it, and what its menus do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QWidget

from earmark import audio_file, settings
from earmark.analysis import Analysis, Heading
from earmark.api import EarmarkError
from earmark.engine_client import Engines
from earmark.frequency_scale import NAMES
from earmark.gui import exports, layout
from earmark.gui.actions import DEEDS, Actions
from earmark.gui.centre import Centre
from earmark.gui.choices import Choices
from earmark.gui.events_table import EventsTable
from earmark.gui.help import about_window, keys_window
from earmark.gui.listening import Listening
from earmark.gui.notices import Notices
from earmark.gui.player import Player
from earmark.gui.progress_row import ProgressRow
from earmark.gui.recordings import Recordings
from earmark.gui.settings_row import SettingsRow
from earmark.gui.shown import Shown, Views
from earmark.gui.sound_check import SoundCheck
from earmark.gui.tags import Tags
from earmark.gui.theme import CHOICES, Appearance
from earmark.library import Library
from earmark.playback import Playback

log = logging.getLogger(__name__)
SIZE = (1280, 800)
SIDES = (200, 340)  # pixels, left and right docks at first
SHORT, LONG = 1.0, 15.0  # seconds of seeking
ZOOM = 0.5
LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


class MainWindow(QMainWindow):
    """One window, no modes."""

    def __init__(
        self, *, engines: Engines, library: Library | None, playback: Playback, appearance: Appearance
    ) -> None:
        super().__init__()
        kept = settings.read()
        self.is_remembered = True  # its layout, for the next start
        self._appearance = appearance
        self.centre, self.tags, self.events = Centre(), Tags(), EventsTable()
        self.recordings, self.notices, self.progress = Recordings(), Notices(), ProgressRow()
        self.settings = SettingsRow()
        self.player = Player(playback, self)
        self.listening = Listening(engines, library, model_id=kept.models[0])
        self.shown = Shown(Views(self.centre, self.tags, self.events, self.settings), self.player)
        self.sound = SoundCheck(playback)
        self.do = Actions(self, DEEDS, self._doing())
        self.tools = layout.Tools(self.do)
        self._lay_out()
        self._connect()
        self._wear()
        self._remember(kept)

    def _lay_out(self) -> None:
        self.setWindowTitle("Earmark")
        self.setAcceptDrops(True)
        layout.fit_the_screen(self, *SIZE)
        self.setCentralWidget(self.centre)
        self.addToolBar(self.tools)
        docks = [
            layout.dock(self, "Recordings", self.recordings, LEFT),
            layout.dock(self, "Tags", self.tags, RIGHT),
            layout.dock(self, "Events", self.events, RIGHT),
        ]
        self.resizeDocks(docks[:2], list(SIDES), Qt.Orientation.Horizontal)
        self.setStatusBar(layout.bottom(self.settings, self.progress, self.notices))
        view = self.do.fill(self.menuBar())["&View"]
        self._scales = Choices(view, "Frequency a&xis", NAMES, "linear", self.shown.show_scale)
        Choices(view, "&Theme", CHOICES, self._appearance.choice, self._appearance.choose)
        panels = view.addMenu("&Panels")
        for panel in docks:
            panels.addAction(panel.toggleViewAction())

    def _connect(self) -> None:
        self._appearance.changed.connect(self._wear)
        self.centre.empty.open.clicked.connect(self.ask_for_files)
        self.centre.empty.demo.clicked.connect(self.open_demo)
        self.recordings.chosen.connect(self._show)
        self.shown.opened.connect(lambda path: self.listening.listen(path, first=True))
        self.shown.refused.connect(self._refuse)
        self.shown.changed.connect(self._show_given)
        self.player.moved.connect(self._show_clock)
        self.player.playing_changed.connect(self._show_playing)
        self.player.failed.connect(self.notices.report)
        self.sound.failed.connect(self.notices.report)
        self.progress.cancelled.connect(self.listening.cancel)
        self.tools.model.chosen.connect(self._choose_model)
        self._connect_listening()

    def _connect_listening(self) -> None:
        listening = self.listening
        listening.headings_known.connect(self._show_headings)
        listening.device_known.connect(self.tools.show_device)
        listening.said.connect(self.recordings.say)
        listening.began.connect(self.progress.begin)
        listening.went_on.connect(self._show_progress)
        listening.ended.connect(self.progress.end)
        listening.grew.connect(self.shown.show_growth)
        listening.heard.connect(self._show_analysis)
        listening.failed.connect(self.notices.report)

    def _doing(self) -> dict[str, Callable[[], object]]:
        span, player, shown = self.centre.span, self.player, self.shown
        return {
            "open": self.ask_for_files,
            "open_demo": self.open_demo,
            "export": self.export,
            "quit": self.close,
            "zoom_in": lambda: span.zoom(ZOOM, self._zoomed_at()),
            "zoom_out": lambda: span.zoom(1 / ZOOM, self._zoomed_at()),
            "fit": span.fit,
            "zoom_event": shown.zoom_to_event,
            "page_back": lambda: span.pan(-1),
            "page_on": lambda: span.pan(1),
            "next_pane": self._focus_next_pane,
            "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "play": player.toggle,
            "to_start": lambda: player.seek(0.0),
            "to_end": lambda: player.seek(span.duration),
            "back": lambda: player.seek(player.position - SHORT),
            "forward": lambda: player.seek(player.position + SHORT),
            "back_far": lambda: player.seek(player.position - LONG),
            "forward_far": lambda: player.seek(player.position + LONG),
            "previous_event": lambda: shown.step(-1),
            "next_event": lambda: shown.step(1),
            "play_event": shown.play_event,
            "analyse": self._analyse,
            "cancel": self._cancel,
            "keys": lambda: keys_window(self, DEEDS).show(),
            "about": lambda: about_window(self, self.tools.device_line).show(),
        }

    def begin(self, paths: Sequence[Path]) -> None:
        """Start the engines and open recordings; called once the window is visible."""
        self.centre.setFocus()  # keys act at once, and no panel is marked
        self.listening.start()
        self.sound.start()
        self.open_paths(paths)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Add recordings to the list, the files of folders too; show the first, and have all of them heard."""
        found = audio_file.walk(paths)
        if paths and not found:
            self.notices.say("There are no recordings in there.", hint="Nothing in it has a suffix of sound.")
        for path in found:
            self.recordings.add(path)
        if found:
            self.recordings.choose(found[0])
        for path in found[1:]:
            self.listening.listen(path, first=False)

    def open_demo(self) -> None:
        """Open the recording that comes with Earmark."""
        self.open_paths([Path(str(files("earmark_resources") / "demo.flac"))])

    def ask_for_files(self) -> None:
        """Let the person choose recordings."""
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(audio_file.SUFFIXES))
        folder = str(self.shown.path.parent) if self.shown.path else ""
        names, _ = QFileDialog.getOpenFileNames(
            self, "Open recordings", folder, f"Recordings ({suffixes});;All files (*)"
        )
        self.open_paths([Path(name) for name in names])

    def export(self) -> None:
        """Write what was heard in a format of the person's choice."""
        analysis, events = self.shown.analysis, self.shown.events
        chosen = exports.ask_for_file(self, analysis.path) if analysis else None
        if analysis is None or chosen is None:
            return
        try:
            exports.write(*chosen, analysis, events)
        except EarmarkError as error:
            self.notices.report(error)
        else:
            self.notices.tell(f"{chosen[0].name} was written. Events: {len(events)}.")

    def _analyse(self) -> None:
        if self.shown.path:
            self.listening.listen(self.shown.path, first=True)

    def _cancel(self) -> None:
        if self.progress.working:
            self.listening.cancel()
        else:
            self.notices.close_last()

    def _zoomed_at(self) -> float:
        position, span = self.player.position, self.centre.span
        return position if span.start <= position <= span.end else span.start + span.length / 2

    def _focus_next_pane(self) -> None:
        centre = self.centre
        panes: list[QWidget] = [self.recordings.view, centre.spectrogram.plot, centre.lanes.plot, self.tags.view]
        layout.focus_next([*panes, self.events, self.settings.threshold.slider])

    def _choose_model(self, model_id: str) -> None:
        if model_id == self.listening.model_id:
            return
        settings.change(models=(model_id,))
        self.listening.choose(model_id)
        self.shown.forget_analysis()
        self._analyse()

    def _show_headings(self, headings: list[Heading]) -> None:
        self.tools.model.show_headings(headings, self.listening.model_id)

    def _show_progress(self, what: str, done: float, total: float, times_real_time: float) -> None:
        self.progress.go_on(what, done, total)
        self.tools.show_speed(times_real_time)

    def _show_analysis(self, path: Path, analysis: Analysis) -> None:
        if path == self.shown.path:
            self.tools.show_speed(analysis.times_real_time)
            for sentence in analysis.warnings:
                self.notices.say(sentence)
        self.shown.show_analysis(path, analysis)

    def _show(self, path: Path) -> None:
        if not self.recordings.state(path):
            self.recordings.say(path, "Opening")
        self.shown.show(path)

    def _refuse(self, path: Path, error: EarmarkError) -> None:
        self.recordings.say(path, f"Failed: {error.sentence}")
        self.notices.report(error)

    def _show_given(self) -> None:
        given = self.shown.given()
        self.do.allow(given)
        self.settings.setEnabled("recording" in given)
        name = audio_file.shown(self.shown.path) if self.shown.path else ""
        self.setWindowTitle(f"{name} – Earmark" if name else "Earmark")
        self._show_clock(self.player.position)

    def _show_clock(self, seconds: float) -> None:
        duration = self.shown.info.duration if self.shown.info else 0.0
        self.tools.show_clock(seconds, duration)

    def _show_playing(self, playing: bool) -> None:
        name = "stop" if playing else "play"
        self.do.rename("play", f"&{name.capitalize()}", name, self._appearance.theme)

    def _wear(self) -> None:
        theme = self._appearance.theme
        self.centre.wear(theme)
        self.do.wear(theme)
        self._show_playing(self.player.playing)

    def _remember(self, kept: settings.Settings) -> None:
        layout.restore(self, kept.window)
        self._scales.pick(kept.window.get("scale"))
        if kept.threshold is not None:
            self.settings.insist_on(kept.threshold)
        self._show_given()

    def _keep_layout(self) -> None:
        chosen = {"scale": self.shown.scale, "theme": self._appearance.choice}
        try:
            settings.change(window=dict(settings.read().window) | layout.remembered(self) | chosen)
        except OSError:  # a full disk does not keep the window open
            log.exception("keeping the layout")

    def dragEnterEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Open what was dropped."""
        self.open_paths([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def closeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Remember the layout and end everything that runs."""
        if self.is_remembered:
            self._keep_layout()
        self.hide()
        self.player.close()
        self.shown.close()
        self.sound.close()
        self.listening.close()
        super().closeEvent(event)
