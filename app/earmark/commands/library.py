"""`earmark library`: searching what is known, tags, backups, and the whole of it as open files."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from earmark.library import Found, KnownRecording, Library

NEW_FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("library")
def command() -> None:
    """The library: what was heard and said, found again."""


@command.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORDS…")
@click.option("--format", "format_name", type=click.Choice(["json"]), help="Instead of a table for people.")
@click.option("--limit", type=click.IntRange(min=1), default=1000, metavar="N", help="So many at most [1000].")
def search(words: tuple[str, ...], format_name: str | None, limit: int) -> int:
    """Find recordings by what was heard in them, when they were made, and how they are called.

    \b
    earmark library search dog bark over 0.6 in May
    earmark library search rain or wind not speech
    earmark library search garden since 2026-05-01 longer than 10 min
    earmark library search accepted rooster '#night' by htsat/everyday
    """
    found = _library().search(" ".join(words), limit)
    if format_name == "json":
        for recording in found.recordings:
            click.echo(json.dumps(_plain(recording)))
    else:
        _print(found)
    return 0


@command.command("tags")
@click.argument("paths", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
@click.option("--add", "added", multiple=True, metavar="TAG", help="Give the recordings a tag; may be repeated.")
@click.option("--remove", "removed", multiple=True, metavar="TAG", help="Take a tag from them; may be repeated.")
def tags(paths: tuple[Path, ...], added: tuple[str, ...], removed: tuple[str, ...]) -> int:
    """Show or change the tags of recordings; without a FILE, list all tags there are."""
    library = _library()
    if not paths:
        for tag in library.tags():
            click.echo(tag)
        return 0
    unwanted = {tag.casefold() for tag in removed}
    for path in paths:
        if added or removed:
            kept = [tag for tag in library.tags_of(path) if tag.casefold() not in unwanted]
            library.set_tags(path, [*kept, *added])
        click.echo(f"{path}: {', '.join(library.tags_of(path)) or 'no tags'}")
    return 0


@command.command("backup")
@click.argument("file", type=NEW_FILE)
def backup(file: Path) -> int:
    """Write a copy of the whole library into FILE, also while the window is open."""
    _library().backup(file)
    click.echo(f"{file} was written.", err=True)
    return 0


@command.command("restore")
@click.argument("file", type=OLD_FILE)
def restore(file: Path) -> int:
    """Put the backup FILE in the library's place; what was there is kept beside it."""
    kept = _library().restore(file)
    click.echo(f"The library is that of {file}. What was there is {kept}.", err=True)
    return 0


@command.command("export")
@click.argument("folder", type=NEW_FOLDER)
def export(folder: Path) -> int:
    """Write everything as open files into the new folder FOLDER; its README.txt says what is what."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(folder.name, total=None)
        count = _library().export(folder, lambda done, total: bar.update(task, completed=done, total=total))
    click.echo(f"{folder} was written: {_counted(count)}.", err=True)
    return 0


def _library() -> Library:
    from earmark import folders
    from earmark.library import Library

    return Library(folders.library_path())


def _print(found: Found) -> None:
    """Print what was found on stdout, and how the search was understood on stderr."""
    more = f", the first {len(found.recordings)} of them" if found.count > len(found.recordings) else ""
    click.echo(f"{_counted(found.count)}{more}: {found.meaning}.", err=True)
    for recording in found.recordings:
        labels = ", ".join(_label(*label) for label in recording.labels)
        click.echo("  ".join(filter(None, (str(recording.path), _when(recording), labels, _tags(recording.tags)))))


def _when(recording: KnownRecording) -> str:
    when = recording.recorded.replace("T", " ")[:16]
    return f"{when} (file date)" if recording.recorded_from == "mtime" else when


def _label(name: str, score: float | None) -> str:
    return f"{name} accepted" if score is None else f"{name} {score:.2f}"


def _tags(tags: Sequence[str]) -> str:
    return " ".join(f"#{tag}" for tag in tags)


def _plain(recording: KnownRecording) -> dict[str, object]:
    """Return what `--format json` prints on a line for each recording; a score of null is a person's word."""
    labels = [{"label": name, "score": score} for name, score in recording.labels]
    facts = {"file": str(recording.path), "duration": recording.duration, "models": recording.models}
    facts |= {"recorded": recording.recorded, "recorded_from": recording.recorded_from}
    return {**facts, "tags": recording.tags, "labels": labels}


def _counted(number: int) -> str:
    return f"{number} recording{'' if number == 1 else 's'}"
