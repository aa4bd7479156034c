"""The models on offer: plugins' cards, with the weights that are on this machine, and the person's own models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earmark.analysis import Heading
from earmark.api import Checkpoint, CheckpointError, EarmarkError, ModelCard, Weights
from earmark.checkpoints import checkpoint_for, model_id_of, scan
from earmark.host import plugin_of, weights_missing


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


def models(cards: Sequence[ModelCard]) -> list[Model]:
    """Return the model of each card, then those that were imported or fine-tuned from one of them."""
    by_id = {card.model_id: card for card in cards}
    own, damaged = scan()
    found = [_resolved(card) for card in cards]
    found += [_derived(by_id, checkpoint) for checkpoint in own if model_id_of(checkpoint) not in by_id]
    return found + [Model(model_id, error=error) for model_id, error in damaged.items() if model_id not in by_id]


def _resolved(card: ModelCard) -> Model:
    try:
        checkpoint = checkpoint_for(card)
    except CheckpointError as error:
        return Model(card.model_id, card, error=error)
    if checkpoint:
        return Model(card.model_id, _fitted(card, checkpoint), checkpoint)
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
    card = replace(_fitted(base, checkpoint), model_id=model_id, title=title, weights=(weights,))
    return Model(model_id, card, checkpoint)


def _fitted(card: ModelCard, checkpoint: Checkpoint) -> ModelCard:
    """Return the card with the labels, and the rate and window where it names them, of these very weights."""
    own = {name: checkpoint.front_end[name] for name in ("sample_rate", "window_seconds") if name in checkpoint.front_end}
    return replace(card, labels=checkpoint.labels, **own)
