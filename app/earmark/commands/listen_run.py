"""The run of `earmark listen`: a station, what it tells as lines, and its recordings into the library."""

from __future__ import annotations

import json
import queue
import shlex
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from earmark import folders, settings
from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.commands import FAILED, tell
from earmark.commands.hearing import usable
from earmark.engine_client import Engines
from earmark.errors import LibraryError
from earmark.events import Event
from earmark.label_names import label_text
from earmark.library import Library
from earmark.live.capture import RING_SECONDS
from earmark.live.devices import Change, DeviceWatch
from earmark.live.ear import Ear, Moment
from earmark.live.source import FileSource, Microphone, Source
from earmark.live.station import Station, Wishes
from earmark.live.trigger import Trigger, run_command
from earmark.live.triggered import Triggered
from earmark.tagging import Tagger
from earmark.times import time_text

VERSION = 1
PATIENCE = 3.0  # seconds that a device may take to give its first sound
SHOWN_FROM = 0.2  # a tag of less is not worth a word in a line for people


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line."""

    seconds: float | None
    out: Path | None
    split: float
    models: Sequence[str]
    device: str
    devices: bool
    rate: int
    channels: int
    rehearsal: Path | None
    hop: float
    threshold: float | None
    top: int
    triggers: Sequence[tuple[str, float, float]]
    folder: Path
    pre_roll: float
    post_roll: float
    command_line: str | None
    format_name: str


def listen(choice: Choice) -> int:
    """Listen until told to stop, and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    chosen = settings.read()
    engines = Engines(device=chosen.device, precision=chosen.precision, deadline=chosen.deadline)
    try:
        headings = [usable(engines, model) for model in dict.fromkeys(choice.models or chosen.models)]
        for heading in headings:
            engines.prepare(heading.model_id)
        return Listening(choice, engines, headings).run()
    finally:
        engines.close()


