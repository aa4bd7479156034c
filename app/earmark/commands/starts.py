"""What `earmark train --start` begins with: a file, or a published network by its name, which is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from earmark.api import CheckpointError, ModelCard
from earmark.catalogue import Model
from earmark.commands import FAILED, tell
from earmark.commands.models_fetch import DownloadBar, cards_of, say_what_comes
from earmark.engine_client import Engines
from earmark.errors import DatasetError
from earmark.starts import fetch_start, kept_start


def found_start(wanted: str, model: Model) -> Path:
    """Return the file or folder that a person means.

    Raises:
        DatasetError: it is neither a file nor one of the model's starts.
        CheckpointError: it cannot be fetched.
    """
    path = Path(wanted)
    if path.exists():
        return path.absolute()
    card = model.card
    if card is None or wanted not in card.starts:
        raise DatasetError(f"There is no file {wanted} to begin with.", hint=_known(card))
    return brought_start(card, wanted)


def fetch_starts(engines: Engines, model_ids: Sequence[str], name: str, *, again: bool) -> int:
    """Fetch a start of each model by its name, name those that could not be, and return the exit status."""
    cards = cards_of(engines, model_ids)
    fetched = [_fetch(cards.get(model_id), model_id, name, again=again) for model_id in model_ids]
    return 0 if all(fetched) else FAILED


def _fetch(card: ModelCard | None, model_id: str, name: str, *, again: bool) -> bool:
    try:
        if card is None or name not in card.starts:
            raise CheckpointError(f"{model_id} has no start “{name}”.", hint=_known(card))
        brought_start(card, name, again=again)
    except CheckpointError as error:
        tell(error, model_id)
        return False
    click.echo(f"Ready: earmark train FOLDER --model {model_id} --start {name}")
    return True


def brought_start(card: ModelCard, name: str, *, again: bool = False) -> Path:
    """Return the file or folder of one of a card's starts, fetched where it is not here; says what comes and how far.

    Raises:
        CheckpointError: it cannot be fetched.
    """
    if not again and (here := kept_start(card, name)):
        return here
    weights = card.starts[name]
    say_what_comes(weights, card.model_id)
    with DownloadBar(weights.name) as bar:
        path = fetch_start(card, name, told=bar.told, again=again)
    click.echo(f"It is kept in {path}", err=True)
    return path


def _known(card: ModelCard | None) -> str:
    if card is None or not card.starts:
        return "Give a file or a folder of weights."
    return f"Give a file or a folder, or one of the starts of {card.model_id}: {', '.join(card.starts)}."
