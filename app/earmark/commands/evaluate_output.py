"""Where evaluations go: tables for people or JSON on stdout, files in a folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from earmark.commands.evaluate_text import compared, lines
from earmark.errors import EarmarkError
from earmark.evaluation.event_scores import EventLists
from earmark.exchange.dcase import COLUMNS

Document = Mapping[str, Any]


class Output:
    """Writes each evaluation as it is ready.

    Raises:
        EarmarkError: the folder cannot be written.
    """

    def __init__(self, format_name: str | None, folder: Path | None) -> None:
        self._format, self._folder = format_name, folder
        self._written: list[Document] = []
        if folder:
            with _writing(folder):
                folder.mkdir(parents=True, exist_ok=True)

    def add(self, document: Document, events: EventLists | None = None) -> None:
        """Write one."""
        self._written.append(document)
        if self._format == "json":
            click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        else:
            for line in lines(document):
                click.echo(line)
        if self._folder:
            self._write_files(self._folder, document, events)

    def compare(self) -> None:
        """Write the models beside each other, where there are several and a person reads."""
        if self._format is None and len(self._written) > 1:
            for line in compared(self._written):
                click.echo(line)

    def _write_files(self, folder: Path, document: Document, events: EventLists | None) -> None:
        name = str(document.get("model", "predictions")).replace("/", "-")
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        with _writing(folder):
            (folder / f"{name}.json").write_text(text, encoding="utf-8", errors="surrogateescape")
            if events is not None:
                with (folder / f"{name}.events.tsv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, delimiter="\t", lineterminator="\n").writerows(_rows(events))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EarmarkError(f"{folder} cannot be written.", hint=str(error)) from error


def _rows(events: EventLists) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for recording, listed in events.items():
        name = Path(recording).name
        if not listed:
            yield (name, "", "", "")
        for event in listed:
            yield (name, f"{event.onset:.3f}", f"{event.offset:.3f}", event.label)
