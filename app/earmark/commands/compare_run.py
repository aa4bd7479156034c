"""The run of `earmark compare`: every recording through all models, then what each heard beside the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from earmark import settings
from earmark.analysis import Heading
from earmark.commands import FAILED, INTERRUPTED, tell
from earmark.commands.compare_output import Compared, Model, document, lines
from earmark.commands.hearing import library, recordings, usable
from earmark.commands.progress import Bar
from earmark.comparing import MOST
from earmark.document import dumps
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.pace import Pace, weight_of
from earmark.tagging import Tagger, found_events


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line; None is "as the settings say"."""

    paths: Sequence[Path]
    models: Sequence[str]
    format_name: str | None = None  # None is tables
    threshold: float | None = None
    top: int
    edge: float
    device: str | None = None
    again: bool = False


def compare(choice: Choice) -> int:
    """Compare everything and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    chosen = settings.read()
    models = list(dict.fromkeys(choice.models))
    if len(models) > MOST:
        raise EarmarkError(f"{len(models)} models are too many beside each other.", hint=f"Name up to {MOST}.")
    engines = Engines(device=choice.device or chosen.device, precision=chosen.precision, deadline=chosen.deadline)
    try:
        headings = [usable(engines, model) for model in models]
        return _run(choice, Tagger(engines, library(), again=choice.again), headings)
    finally:
        engines.close()


def _run(choice: Choice, tagger: Tagger, headings: Sequence[Heading]) -> int:
    """Compare one recording after the other; one that fails is named and the rest goes on."""
    paths, failed = recordings(choice.paths)
    for path, error in failed:
        tell(error, str(path))
    failures, pace = len(failed), Pace()
    pace.expect_all(weight_of(path) for path in paths for _ in headings)
    with Bar(len(paths) * len(headings), pace) as bar:
        for path in paths:
            try:
                compared = _compared(choice, tagger, headings, path, bar)
            except EarmarkError as error:
                failures += 1
                bar.tell(f"{path}: {error}")
            except KeyboardInterrupt:
                bar.tell("Interrupted. What is done is in the library.")
                return INTERRUPTED
            else:
                with bar.printing():
                    _print(choice, compared)
    return FAILED if failures else 0


def _compared(choice: Choice, tagger: Tagger, headings: Sequence[Heading], path: Path, bar: Bar) -> Compared:
    models = []
    for heading in headings:
        analysis = tagger.hear(path, heading, on_progress=bar.during(path)).analysis
        bar.ended(well=True)
        models.append(Model(heading=heading, analysis=analysis, events=found_events(analysis, choice.threshold)))
    return Compared(path=path, models=models, edge=choice.edge)


def _print(choice: Choice, compared: Compared) -> None:
    if choice.format_name == "json":
        click.echo(dumps(document(compared, choice.top)))
        return
    for line in lines(compared, choice.top):
        click.echo(line)
