"""The models on offer: plugins' cards, with the weights that are on this machine, and the person's own models."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from earmark.analysis import Heading
from earmark.api import Checkpoint, CheckpointError, EarmarkError, ModelCard, PluginError, Weights
from earmark.checkpoints import checkpoint_for, model_id_of, scan
from earmark.folders import cache_folder
from earmark.host import plugin_of, weights_missing
from earmark.plain import card_from_plain, card_to_plain, error_from_plain, error_to_plain


@dataclass(frozen=True)
class Model:
    """A model by its id: its card, the weights it would be run with, and why it cannot be run.

    A model whose plugin is missing, or whose folder is damaged, has no card.
    """

    model_id: str
    card: ModelCard | None = None
    checkpoint: Checkpoint | None = None
    error: EarmarkError | None = None

    def heading(self) -> Heading:
        """Return what a person is shown of it."""
        card, checkpoint = self.card, self.checkpoint
        return Heading(
            model_id=self.model_id,
            title=card.title if card else self.model_id,
            labels=card.labels if card else (),
            sample_rate=card.sample_rate if card else 0,
            window_seconds=card.window_seconds if card else 0.0,
            draws_timeline=bool(card and card.draws_timeline),
            thresholds=dict(checkpoint.thresholds) if checkpoint else {},
            weights_sha256=checkpoint.sha256 if checkpoint else "",
            has_weights=self.error is None,
            plugin=plugin_of(self.model_id),
            error=str(self.error) if self.error else "",
        )


@dataclass
class Offer:
    """What the plugins offer, and those that were refused."""

    cards: list[ModelCard] = field(default_factory=list)
    faults: list[PluginError] = field(default_factory=list)


def models(cards: Sequence[ModelCard]) -> list[Model]:
    """Return the model of each card, then those that were imported or fine-tuned from one of them."""
    by_id = {card.model_id: card for card in cards}
    own, damaged = scan()
    found = [_resolved(card) for card in cards]
    found += [_derived(by_id, checkpoint) for checkpoint in own if model_id_of(checkpoint) not in by_id]
    return found + [Model(model_id, error=error) for model_id, error in damaged.items() if model_id not in by_id]


def load_offer(fingerprint: str) -> Offer | None:
    """Return what was offered when the installed plugins were the same, if that is known."""
    try:
        plain = json.loads(_cache_path().read_text(encoding="utf-8"))
        if plain["fingerprint"] != fingerprint:
            return None
        faults = [error_from_plain(each) for each in plain["faults"]]
        cards = [card_from_plain(each) for each in plain["cards"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is made again
    return Offer(cards, [fault for fault in faults if isinstance(fault, PluginError)])


def store_offer(fingerprint: str, offer: Offer) -> None:
    """Keep what is offered for the next start."""
    plain = {
        "fingerprint": fingerprint,
        "cards": [card_to_plain(card) for card in offer.cards],
        "faults": [error_to_plain(fault) for fault in offer.faults],
    }
    path = _cache_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(plain), encoding="utf-8")
    beside.replace(path)


def _cache_path() -> Path:
    return cache_folder() / "cards.json"


def _resolved(card: ModelCard) -> Model:
    try:
        checkpoint = checkpoint_for(card)
    except CheckpointError as error:
        return Model(card.model_id, card, error=error)
    if checkpoint:
        return Model(card.model_id, replace(card, labels=checkpoint.labels), checkpoint)
    return Model(card.model_id, card, error=weights_missing(card) if card.weights else None)


def _derived(by_id: dict[str, ModelCard], checkpoint: Checkpoint) -> Model:
    """Return the model of an imported or fine-tuned checkpoint: the base card with its labels, under its own id."""
    model_id, base = model_id_of(checkpoint), by_id.get(checkpoint.model_id)
    if base is None:
        error = CheckpointError(f"{model_id} needs {checkpoint.model_id}, which no plugin here offers.")
        return Model(model_id, None, checkpoint, error)
    weights = Weights(
        name=checkpoint.path.name,
        url=checkpoint.path.as_uri(),
        sha256=checkpoint.sha256,
        licence=checkpoint.licence,
        source=checkpoint.origin,
    )
    title = f"{checkpoint.path.name} ({base.title})"
    card = replace(base, model_id=model_id, title=title, labels=checkpoint.labels, weights=(weights,))
    return Model(model_id, card, checkpoint)
