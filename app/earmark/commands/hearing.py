"""What commands that have recordings heard need first: models that can be used, the recordings, the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from earmark import audio_file, folders
from earmark.analysis import Heading
from earmark.commands import tell
from earmark.engine_client import Engines
from earmark.errors import AudioFileError, CheckpointError, EarmarkError, LibraryError
from earmark.library import Library


def usable(engines: Engines, model_id: str) -> Heading:
    """Return a model that can be used here.

    Raises:
        EarmarkError: there is no such model, its weights are not here, or it names no sounds.
    """
    heading = engines.heading(model_id)
    if not heading.has_weights:
        raise CheckpointError(heading.error)
    if heading.only_embeds:
        sentence = f"{model_id} gives embeddings only: it has no labels to tell of."
        raise CheckpointError(sentence, hint="See: earmark models list")
    return heading


def recordings(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, EarmarkError]]]:
    """Return the recordings, each once, and an error for each folder in which there is none."""
    silent = [path for path in paths if path.is_dir() and not audio_file.walk([path])]
    return audio_file.walk(paths), [(path, AudioFileError("No recording is in this folder.")) for path in silent]


def library() -> Library | None:
    """Return the library; where it cannot be used, say so."""
    try:
        return Library(folders.library_path())
    except LibraryError as error:
        tell(error)
        click.echo("Going on without the library: everything is analysed anew.", err=True)
        return None
