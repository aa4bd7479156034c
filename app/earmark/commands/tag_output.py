"""Where results of `earmark tag` go: a table for people, JSON Lines, or another program's format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import click

from earmark.analysis import Analysis, Heading, Pool
from earmark.commands.tag_table import lines
from earmark.events import Event

SHOWN_TAGS, WRITTEN_TAGS = 5, 10


@dataclass(frozen=True, kw_only=True)
class Result:
    """One recording through one model, and how much of it is wanted."""

    heading: Heading
    analysis: Analysis
    events: Sequence[Event]
    top: int | Literal["all"] | None
    pool: Pool


class Output(Protocol):
    """Takes results as they come."""

    def add(self, result: Result) -> None:
        """Take one."""
        ...

    def finish(self) -> None:
        """Write what had to wait for the last one."""
        ...


class Table:
    """Tags with bars and a list of events, on stdout."""

    def add(self, result: Result) -> None:
        """Print one."""
        tags = result.analysis.tags(result.pool)
        shown = tags if result.top == "all" else tags[: result.top or SHOWN_TAGS]
        for line in lines(result.heading, result.analysis, shown, result.events):
            click.echo(line)

    def finish(self) -> None:
        """Nothing waits."""


def output_for(format_name: str | None, out: Path | None) -> Output:
    """Return where results go."""
    return Table()
