"""The window: a desk, the parts that work at it, and where everything is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

from earmark import audio_file, settings
from earmark.engine_client import Engines
from earmark.gui import layout
from earmark.gui.actions import Actions, Deed
from earmark.gui.desk import Desk
from earmark.gui.letters import keep_letters_apart
from earmark.gui.part import Part
from earmark.gui.parts.batching import Batching
from earmark.gui.parts.calibrating import Calibrating
from earmark.gui.parts.comparing import Comparing
from earmark.gui.parts.exchanging import Exchanging
from earmark.gui.parts.getting import Getting
from earmark.gui.parts.hearing import Hearing
from earmark.gui.parts.home import Home
from earmark.gui.parts.judging import Judging
from earmark.gui.parts.keeping import Keeping
from earmark.gui.parts.live import Live
from earmark.gui.parts.mapping import Mapping
from earmark.gui.parts.removing import Removing
from earmark.gui.parts.training import Training
from earmark.gui.parts.uniting import Uniting
from earmark.gui.parts.viewing import Viewing
from earmark.gui.theme import Appearance
from earmark.library import Library
from earmark.playback import Playback

log = logging.getLogger(__name__)
SIZE = (1280, 800)
SIDES = (236, 340)  # pixels, left and right docks at first
LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
DEEDS = (
    Deed(name="next_pane", menu="|&View", text="Next &pane", keys=("F6",)),
    Deed(name="escape", menu="|&Edit", text="&Leave or cancel", keys=("Esc",)),
)


class MainWindow(QMainWindow):
    """One window, no modes."""

    closed = Signal()  # everything that ran has ended

    def __init__(
        self, *, engines: Engines, library: Library | None, playback: Playback, appearance: Appearance
    ) -> None:
        super().__init__()
        self.is_remembered = True  # its layout, for the next start
        self.desk = Desk(self, engines=engines, library=library, playback=playback, appearance=appearance)
        self.viewing, self.hearing, self.judging = Viewing(self.desk), Hearing(self.desk), Judging(self.desk)
        self.calibrating, self.keeping = Calibrating(self.desk), Keeping(self.desk)
        self.exchanging, self.batching = Exchanging(self.desk), Batching(self.desk)
        self.comparing, self.live = Comparing(self.desk), Live(self.desk)
        self.getting, self.mapping = Getting(self.desk), Mapping(self.desk)
        self.removing, self.training = Removing(self.desk), Training(self.desk)
        self.uniting = Uniting(self.desk)
        self.home = Home(self.desk, self.viewing.settings, self.hearing.outputs)
        self._parts = self._all_parts()
        self.do = self.desk.do = Actions(self, *self._deeds())
        self.tools = layout.Tools(self.do, self.hearing.transport)
        self._lay_out()
        self._connect()
        self._wear()
        self._restore()

    def _all_parts(self) -> list[Part]:
        """Return the parts in the order in which their deeds stand in the menus."""
        heard = (self.hearing, self.live, self.judging)
        working = (self.keeping, self.exchanging, self.viewing, *heard)
        own = Part(deeds=DEEDS, doing={"next_pane": self._focus_next_pane, "escape": self._escape})
        return [
            *(each.part for each in working),
            self.batching.part,
            self.comparing.part,
            self.training.part,
            self.getting.part,
            self.uniting.part,
            self.removing.part,
            self.calibrating.part,
            self.mapping.part,
            own,
            self.home.part,
        ]

    def _deeds(self):
        deeds = [deed for part in self._parts for deed in part.deeds]
        doing = {name: do for part in self._parts for name, do in part.doing.items()}
        return deeds, doing

    def _lay_out(self) -> None:
        desk = self.desk
        self.setWindowTitle("Earmark")
        self.setAcceptDrops(True)
        layout.fit_the_screen(self, *SIZE)
        self.setCentralWidget(desk.centre)
        self.addToolBar(self.tools)
        docks = [
            layout.dock(self, "Recordings", desk.recordings, LEFT),
            layout.dock(self, "Tags", desk.tags, RIGHT),
            layout.dock(self, "Events", desk.events_panel, RIGHT),
        ]
        self.resizeDocks(docks[:2], list(SIDES), Qt.Orientation.Horizontal)
        self.setStatusBar(layout.bottom(self.live.bar, desk.settings_row, desk.progress, desk.notices))
        menus = self.do.fill(self.menuBar())
        for part in self._parts:
            part.menus(menus)
        panels = menus["&View"].addMenu("Pane&ls")
        for panel in self.findChildren(QDockWidget):
            panels.addAction(panel.toggleViewAction())
        layout.hide_empty(menus)
        keep_letters_apart(menus.values())

    def _connect(self) -> None:
        modelled = (self.comparing, self.getting, self.uniting, self.removing, self.training)
        for each in (self.hearing, self.batching, *modelled, self.home):
            each.equip(self.tools)
        self.training.start_asked.connect(self.getting.open_start)
        self.getting.start_came.connect(lambda *_: self.training.take_start())
        self.desk.appearance.changed.connect(self._wear)
        self.desk.changed.connect(self._allow)
        self.live.view.ticked.connect(self._show_live_time)

    def begin(self, paths: Sequence[Path]) -> None:
        """Start the engines and open recordings; called once the window is visible."""
        self.desk.centre.setFocus()  # keys act at once, and no panel is marked
        self.batching.start()
        self.hearing.start()
        self.training.start()
        self.desk.open(paths)

    def _allow(self) -> None:
        self.do.allow({name for part in self._parts for name in part.given()})
        path = self.desk.shown.path
        self.setWindowTitle(f"{audio_file.shown(path)} – Earmark" if path else "Earmark")

    def _show_live_time(self) -> None:
        """Let the clock run with the microphone: what is played then is a part of what was heard."""
        session, player = self.live.session, self.desk.player
        if session:
            seconds = session.station.seconds
            self.tools.transport.clock.show_time(player.position if player.playing else seconds, seconds)

    def _wear(self) -> None:
        theme = self.desk.appearance.theme
        self.do.wear(theme)
        for panel in self.findChildren(QDockWidget):
            layout.dress(panel, theme)
        for part in self._parts:
            part.wear(theme)

    def _focus_next_pane(self) -> None:
        layout.focus_next([pane for part in self._parts for pane in part.panes])

    def _escape(self) -> None:
        """Leave what was begun last: the first part that has something to leave does so."""
        any(part.escape() for part in self._parts)

    def _restore(self) -> None:
        kept = settings.read()
        layout.restore(self, kept.window)
        for part in self._parts:
            part.restore(kept.window)
        if kept.threshold is not None:
            self.desk.settings_row.insist_on(kept.threshold)
        self._allow()

    def _keep(self) -> None:
        kept = {name: value for part in self._parts for name, value in part.keep().items()}
        try:
            settings.change(window=dict(settings.read().window) | layout.remembered(self) | kept)
        except OSError:  # a full disk does not keep the window open
            log.exception("keeping the layout")

    def dragEnterEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Open what was dropped; labels go into the recording that is open, or is opened with them."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if recordings := self.exchanging.take_labels(self.home.take(paths)):
            self.desk.open(recordings)
        event.acceptProposedAction()

    def closeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Remember the layout and end everything that runs."""
        if not all(part.may_close() for part in self._parts):
            event.ignore()
            return
        if self.is_remembered:
            self._keep()
        self.hide()
        for part in self._parts:
            part.close()
        self.desk.close()
        super().closeEvent(event)
        self.closed.emit()
