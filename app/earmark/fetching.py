"""Models, brought here: their published weights fetched, or what to do where no program can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earmark.api import Checkpoint, CheckpointError, ModelCard, Weights
from earmark.checkpoints import checkpoint_for
from earmark.web import DownloadError
from earmark.weights_fetch import Told, WeightsFetch
from earmark.weights_source import Page, import_line, published_weights, way_to

if TYPE_CHECKING:
    from earmark.engine_client import Engines


def fetchable_weights(card: ModelCard) -> Weights:
    """Return the weights of a card that a program can fetch.

    Raises:
        CheckpointError: there are none, or they are on a page for people; the hint says what to do.
    """
    found = published_weights(card.weights)
    if found is None:
        raise CheckpointError(f"No weights of {card.model_id} are published.", hint=way_to(card))
    weights, source = found
    if isinstance(source, Page):
        raise CheckpointError(
            f"{weights.name} is on {source.host}, which gives nothing to a program.", hint=way_to(card)
        )
    return weights


def fetch_model(
    engines: Engines, card: ModelCard, *, told: Told, again: bool = False, fetch: WeightsFetch | None = None
) -> Checkpoint:
    """Return a model's published weights, fetched and converted into its folder.

    Args:
        again: although they are here; otherwise those are returned.

    Raises:
        CheckpointError: they cannot be fetched, or are no model of this plugin; the hint says how to go on by hand.
        Cancelled: somebody said so.
    """
    if not again and (ready := ready_weights(card)):
        return ready
    weights = fetchable_weights(card)
    plugin, _, variant = card.model_id.partition("/")
    try:
        with (fetch or WeightsFetch()).fetched(weights, told, again=again) as path:
            if not again and (ready := ready_weights(card)):
                return ready  # somebody else has brought it meanwhile
            told.on_said(f"Converting {weights.name}.")
            return engines.convert(path, plugin, variant, published=weights)
    except DownloadError as error:
        raise CheckpointError(error.sentence, hint=f"{error.hint} {by_hand(card)}".strip()) from error


def ready_weights(card: ModelCard) -> Checkpoint | None:
    """Return the weights that a model would be run with; None where there are none, or they are damaged."""
    try:
        return checkpoint_for(card)
    except CheckpointError:
        return None


def by_hand(card: ModelCard) -> str:
    """Return what a person can do where this machine cannot fetch."""
    found = published_weights(card.weights)
    page = found[1].page if found else ""
    return f"Or fetch it on another machine from {page}, then here: {import_line(card.model_id)}"
