"""A station and the window: started and stopped on a thread, and what it tells brought to Qt's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from earmark import folders
from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.engine_client import Engines
from earmark.events import Event, EventSettings
from earmark.live.devices import Change, DeviceWatch
from earmark.live.disk_ring import AT_ONCE, DiskRing
from earmark.live.ear import HOP, Ear, Moment
from earmark.live.edge import History
from earmark.live.source import FileSource, Microphone, Source
from earmark.live.station import Station, Wishes
from earmark.live.trigger import Trigger, run_command
from earmark.live.triggered import Triggered
from earmark.live.wav_file import WavFile

log = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds for a thread to end


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What is to happen when a label is heard; as it is kept in the settings.

    Attributes:
        sound: "" is none, "bell" the system's, "tone" the built-in one; else the path of a sound file.
    """

    label: str
    threshold: float = 0.5
    seconds: float = 0.0
    record: bool = False
    sound: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LiveWishes:
    """How a person wants to listen.

    Attributes:
        device: a microphone's name; empty is the system's choice.
        rate, channels: 0 is the device's own rate.
        models: those that listen; none is the one chosen in the toolbar.
        folder: where recordings go.
        split_minutes: a new file that often; 0 never.
        history_minutes: what can be scrolled back to, and kept afterwards.
        rehearsal: a recording that is heard instead of a microphone.
    """

    device: str = ""
    rate: int = 0
    channels: int = 1
    models: tuple[str, ...] = ()
    hop: float = HOP
    folder: Path = field(default_factory=lambda: Path.home() / "Earmark")
    split_minutes: float = 0.0
    history_minutes: float = 10.0
    pre_roll: float = 0.0
    alerts: tuple[Alert, ...] = ()
    rehearsal: Path | None = None

    def source(self) -> Source:
        """Return what is to be listened to."""
        if self.rehearsal:
            return FileSource(self.rehearsal)
        return Microphone(self.device, sample_rate=self.rate, channels=self.channels)

    def name(self, begun: datetime, word: str = "mic") -> Path:
        """Return where a recording that begins now goes; its name tells when that was."""
        plain = "".join(each if each.isalnum() or each in "-_" else "_" for each in word)
        return self.folder / f"{begun:%Y%m%d_%H%M%S}_{plain}.wav"


