"""From what a person chose (a labelled folder, a model, a recipe) to a job that the trainer runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from earmark.api import DatasetError, ModelCard, TrainJob
from earmark.catalogue import Model
from earmark.dataset import Dataset
from earmark.folders import home

SCRATCH = "from scratch"
"""The preset that starts from nothing: its settings name a network."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A named recipe of a card: `ModelCard.recipe` holds name → these fields, the first being the default.

    Attributes:
        settings: what the trainer is told beside the figures, by the names of `earmark_trainer.recipe.Recipe`,
            `earmark_torch.augment.Augmentation` and `earmark_trainer.examples.Handling`; `network` is the family's
            arguments.
        about: where its values come from, for the person.
    """

    name: str
    epochs: int = 20
    batch_size: int = 16
    learning_rate: float = 1e-4
    settings: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


def presets(card: ModelCard) -> dict[str, Preset]:
    """Return a card's recipes by name, the default first."""
    return {name: Preset(name=name, **fields) for name, fields in card.recipe.items()}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a person chose.

    Attributes:
        model: what is trained on from, or whose network is trained from scratch.
        name: of the new model.
        preset: of its card; None is the default that fits: from scratch where the model has no weights here.
        changes: figures and settings that replace the preset's: epochs, batch_size, learning_rate, or any setting.
    """

    model: Model
    name: str
    preset: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def job(self, dataset: Dataset, folder: Path) -> TrainJob:
        """Return the job that trains on a split data set, in its folder.

        Raises:
            DatasetError: the model cannot be trained, or has no such recipe.
        """
        card, preset = self._card(), self._preset()
        figures = {name: self.changes.get(name, getattr(preset, name)) for name in FIGURES}
        changed = {name: value for name, value in self.changes.items() if name not in FIGURES}
        checkpoint = None if preset.name == SCRATCH else self.model.checkpoint
        network = {**(checkpoint.network if checkpoint else {}), **preset.settings.get("network", {})}
        network |= {"single_label": dataset.is_single_label, **changed.pop("network", {})}
        settings = {**preset.settings, **changed, "network": network, "short": card.short, "preset": preset.name}
        return TrainJob(
            job_id=folder.name,
            model_id=checkpoint.model_id if checkpoint else card.model_id,
            folder=folder,
            labels=dataset.labels,
            examples=dataset.examples,
            start_from=checkpoint.path if checkpoint else None,
            seed=self.seed,
            settings=settings | {"name": self.name, "trained_on": f"{dataset.folder.name} ({dataset.title})"},
            **figures,
        )

    def _card(self) -> ModelCard:
        card = self.model.card
        if card is None or not card.trainable or not card.recipe:
            raise DatasetError(f"{self.model.model_id} cannot be trained.", hint="See: earmark models list")
        return card

    def _preset(self) -> Preset:
        card, known = self._card(), presets(self._card())
        if self.preset is not None and self.preset not in known:
            raise DatasetError(
                f"{card.model_id} has no recipe “{self.preset}”.", hint=f"It has: {', '.join(map(repr, known))}."
            )
        fitting = [name for name in known if (name == SCRATCH) == (self.model.checkpoint is None)]
        if self.preset is None and not fitting:
            raise DatasetError(
                f"{card.model_id} has no weights here to start from.",
                hint=f"Fetch them (earmark models fetch {card.model_id}), or choose another model.",
            )
        preset = known[self.preset or fitting[0]]
        if preset.name != SCRATCH and self.model.checkpoint is None:
            raise DatasetError(f"The recipe “{preset.name}” starts from weights that are not here.", hint="Fetch them.")
        return preset


FIGURES = ("epochs", "batch_size", "learning_rate")


def jobs_folder() -> Path:
    """Return where the folders of jobs are."""
    return home() / "training"


def new_folder(name: str) -> Path:
    """Return a folder for a job of that name that is not there yet."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"
    first = f"{stem}-{datetime.now():%Y%m%d-%H%M%S}"
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return next(folder for name in names if not (folder := jobs_folder() / name).exists())
