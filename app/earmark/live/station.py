"""Everything that listens: a source, the models' ears, what is recorded, what is to happen when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.events import Event, EventSettings
from earmark.live.capture import Capture
from earmark.live.devices import Change, DeviceWatch
from earmark.live.ear import HOP, Ear, Hears, Moment
from earmark.live.live_events import LiveEvents
from earmark.live.recorder import Recorder
from earmark.live.ring_buffer import RingBuffer
from earmark.live.source import Source
from earmark.live.trigger import Trigger


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How to listen.

    Attributes:
        hop: seconds between two answers of a model.
        settings: what counts as an event; a model's own thresholds come in where it has none of its own.
        threshold: one for all labels instead of the models' own; None is theirs.
    """

    hop: float = HOP
    settings: EventSettings = field(default_factory=EventSettings)
    threshold: float | None = None

    def settings_of(self, heading: Heading) -> EventSettings:
        """Return what counts as an event of a model."""
        if self.threshold is not None:
            return replace(self.settings, threshold=self.threshold, thresholds={})
        return replace(self.settings, thresholds=dict(heading.thresholds))


class Told(Protocol):
    """Who is told; each is called on a thread of the station's."""

    def moment(self, ear: Ear, moment: Moment) -> None: ...
    def event(self, heading: Heading, event: Event) -> None: ...
    def fired(self, trigger: Trigger, heading: Heading, moment: Moment) -> None: ...
    def recorded(self, paths: Sequence[Path]) -> None: ...
    def said(self, said: EarmarkError | None) -> None: ...
    def plugged(self, change: Change) -> None: ...


class Station:
    """Listens from `start` to `stop`.

    Args:
        watch: what tells of devices that come and go; None where the source is none.
    """

    def __init__(
        self,
        source: Source,
        engines: Hears,
        headings: Sequence[Heading],
        told: Told,
        *,
        wishes: Wishes | None = None,
        triggers: Sequence[Trigger] = (),
        watch: Callable[[Callable[[Change], None]], DeviceWatch] | None = None,
    ) -> None:
        self.source, self.headings, self.triggers = source, list(headings), list(triggers)
        self.capture = Capture(source, on_said=told.said)
        self.ears: list[Ear] = []
        self.recorder: Recorder | None = None
        self._engines, self._wishes, self._told = engines, wishes or Wishes(), told
        self._events: dict[str, LiveEvents] = {}
        self._changing = threading.Lock()
        self._watch = watch(self._note_change) if watch else None

    @property
    def ring(self) -> RingBuffer:
        """Return the newest minute."""
        assert self.capture.ring is not None
        return self.capture.ring

    @property
    def seconds(self) -> float:
        """Return the live clock: seconds of sound since the start."""
        return self.ring.written / self.source.sample_rate

    def start(self) -> None:
        """Begin.

        Raises:
            EarmarkError: the source cannot be opened.
        """
        self.capture.start()
        for heading in self.headings:
            self._events[heading.model_id] = LiveEvents(self._wishes.settings_of(heading))
            ear = Ear(
                self._engines,
                heading,
                self.ring,
                self.source.sample_rate,
                hop=self._wishes.hop,
                on_heard=self._hear,
                on_failed=self._told.said,
            )
            self.ears.append(ear)
            ear.start()
        if self._watch:
            self._watch.start()

    def stop(self) -> None:
        """End: the recording is closed, what is still going on is told as ended."""
        if self._watch:
            self._watch.stop()
        self.stop_recording()
        self.capture.stop()
        for ear in self.ears:
            ear.stop()
            self._tell_events(ear, everything=True)

    def record(
        self, name_of: Callable[[datetime], Path], *, pre_roll: float = 0.0, split_seconds: float = 0.0
    ) -> Recorder:
        """Begin to record, from `pre_roll` seconds ago on; return what writes."""
        with self._changing:
            if self.recorder is None:
                rate = self.source.sample_rate
                first = max(0, self.ring.written - round(pre_roll * rate))
                self.recorder = Recorder(
                    self.ring, rate, name_of, first=first, split_seconds=split_seconds, on_failed=self._told.said
                )
                self.recorder.start()
            return self.recorder

    def stop_recording(self) -> list[Path]:
        """End the recording, if there is one, and return its files."""
        with self._changing:
            recorder, self.recorder = self.recorder, None
        paths = recorder.stop() if recorder else []
        if paths:
            self._told.recorded(paths)
        return paths

    def _note_change(self, change: Change) -> None:
        self._told.plugged(change)
        if self.source.name in change.gone:
            self.source.lose()

    def _hear(self, ear: Ear, moment: Moment) -> None:
        self._told.moment(ear, moment)
        self._tell_events(ear)
        scores = dict(zip(ear.heading.labels, moment.newest.tolist(), strict=True))
        for trigger in self.triggers:
            if trigger.follow(scores, moment.seconds):
                self._told.fired(trigger, ear.heading, moment)

    def _tell_events(self, ear: Ear, *, everything: bool = False) -> None:
        if ear.track is not None:
            for event in self._events[ear.heading.model_id].ended(ear.track, everything=everything):
                self._told.event(ear.heading, event)

    def going_on(self, heading: Heading) -> Sequence[Event]:
        """Return the events of a model that have begun and not ended."""
        return self._events[heading.model_id].going_on
