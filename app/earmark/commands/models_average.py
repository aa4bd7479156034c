"""`earmark models average`: one network of the mean of several networks' weights."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from earmark.averaging import average
from earmark.checkpoints import checkpoint_for
from earmark.engine_client import Engines
from earmark.errors import CheckpointError
from earmark.host import plugin_of


def average_models(engines: Engines, models: Sequence[str], name: str) -> int:
    """Bring in the mean of these models' weights as `plugin/name`; say what was made.

    Raises:
        EarmarkError: a model cannot be used, or they do not fit each other.
    """
    cards = {card.model_id: card for card in engines.cards()}
    found = []
    for model in models:
        heading = engines.heading(model)
        if not heading.has_weights:
            raise CheckpointError(heading.error)
        checkpoint = checkpoint_for(cards[model])
        if checkpoint is None:
            raise CheckpointError(f"{model} has no weights of its own that could be averaged.")
        found.append(checkpoint)
    plugin = plugin_of(found[0].model_id)
    with tempfile.TemporaryDirectory() as folder:
        averaged = average(found, models, Path(folder) / "average")
        made = engines.convert(averaged.path, plugin, name)
    click.echo(f"{plugin}/{name} is ready: {made.origin}.")
    return 0
