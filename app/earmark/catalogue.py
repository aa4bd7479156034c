"""The models on offer: plugins' cards, with the weights that are on this machine, and the person's own models."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from earmark import ensembles
from earmark.analysis import Analysis, Heading
from earmark.api import Checkpoint, CheckpointError, EarmarkError, Heard, ModelCard, Weights
from earmark.checkpoints import checkpoint_for, model_id_of, scan
from earmark.ensemble_scores import heard_together, mean_thresholds, together
from earmark.ensembles import Ensemble
from earmark.host import plugin_of, weights_missing


@dataclass(frozen=True)
class Model:
    """A model by its id: its card, the weights it would be run with, and why it cannot be run.

    A model whose plugin is missing, or whose folder is damaged, has no card.

    Attributes:
        members: of an ensemble, the models whose scores are averaged.
        shifts: how often each clip is heard, rolled a little further each time.
        together: how many models are used in turns with this one, itself among them.
    """

    model_id: str
    card: ModelCard | None = None
    checkpoint: Checkpoint | None = None
    error: EarmarkError | None = None
    members: tuple[Model, ...] = ()
    shifts: int = 1
    together: int = 1

    @property
    def thresholds(self) -> dict[str, float]:
        """Label → score from which it counts: the checkpoint's own, or the mean of the members'."""
        if self.members and self.card:
            return mean_thresholds([member.thresholds for member in self.members], self.card.labels)
        return dict(self.checkpoint.thresholds) if self.checkpoint else {}

    @property
    def weights(self) -> str:
        """The sha256 of the weights, of an ensemble that of all; empty where they cannot be told apart by it."""
        if not self.members:
            return self.checkpoint.sha256 if self.checkpoint else ""
        parts = [f"{member.model_id} {member.weights} {member.shifts}" for member in self.members]
        known = all(member.weights for member in self.members)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest() if known else ""

    def alone(self) -> tuple[Model, ...]:
        """Return the models that are to be asked: the members, or this one."""
        return self.members or (self,)

    def as_one(self, analyses: Sequence[Analysis]) -> Analysis:
        """Return what the members heard in one recording as what this ensemble heard."""
        whole = together(analyses, self.card.labels if self.card else ())
        return replace(whole, model_id=self.model_id, weights=self.weights, thresholds=self.thresholds)

    def heard_as_one(self, answers: Sequence[Heard]) -> Heard:
        """Return what the members heard in the newest sound as what this ensemble heard."""
        own = [member.card.labels if member.card else () for member in self.members]
        return heard_together(list(zip(answers, own, strict=True)), self.card.labels if self.card else ())

    def heading(self) -> Heading:
        """Return what a person is shown of it."""
        card = self.card
        return Heading(
            model_id=self.model_id,
            title=card.title if card else self.model_id,
            labels=card.labels if card else (),
            sample_rate=card.sample_rate if card else 0,
            window_seconds=card.window_seconds if card else 0.0,
            draws_timeline=bool(card and card.draws_timeline),
            embeds=bool(card and card.embeds),
            thresholds=self.thresholds,
            weights_sha256=self.weights,
            has_weights=self.error is None,
            plugin=plugin_of(self.model_id),
            error=str(self.error) if self.error else "",
            published=card.weights if card else (),
        )


def models(cards: Sequence[ModelCard]) -> list[Model]:
    """Return the model of each card, then those that were imported or fine-tuned from one of them, then ensembles."""
    by_id = {card.model_id: card for card in cards}
    own, damaged = scan()
    found = [_resolved(card) for card in cards]
    found += [_derived(by_id, checkpoint) for checkpoint in own if model_id_of(checkpoint) not in by_id]
    found += [Model(model_id, error=error) for model_id, error in damaged.items() if model_id not in by_id]
    return found + _ensembles({model.model_id: model for model in found})


def _resolved(card: ModelCard) -> Model:
    try:
        checkpoint = checkpoint_for(card)
    except CheckpointError as error:
        return Model(card.model_id, card, error=error)
    if checkpoint:
        return Model(card.model_id, fitted(card, checkpoint), checkpoint)
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
    card = replace(fitted(base, checkpoint), model_id=model_id, title=title, weights=(weights,))
    return Model(model_id, card, checkpoint)


def _ensembles(models: Mapping[str, Model]) -> list[Model]:
    """Return the ensembles of these models."""
    here, damaged = ensembles.scan()
    return [_ensemble(each, models) for each in here] + [Model(name, error=error) for name, error in damaged.items()]


def _ensemble(ensemble: Ensemble, models: Mapping[str, Model]) -> Model:
    for name in ensemble.members:
        if name not in models:
            hint = f"Bring it back, or remove the ensemble: earmark models remove {ensemble.model_id}"
            return Model(
                ensemble.model_id,
                error=CheckpointError(f"{ensemble.model_id} needs {name}, which is not here.", hint=hint),
            )
    members = tuple(
        replace(models[name], shifts=ensemble.shifts, together=len(ensemble.members)) for name in ensemble.members
    )
    error = next((unusable(ensemble.model_id, member) for member in members if member.error), None)
    labels = ensembles.common_labels([member.card.labels if member.card else () for member in members])
    if not error and not labels:
        error = CheckpointError(f"The models of {ensemble.model_id} have no label in common.")
    cards = [member.card for member in members if member.card]
    return Model(ensemble.model_id, _card(ensemble, cards, labels), error=error, members=members)


def unusable(model_id: str, member: Model) -> CheckpointError:
    """Return the error of an ensemble of which one member cannot be used."""
    reason = member.error.sentence if member.error else ""
    return CheckpointError(
        f"{model_id} needs {member.model_id}: {reason}", hint=member.error.hint if member.error else ""
    )


def _card(ensemble: Ensemble, cards: Sequence[ModelCard], labels: tuple[str, ...]) -> ModelCard | None:
    """Return the card of an ensemble: it needs as much sound as the member that needs most."""
    if not cards:
        return None
    count = len(ensemble.members)
    of = f"ensemble of {count}" if count > 1 else cards[0].title
    shifted = f", {ensemble.shifts} shifts" if ensemble.shifts > 1 else ""
    return ModelCard(
        model_id=ensemble.model_id,
        title=f"{ensemble.name} ({of}{shifted})",
        sample_rate=max(card.sample_rate for card in cards),
        window_seconds=max(card.window_seconds for card in cards),
        min_seconds=max(card.min_seconds for card in cards),
        labels=labels,
        draws_timeline=any(card.draws_timeline for card in cards),
        multi_label=all(card.multi_label for card in cards),
    )


def fitted(card: ModelCard, checkpoint: Checkpoint) -> ModelCard:
    """Return the card with the labels, and what they name of rate, window and short clips, of these very weights."""
    named = ("sample_rate", "window_seconds", "short")
    own = {name: checkpoint.front_end[name] for name in named if name in checkpoint.front_end}
    return replace(card, labels=checkpoint.labels, **own)
