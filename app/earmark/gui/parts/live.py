"""Live: the microphone, seen, heard by models, recorded and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.label_colours import label_text
from earmark.gui.live_bar import LiveBar
from earmark.gui.live_session import Alert, LiveSession, LiveWishes
from earmark.gui.live_view import LiveView
from earmark.gui.microphone_window import MicrophoneWindow
from earmark.gui.part import Part
from earmark.gui.theme import Theme
from earmark.live.alert_sound import BELL, AlertSound

REPLAYED = 10.0  # seconds, where nothing else was looked at
DEEDS = (
    Deed(
        name="listen",
        menu="|&Play",
        text="&Listen to the microphone",
        keys=("Ctrl+L",),
        icon="microphone",
        checkable=True,
    ),
    Deed(name="record", menu="&Play", text="&Record", keys=("R",), icon="record", checkable=True),
    Deed(name="keep_last", menu="&Play", text="&Keep the last minutes", keys=("Ctrl+Shift+K",), needs="live"),
    Deed(name="microphone", menu="&Play", text="&Microphone…", keys=("Ctrl+Shift+M",)),
    Deed(name="to_now", menu="&Play", text="Back to no&w", keys=("Ctrl+End",), needs="live"),
)


class _Unheard(QObject):
    failed = Signal(object)  # EarmarkError: an alert's sound could not be played


class Live:
    """Turns the microphone on and off, and keeps what was recorded."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.wishes = LiveWishes()
        self.bar, self.view = LiveBar(), LiveView(desk)
        self.session: LiveSession | None = None
        self._records_at_once = False
        self._waits_for_models = self._knows_models = False
        self._recorded: list[Path] = []
        self._shown_before: Path | None = None
        self._unheard = _Unheard()
        self._unheard.failed.connect(desk.notices.report)
        self._sound = AlertSound(on_failed=self._unheard.failed.emit)
        self._connect()

    def _connect(self) -> None:
        self.bar.stopped.connect(self.stop)
        self.bar.now_wanted.connect(self.view.to_now)
        self.view.ticked.connect(self._show_numbers)
        self._desk.replay = self._replay
        self._desk.listening.headings_known.connect(self._begin_as_asked)
        self._desk.recordings.chosen.connect(lambda path: self._leave())

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={
                "listen": lambda on: self.start() if on else self.stop(),
                "record": self._record,
                "keep_last": self._keep_last,
                "to_now": self.view.to_now,
                "microphone": self.set_up,
            },
            given=lambda: {"live", "view", "sound"} if self.view.is_on else set(),
            keep=self._keep,
            restore=self._restore,
            wear=self._wear,
            close=self._close,
        )

    def start(self) -> None:
        """Turn the microphone on."""
        if self.session:
            return
        self._waits_for_models = not self._knows_models  # asked for before they are known
        if self._waits_for_models:
            return
        headings = self._listeners()
        row = self._desk.settings_row
        uses_own = row.own.isChecked() or row.own.isHidden()  # hidden: it is not known yet whether there are any
        threshold = None if uses_own else row.threshold.value
        self.session = session = LiveSession(
            self._desk.engines, headings, self.wishes, row.settings(), threshold=threshold
        )
        session.began.connect(self._begin)
        session.refused.connect(self._refuse)
        session.said.connect(self._say)
        session.plugged.connect(lambda change: self._desk.notices.tell(change.sentence))
        session.replay_ready.connect(self._play)
        session.recorded.connect(lambda paths: self._recorded.extend(paths))
        session.fired.connect(self._alert)
        session.heard.connect(self.bar.note)
        session.ended.connect(self._end)
        self._recorded.clear()
        session.start()
        self._show_state()

    def _replay(self) -> bool:
        """Play from the selection on, or from where one looks back to; else the last seconds."""
        if self.session is None or not self.view.is_on:
            return False
        if self._desk.player.playing:
            self._desk.player.stop()
            return True
        stretch, span = self._desk.selection.stretch, self._desk.span
        looked_at = span.end - REPLAYED if self.view.follows else span.start
        self.session.replay(stretch.start if stretch else looked_at)
        return True

    def _play(self, path: Path, start: float, end: float) -> None:
        self.view.follows = False
        self._desk.player.load(path, end)
        stretch = self._desk.selection.stretch
        self._desk.player.play(start, min(stretch.end, end) if stretch else None)

    def _listeners(self) -> list[Heading]:
        usable = [heading for heading in self._desk.listening.headings if heading.has_weights]
        wished = [heading for heading in usable if heading.model_id in self.wishes.models]
        return wished or [heading for heading in usable if heading.model_id == self._desk.listening.model_id]

    def _begin_as_asked(self) -> None:
        self._knows_models = True
        if self._waits_for_models:
            self.start()

    def set_up(self) -> None:
        """Let the person choose microphone, recordings and alerts."""
        usable = [heading for heading in self._desk.listening.headings if heading.has_weights]
        dialog = MicrophoneWindow(self._desk.window, self.wishes, usable)
        dialog.chosen.connect(self._choose)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _choose(self, wishes: LiveWishes) -> None:
        self.wishes = wishes
        if self.session:
            self._desk.notices.tell("This acts when the microphone is turned on the next time.")

    def stop(self) -> None:
        """Turn the microphone off; what was recorded is opened."""
        self._waits_for_models = self._records_at_once = False
        if self.session:
            self.session.stop()

    def _begin(self) -> None:
        session = self.session
        if session is None:
            return
        self._shown_before = self._desk.shown.path
        self._desk.shown.leave()
        self.view.begin(session)
        self.bar.begin(session.station.capture, session.station.source.name)
        if self._records_at_once:
            self._start_recording(session)
        self._show_state()
        self._desk.changed.emit()

    def _refuse(self, error: EarmarkError) -> None:
        self.session, self._records_at_once = None, False
        self._desk.notices.report(error)
        self._show_state()

    def _end(self) -> None:
        if self.session is None:
            return
        self.session, self._records_at_once = None, False
        self.view.end()
        self.bar.end()
        if self._recorded:
            self._desk.open(self._recorded)
        elif self._shown_before and self._desk.shown.path is None:
            self._desk.shown.show(self._shown_before)
        else:
            self._desk.centre.show_recording(self._desk.shown.path is not None)
        self._show_state()
        self._desk.changed.emit()

    def _leave(self) -> None:
        """A recording was chosen: the microphone goes off, what it recorded is kept and not opened in its place."""
        if self.session and self.view.is_on:
            self.stop()

    def _record(self, on: bool) -> None:
        if on and self.session is None:
            self._records_at_once = True
            self.start()
        elif on and self.session:
            self._start_recording(self.session)
        elif self.session:
            self.session.stop_recording()
            self._desk.notices.tell("The recording is kept; it is opened when the microphone goes off.")
        self._show_state()

    def _start_recording(self, session: LiveSession) -> None:
        try:
            session.record()
        except OSError as error:
            self._say(EarmarkError(f"Nothing can be recorded there: {error.strerror or error}."))

    def _keep_last(self) -> None:
        if self.session:
            self.session.keep(60 * self.wishes.history_minutes)
            self._desk.notices.tell(f"The last {self.wishes.history_minutes:g} minutes are kept.")

    def _say(self, said: EarmarkError | None) -> None:
        if said:
            self._desk.notices.report(said)
        else:
            self._desk.notices.tell("There is sound again.")

    def _alert(self, alert: Alert, score: float) -> None:
        if alert.sound == BELL:
            QApplication.beep()
        elif alert.sound:
            self._sound.play(alert.sound)
        self._desk.notices.tell(f"{label_text(alert.label)} was heard, score {score:.2f}.")

    def _show_numbers(self) -> None:
        if self.session:
            recorder = self.session.station.recorder
            name = recorder.paths[-1].name if recorder and recorder.paths else ""
            seconds = recorder.seconds if recorder else self.session.station.seconds
            self.bar.follow(seconds, recording=name, follows=self.view.follows)

    def _show_state(self) -> None:
        self._desk.do["listen"].setChecked(self.session is not None)
        is_recording = self._records_at_once or (self.session is not None and self.session.is_recording)
        self._desk.do["record"].setChecked(is_recording)

    def _keep(self) -> dict[str, Any]:
        plain = asdict(self.wishes) | {"folder": str(self.wishes.folder)}
        plain.pop("rehearsal")
        return {"live": plain}

    def _restore(self, kept: Mapping[str, Any]) -> None:
        plain = kept.get("live")
        if isinstance(plain, dict):
            self.wishes = wishes_of(plain)

    def _wear(self, theme: Theme) -> None:
        self.bar.wear(theme)
        self.view.gaps.wear(theme)

    def _close(self) -> None:
        session, self.session = self.session, None  # what it still tells comes too late
        if session:
            session.close()
            self.view.end()
        self._sound.close()


def wishes_of(plain: Mapping[str, Any]) -> LiveWishes:
    """Return what was kept; what cannot be used is as it is at first."""
    wishes = LiveWishes()
    usable = {
        name: value
        for name, value in plain.items()
        if name in LiveWishes.__dataclass_fields__ and _fits(value, getattr(wishes, name))
    }
    if isinstance(plain.get("models"), list | tuple):
        usable["models"] = tuple(str(each) for each in plain["models"])
    if isinstance(plain.get("folder"), str):
        usable["folder"] = Path(plain["folder"])
    if isinstance(plain.get("alerts"), list | tuple):
        usable["alerts"] = tuple(alert for each in plain["alerts"] if (alert := _alert_of(each)))
    return replace(wishes, **usable)


def _fits(value: Any, default: Any) -> bool:
    return isinstance(value, type(default)) and isinstance(value, str | int | float)


def _alert_of(plain: Any) -> Alert | None:
    try:
        kept = {**plain, "command": tuple(plain.get("command", ()))}
        if kept.pop("bell", False):  # as it was kept when there was no other sound
            kept["sound"] = BELL
        return Alert(**kept)
    except (TypeError, AttributeError):
        return None