class LiveSession(QObject):
    """Listens from `start` on; everything it says comes by signals."""

    began = Signal()
    refused = Signal(object)  # EarmarkError: it could not begin
    heard = Signal(object, object)  # Ear, Moment
    ended_event = Signal(object, object)  # Heading, Event
    fired = Signal(object, float)  # Alert, score
    recorded = Signal(object)  # paths
    said = Signal(object)  # EarmarkError, or None: there is sound again
    plugged = Signal(object)  # Change of the microphones that there are
    replay_ready = Signal(object, float, float)  # path, from and to which second
    ended = Signal()

    def __init__(
        self,
        engines: Engines,
        headings: Sequence[Heading],
        wishes: LiveWishes,
        settings: EventSettings,
        *,
        threshold: float | None = None,
    ) -> None:
        super().__init__()
        self.wishes, self.headings = wishes, list(headings)
        self.station = Station(
            wishes.source(),
            engines,
            headings,
            _Telling(self),
            wishes=Wishes(hop=wishes.hop, settings=settings, threshold=threshold),
            triggers=[Trigger(alert.label, alert.threshold, alert.seconds) for alert in wishes.alerts],
            watch=None if wishes.rehearsal else DeviceWatch,
        )
        self.disk: DiskRing | None = None
        self._triggered = Triggered(self.station, lambda begun, label: wishes.name(begun, label))
        self._engines = engines
        self._threads: list[threading.Thread] = []
        self._writing: list[threading.Thread] = []  # that end or keep recordings

    @property
    def history(self) -> History:
        """Return what can be looked at again."""
        return History(self.station.ring, self.disk)

    @property
    def is_recording(self) -> bool:
        """Return whether it is being written down."""
        return self.station.recorder is not None

    def start(self) -> None:
        """Begin, soon."""
        self._do(self._start)

    def stop(self) -> None:
        """End, soon; recordings are told before the end is."""
        writing = list(self._writing)
        self._do(lambda: self._stop(writing))

    def record(self) -> None:
        """Begin to write down what is heard."""
        wishes = self.wishes
        self._triggered.leave()
        self.station.record(wishes.name, pre_roll=wishes.pre_roll, split_seconds=60 * wishes.split_minutes)

    def stop_recording(self) -> None:
        """End the recording, soon."""
        self._writing.append(self._do(self.station.stop_recording))

    def keep(self, seconds: float) -> None:
        """Write what was heard in the last seconds into a file, soon."""
        self._writing.append(self._do(lambda: self._keep(seconds)))

    def replay(self, start: float) -> None:
        """Write what is remembered from a second on into a file with the session's time axis, soon, to be played."""
        self._do(lambda: self._write_replay(start))

    def close(self) -> None:
        """End, and wait for it."""
        self.stop()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _do(self, what: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=lambda: self._try(what), name="live session", daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()
        return thread

    def _try(self, what: Callable[[], object]) -> None:
        try:
            what()
        except EarmarkError as error:
            self.said.emit(error)
        except OSError as error:
            self.said.emit(EarmarkError(f"Nothing can be written there: {error.strerror or error}."))

    def _start(self) -> None:
        try:
            self.station.start()
        except EarmarkError as error:
            self.refused.emit(error)
            return
        rate, seconds = self.station.source.sample_rate, 60 * self.wishes.history_minutes
        self.disk = DiskRing(self.station.ring, rate, folders.cache_folder() / "live", seconds=seconds)
        self.disk.start()
        self.began.emit()

    def _stop(self, writing: Sequence[threading.Thread]) -> None:
        for thread in writing:  # what they write is told before the end
            thread.join(PATIENCE)
        if self.station.capture.ring is not None:
            self.station.stop()
        disk, self.disk = self.disk, None
        if disk:
            disk.close()
        (folders.cache_folder() / "replay.wav").unlink(missing_ok=True)
        self.ended.emit()

    def _write_replay(self, start: float) -> None:
        rate, history = self.station.source.sample_rate, self.history
        first, last = max(round(start * rate), history.oldest, 0), history.written
        path = folders.cache_folder() / "replay.wav"
        path.unlink(missing_ok=True)
        file = WavFile(path, rate, 1, subtype="FLOAT")
        try:
            file.skip(first)  # its seconds are those of the session
            for begin in range(first, last, AT_ONCE):
                file.write(history.read(begin, min(begin + AT_ONCE, last))[:, None])
        finally:
            file.close()
        self.replay_ready.emit(path, first / rate, last / rate)

    def _keep(self, seconds: float) -> None:
        if self.disk:
            begun = datetime.now()
            path = self.wishes.name(begun, "kept")
            path.parent.mkdir(parents=True, exist_ok=True)
            self.disk.keep(path, seconds)
            self.recorded.emit([path])

    def follow_triggers(self) -> None:
        """End a triggered recording once what began it has gone."""
        if self.wishes.alerts:
            self._triggered.follow()

    def fire(self, trigger: Trigger, heading: Heading, moment: Moment) -> None:
        """Do what was wished for."""
        alert = self.wishes.alerts[self.station.triggers.index(trigger)]
        place = heading.labels.index(alert.label) if alert.label in heading.labels else int(moment.newest.argmax())
        score = float(moment.newest[place])
        if alert.record:
            self._triggered.fired(trigger)
        if alert.command:
            run_command(alert.command, label=heading.labels[place], score=score, seconds=moment.seconds)
        log.info("%s heard at %.1f s, score %.2f", heading.labels[place], moment.seconds, score)
        self.fired.emit(alert, score)


class _Telling:
    """Passes on what a station tells, from its threads to signals."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session

    def moment(self, ear: Ear, moment: Moment) -> None:
        self._session.follow_triggers()
        self._session.heard.emit(ear, moment)

    def event(self, heading: Heading, event: Event) -> None:
        self._session.ended_event.emit(heading, event)

    def fired(self, trigger: Trigger, heading: Heading, moment: Moment) -> None:
        self._session.fire(trigger, heading, moment)

    def recorded(self, paths: Sequence[Path]) -> None:
        self._session.recorded.emit(list(paths))

    def said(self, said: EarmarkError | None) -> None:
        self._session.said.emit(said)

    def plugged(self, change: Change) -> None:
        self._session.plugged.emit(change)
