"""The run of `earmark tag`: every file through every model, failures named, results as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from earmark import settings
from earmark.analysis import Analysis, Heading, Pool
from earmark.commands import FAILED, INTERRUPTED
from earmark.commands.hearing import library, recordings, usable
from earmark.commands.progress import Bar
from earmark.commands.tag_counts import Counts
from earmark.commands.tag_output import Result, write
from earmark.counted import counted
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.pace import Pace, weight_of
from earmark.tagging import Heard, Tagger, found_events


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line; None is "as the settings say"."""

    paths: Sequence[Path]
    models: Sequence[str] = ()
    format_name: str | None = None  # None is a table
    out: Path | None = None
    threshold: float | None = None
    top: int | Literal["all"] | None = None
    pool: Pool = "max"
    device: str | None = None
    precision: str | None = None
    again: bool = False


def tag(choice: Choice) -> int:
    """Tag everything and return the exit status.

    Raises:
        EarmarkError: nothing could be started.
    """
    chosen = settings.read()
    engines = Engines(
        device=choice.device or chosen.device,
        precision=choice.precision or chosen.precision,
        deadline=chosen.deadline,
    )
    try:
        if choice.device not in (None, "auto"):
            engines.device_line()  # one that is not here ends it now, and not at each file
        headings = [usable(engines, model) for model in dict.fromkeys(choice.models or chosen.models)]
        tagger = Tagger(engines, library(), again=choice.again)
        threshold = chosen.threshold if choice.threshold is None else choice.threshold
        return Run(choice, threshold, tagger, headings).run(engines)
    finally:
        engines.close()


class Run:
    """Every file through every model; a file that fails is named and the rest goes on."""

    def __init__(self, choice: Choice, threshold: float | None, tagger: Tagger, headings: Sequence[Heading]) -> None:
        self._choice, self._threshold = choice, threshold
        self._tagger, self._headings = tagger, headings
        self._counts, self._pace = Counts(), Pace()
        self._files, self._lost = recordings(choice.paths)

    def run(self, engines: Engines) -> int:
        """Tag, and return the exit status."""
        names = " and ".join(heading.model_id for heading in self._headings)
        self._pace.expect_all(weight_of(path) for path in self._files for _ in self._headings)
        with Bar(len(self._files) * len(self._headings), self._pace) as bar:
            engines.on_notice = lambda notice: bar.tell(str(notice))
            if self._files:
                bar.tell(f"{counted(len(self._files), 'file')}, with {names}")
            for path, error in self._lost:
                self._fail(bar, path, error)
            try:
                write(self._results(bar), self._choice.format_name, self._choice.out)
            except KeyboardInterrupt:
                bar.tell(f"Interrupted. {self._counts} What is done is in the library.")
                return INTERRUPTED
        for line in self._counts.lines():
            click.echo(line, err=True)
        return FAILED if self._counts.failures else 0

    def _results(self, bar: Bar) -> Iterator[Result]:
        """Hear one after the other; each is written before the next is heard."""
        for path in self._files:
            for heading in self._headings:
                heard = self._heard(bar, path, heading)
                bar.ended(well=heard is not None)
                if heard:
                    self._counts.add(heard)
                    with bar.printing():
                        yield self._result(heading, heard.analysis)

    def _heard(self, bar: Bar, path: Path, heading: Heading) -> Heard | None:
        """Hear one recording; None where it failed, with the reason told."""
        began, weight = time.monotonic(), weight_of(path)
        try:
            heard = self._tagger.hear(path, heading, on_progress=bar.during(path))
        except EarmarkError as error:
            self._fail(bar, path, error)
            heard = None
        if heard and not heard.was_known:
            self._pace.heard(weight, sound=heard.analysis.duration, taken=time.monotonic() - began)
        self._pace.passed(weight)
        return heard

    def _result(self, heading: Heading, analysis: Analysis) -> Result:
        events = found_events(analysis, self._threshold)
        return Result(heading=heading, analysis=analysis, events=events, top=self._choice.top, pool=self._choice.pool)

    def _fail(self, bar: Bar, path: Path, error: EarmarkError) -> None:
        self._counts.failures.append((path, error))
        bar.tell(f"{path}: {error}")
