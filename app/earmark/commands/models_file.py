"""`earmark models export` and `import` of one file."""

from __future__ import annotations

from pathlib import Path

import click

from earmark.checkpoints import checkpoint_for, folder_of
from earmark.commands.models import gives
from earmark.engine_client import Engines
from earmark.errors import CheckpointError
from earmark.model_file import SUFFIX, unpacked, write_model_file


def export_file(engines: Engines, model_id: str, path: Path) -> int:
    """Write a model as one file and say so.

    Raises:
        CheckpointError: it has no weights of its own here, or the file cannot be written.
    """
    model = engines.model(model_id)
    if model.error:
        raise model.error
    checkpoint = checkpoint_for(model.card) if model.card and not model.members else None
    if checkpoint is None:
        raise CheckpointError(f"{model_id} has no weights of its own that could be given away.")
    written = write_model_file(
        checkpoint, path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)
    )
    click.echo(f"{model_id} is in {written} ({written.stat().st_size / 1e6:.1f} MB).")
    return 0


def import_file(engines: Engines, path: Path, name: str | None) -> int:
    """Bring in a model from one file, under its own name or another; say under which.

    Raises:
        CheckpointError: it is damaged, or there is a model of that name.
    """
    with unpacked(path) as (folder, plugin, own):
        wanted = name or own
        if folder_of(f"{plugin}/{wanted}").exists():
            raise CheckpointError(
                f"There is a model {plugin}/{wanted} already.", hint="Give it another name with --as."
            )
        checkpoint = engines.convert(folder, plugin, wanted)
    click.echo(f"{plugin}/{wanted} is ready: {gives(checkpoint.labels)}.")
    return 0
