"""The run of `earmark clips`: every recording's events, from the library, a model or label files, cut out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from earmark import audio_file, exchange, settings
from earmark.clips import ClipChoice, ClipFolder
from earmark.commands import FAILED, tell
from earmark.commands.hearing import library, usable
from earmark.counted import counted
from earmark.engine_client import Engines
from earmark.errors import AudioFileError, EarmarkError
from earmark.exchange import Labelled
from earmark.judging import JudgedEvent, judged, shown_as
from earmark.tagging import Tagger, found_events

EventsOf = Callable[[Path], Sequence[JudgedEvent]]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line; None is "as the settings say"."""

    paths: Sequence[Path]
    out: Path
    label_files: Sequence[Path] = ()
    model: str | None = None
    threshold: float | None = None
    which: str = "kept"
    only: Sequence[str] = ()
    padding: float = 0.0
    form: str = "wav"
    pattern: str
    has_list: bool = False

    @property
    def clips(self) -> ClipChoice:
        return ClipChoice(pattern=self.pattern, form=self.form, padding=self.padding, has_list=self.has_list)


def cut(choice: Choice) -> int:
    """Cut everything and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    clips = ClipFolder(choice.out, choice.clips)
    paths = audio_file.walk(choice.paths)
    if not paths:
        raise AudioFileError("There are no recordings in there.")
    if choice.label_files:
        return _cut_all(clips, paths, choice, _of_labels(_read(choice.label_files, paths)))
    chosen = settings.read()
    engines = Engines(device=chosen.device, precision=chosen.precision, deadline=chosen.deadline)
    try:
        return _cut_all(clips, paths, choice, _of_model(engines, choice.model or chosen.models[0], choice.threshold))
    finally:
        engines.close()


def _cut_all(clips: ClipFolder, paths: Sequence[Path], choice: Choice, events_of: EventsOf) -> int:
    """Cut one recording after the other; one that fails is named and the rest goes on."""
    failed = 0
    for path in paths:
        try:
            events = exchange.wanted(events_of(path), choice.which)
            wanted = [event for event in events if not choice.only or event.label in choice.only]
            for clip in clips.cut(path, wanted):
                if clip:
                    click.echo(str(clip))
        except EarmarkError as error:
            tell(error, str(path))
            failed += 1
    clips.write_list()
    for sentence in clips.skipped:
        click.echo(sentence, err=True)
    cut_out, heard = counted(len(clips.written), "clip"), counted(len(paths) - failed, "recording")
    click.echo(f"{cut_out} of {heard}.", err=True)
    return FAILED if failed else 0


def _of_model(engines: Engines, model_id: str, threshold: float | None) -> EventsOf:
    """Return what finds a model's events, with what people said of them."""
    heading = usable(engines, model_id)
    known = library()
    tagger = Tagger(engines, known)

    def events_of(path: Path) -> Sequence[JudgedEvent]:
        analysis = tagger.hear(path, heading).analysis
        said = known.annotations(path) if known else []
        return judged(found_events(analysis, threshold), said, analysis.model_id, analysis.weights)

    return events_of


def _of_labels(found: Mapping[Path, Labelled]) -> EventsOf:
    """Return what gives the labels of files as events."""

    def events_of(path: Path) -> Sequence[JudgedEvent]:
        if path not in found:
            return ()
        arrival = exchange.arrive(found[path], info=audio_file.probe(path))
        for remark in arrival.skipped:
            click.echo(f"{path}: {remark}", err=True)
        return [shown_as(annotation) for annotation in arrival.annotations]

    return events_of


def _read(label_files: Sequence[Path], paths: Sequence[Path]) -> Mapping[Path, Labelled]:
    """Return the labels by recording; lines that cannot be read and recordings that are not here are named."""
    found: dict[Path, Labelled] = {}
    for file in label_files:
        reading = exchange.read_any(file)
        shown = paths[0] if len(paths) == 1 else None
        here, strangers = exchange.matched(reading.recordings, paths, label_file=file, shown=shown)
        for path, labelled in here.items():
            found[path] = exchange.joined(found.get(path), labelled)
        for remark in reading.skipped:
            click.echo(f"{file}: {remark} Left out.", err=True)
        for stranger in strangers:
            name = stranger.file or "a recording that it does not name"
            click.echo(f"{file}: {len(stranger.events)} labels are of {name}, which is not here.", err=True)
    return found