class Listening:
    """Prints what the station tells; lines are written by one thread, the main one."""

    def __init__(self, choice: Choice, engines: Engines, headings: Sequence[Heading]) -> None:
        self._choice, self._engines, self._headings = choice, engines, headings
        self._told: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._known = {label for heading in headings for label in heading.labels}
        triggers = [Trigger(*trigger) for trigger in choice.triggers]
        self._require_labels(triggers)
        self.station = Station(
            _source(choice),
            engines,
            headings,
            self,
            wishes=Wishes(hop=choice.hop, threshold=choice.threshold),
            triggers=triggers,
            watch=None if choice.rehearsal else DeviceWatch,
        )
        self._triggered = Triggered(
            self.station, self._triggered_name, pre_roll=choice.pre_roll, post_roll=choice.post_roll
        )
        self._recorded: list[Path] = []
        self._lagging: list[Ear] = []  # that cannot keep up: said once
        self._failed = False

    def run(self) -> int:
        """Listen, and return the exit status."""
        self.station.start()
        name, rate = self.station.source.name, self.station.source.sample_rate
        click.echo(f"Listening to {name} at {rate:,} Hz. Ctrl+C ends it.".replace(",", " "), err=True)
        if self._choice.out:
            out = self._choice.out
            split = 60 * self._choice.split
            self.station.record(lambda begun: out, pre_roll=RING_SECONDS, split_seconds=split)  # from the first sample
        with suppress(KeyboardInterrupt):
            self._print_until_done()
        self.station.stop()
        self._print_what_is_told()
        self._into_the_library()
        return FAILED if self._failed else 0

    def moment(self, ear: Ear, moment: Moment) -> None:
        """Print the tags."""
        self._triggered.follow()
        order = (-moment.smoothed).argsort(kind="stable")[: self._choice.top]
        tags = [(ear.heading.labels[each], float(moment.smoothed[each])) for each in order]
        self._told.put(lambda: self._print_tags(ear.heading, moment, tags))
        if ear.lags(moment) and ear not in self._lagging:
            self._lagging.append(ear)
            sentence = f"{ear.heading.title} cannot keep up: an answer every {moment.hop:.1f} s."
            self._told.put(lambda: click.echo(sentence, err=True))

    def event(self, heading: Heading, event: Event) -> None:
        """Print an event that has ended."""
        self._told.put(lambda: self._print_event(heading, event))

    def fired(self, trigger: Trigger, heading: Heading, moment: Moment) -> None:
        """Record, and start the person's command."""
        self._triggered.fired(trigger)
        place = heading.labels.index(trigger.label) if trigger.label in heading.labels else int(moment.newest.argmax())
        label, score = heading.labels[place], float(moment.newest[place])
        if self._choice.command_line:
            run_command(shlex.split(self._choice.command_line), label=label, score=score, seconds=moment.seconds)
        self._told.put(lambda: self._print_alert(label, score, moment.seconds))

    def recorded(self, paths: Sequence[Path]) -> None:
        """Note what was recorded."""
        self._recorded += paths
        for path in paths:
            self._told.put(lambda path=path: self._line({"kind": "recording", "file": str(path)}, f"Recorded {path}"))

    def said(self, said: EarmarkError | None) -> None:
        """Print what happened to the device, or a model."""
        sentence = str(said) if said else "There is sound again."
        self._told.put(lambda: click.echo(sentence, err=True))

    def plugged(self, change: Change) -> None:
        """Print which microphones came and went."""
        self._told.put(lambda: click.echo(change.sentence, err=True))

    def _print_until_done(self) -> None:
        began = time.monotonic()
        while not self.station.capture.ended.is_set() and not self._is_over(time.monotonic() - began):
            try:
                self._told.get(timeout=0.1)()
            except queue.Empty:
                continue

    def _is_over(self, passed: float) -> bool:
        """Seconds are those of sound; where the device has gone, those that pass."""
        wanted = self._choice.seconds
        return wanted is not None and (self.station.seconds >= wanted or passed >= wanted + PATIENCE)

    def _print_what_is_told(self) -> None:
        while not self._told.empty():
            self._told.get()()

    def _print_tags(self, heading: Heading, moment: Moment, tags: Sequence[tuple[str, float]]) -> None:
        words = ", ".join(f"{label_text(label)} {score:.2f}" for label, score in tags if score >= SHOWN_FROM)
        plain = {
            "kind": "tags",
            "at": round(moment.seconds, 3),
            "model": heading.model_id,
            "tags": [{"label": label, "score": round(score, 6)} for label, score in tags],
            "latency": round(moment.latency, 3),
        }
        self._line(plain, f"{time_text(moment.seconds, 1)}  {words or '–'}")

    def _print_event(self, heading: Heading, event: Event) -> None:
        plain = {
            "kind": "event",
            "model": heading.model_id,
            "label": event.label,
            "onset": round(event.onset, 3),
            "offset": round(event.offset, 3),
            "score": round(event.score, 6),
        }
        span = f"{time_text(event.onset, 1)}–{time_text(event.offset, 1)}"
        self._line(plain, f"{span}  {label_text(event.label)}, score {event.score:.2f}")

    def _print_alert(self, label: str, score: float, seconds: float) -> None:
        plain = {"kind": "alert", "label": label, "score": round(score, 6), "at": round(seconds, 3)}
        self._line(plain, f"{time_text(seconds, 1)}  ! {label_text(label)} {score:.2f}")

    def _line(self, plain: dict[str, Any], text: str) -> None:
        if self._choice.format_name == "json":
            stamp = datetime.now().astimezone().isoformat(timespec="milliseconds")
            text = json.dumps({"version": VERSION, "time": stamp, **plain}, ensure_ascii=False)
        click.echo(text)

    def _triggered_name(self, begun: datetime, label: str) -> Path:
        word = "sound" if label == "*" else "".join(each if each.isalnum() else "_" for each in label)
        return self._choice.folder / f"{begun:%Y%m%d_%H%M%S}_{word}.wav"

    def _require_labels(self, triggers: Sequence[Trigger]) -> None:
        for trigger in triggers:
            if trigger.label != "*" and trigger.label not in self._known:
                names = ", ".join(sorted(self._known)[:12])
                raise EarmarkError(f"No model here knows the label “{trigger.label}”.", hint=f"There are: {names} …")

    def _into_the_library(self) -> None:
        """Have what was recorded heard as files are: its tags and events are then in the library."""
        if not self._recorded:
            return
        try:
            tagger = Tagger(self._engines, Library(folders.library_path()))
        except LibraryError as error:
            tell(error)
            return
        for path in self._recorded:
            for heading in self._headings:
                self._hear_whole(tagger, path, heading)

    def _hear_whole(self, tagger: Tagger, path: Path, heading: Heading) -> None:
        began = time.monotonic()
        try:
            tagger.hear(path, heading)
            click.echo(f"{path.name} is in the library ({time.monotonic() - began:.1f} s).", err=True)
        except EarmarkError as error:
            self._failed = True
            click.echo(f"{path}: {error}", err=True)


def _source(choice: Choice) -> Source:
    if choice.rehearsal:
        return FileSource(choice.rehearsal)
    return Microphone(choice.device, sample_rate=choice.rate, channels=choice.channels)
