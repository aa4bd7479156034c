"""Where results of `earmark tag` go: a table for people, or a format for programs, on stdout or in a folder."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from earmark import exchange
from earmark.analysis import Analysis, Heading, Pool
from earmark.commands.tag_table import lines
from earmark.document import SHOWN_TAGS, Document, document
from earmark.events import Event

TABLE_TAGS = 5


@dataclass(frozen=True, kw_only=True)
class Result:
    """One recording through one model, and how much of it is wanted."""

    heading: Heading
    analysis: Analysis
    events: Sequence[Event]
    top: int | Literal["all"] | None
    pool: Pool


def write(results: Iterable[Result], format_name: str | None, out: Path | None) -> None:
    """Write results as they come, and in the end to stderr what the format has no place for.

    Raises:
        DatasetError: the folder cannot be written.
        BrokenPipeError: nobody reads stdout any more.
    """
    if format_name is None:
        _print(results)
        return
    losses = exchange.Losses(exchange.FORMATS[format_name])
    exchange.write(format_name, _documents(results, losses), out or _stdout())
    for sentence in losses.sentences():
        click.echo(sentence, err=True)


def _print(results: Iterable[Result]) -> None:
    for result in results:
        tags = result.analysis.tags(result.pool)
        shown = tags if result.top == "all" else tags[: result.top or TABLE_TAGS]
        for line in lines(result.heading, result.analysis, shown, result.events):
            click.echo(line)


def _documents(results: Iterable[Result], losses: exchange.Losses) -> Iterator[Document]:
    for result in results:
        made = document(result.analysis, result.events, top=result.top or SHOWN_TAGS, pool=result.pool)
        losses.add(made)
        yield made
        sys.stdout.flush()  # whoever reads along has it before the next recording is heard


def _stdout() -> io.TextIOWrapper:
    """Return stdout in UTF-8, whatever the terminal speaks: it is for a program."""
    stream = sys.stdout
    assert isinstance(stream, io.TextIOWrapper)
    stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    return stream
