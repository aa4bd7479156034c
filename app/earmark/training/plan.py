"""From what a person chose (a labelled folder, a model, a recipe) to a job that the trainer runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
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
            `earmark_torch.augment.Augmentation` and `earmark_trainer.clips.Handling`; `network` is the family's
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
        preset: of its card, by name, or one read from a file; None is the default that fits: from scratch where the
            model has no weights here.
        changes: figures and settings that replace the preset's: epochs, batch_size, learning_rate, or any setting.
        start: a file or folder that the network begins with instead of the model's own weights: an image network that
            its family starts from, or another network of the family, in any layout that its plugin reads.
    """

    model: Model
    name: str
    preset: str | Preset | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    start: Path | None = None

    def job(self, dataset: Dataset, folder: Path) -> TrainJob:
        """Return the job that trains on a split data set, in its folder.

        Raises:
            DatasetError: the model cannot be trained, or has no such recipe.
        """
        card, preset = self._card(), self._preset()
        figures = {name: self.changes.get(name, getattr(preset, name)) for name in FIGURES}
        changed = {name: value for name, value in self.changes.items() if name not in FIGURES}
        _check(changed, card)
        checkpoint = None if preset.name == SCRATCH or self.start else self.model.checkpoint
        network = {**(checkpoint.network if checkpoint else {}), "single_label": dataset.is_single_label}
        network |= {**preset.settings.get("network", {}), **changed.pop("network", {})}
        short = {"short": "pad" if card.short == "leave" else card.short}
        settings = {**short, **preset.settings, **changed, "network": network}
        return TrainJob(
            job_id=folder.name,
            model_id=checkpoint.model_id if checkpoint else card.model_id,
            folder=folder,
            labels=_labels(dataset),
            examples=dataset.examples,
            start_from=checkpoint.path if checkpoint else self.start,
            seed=self.seed,
            settings=settings | self._about(dataset, preset),
            **figures,
        )

    def _about(self, dataset: Dataset, preset: Preset) -> dict[str, Any]:
        """Return what a job says of where it came from."""
        return {
            "name": self.name,
            "preset": preset.name,
            "model": self.model.model_id,
            "dataset": {"folder": str(dataset.folder), "kind": dataset.kind, "title": dataset.title},
            "trained_on": f"{dataset.folder.resolve().name} ({dataset.title})",
            **({"start": str(self.start)} if self.start else {}),
        }

    def _card(self) -> ModelCard:
        card = self.model.card
        if card is None or not card.trainable or not card.recipe:
            raise DatasetError(f"{self.model.model_id} cannot be trained.", hint="See: earmark models list")
        return card

    def _preset(self) -> Preset:
        preset = self.preset if isinstance(self.preset, Preset) else self._named(self._card(), self.preset)
        if preset.name != SCRATCH and not self._begins_with_weights:
            raise DatasetError(f"The recipe “{preset.name}” starts from weights that are not here.", hint="Fetch them.")
        return preset

    @property
    def _begins_with_weights(self) -> bool:
        return self.start is not None or self.model.checkpoint is not None

    def _named(self, card: ModelCard, name: str | None) -> Preset:
        """Return a preset of a card; for None the first that fits what is here."""
        known = presets(card)
        if name is not None and name not in known:
            raise DatasetError(
                f"{card.model_id} has no recipe “{name}”.", hint=f"It has: {', '.join(map(repr, known))}."
            )
        fitting = [each for each in known if (each == SCRATCH) != self._begins_with_weights]
        if name is None and not fitting:
            raise DatasetError(
                f"{card.model_id} has no weights here to start from.",
                hint=f"Fetch them (earmark models fetch {card.model_id}), or choose another model.",
            )
        return known[name or fitting[0]]


FIGURES = ("epochs", "batch_size", "learning_rate")
ABOUT = ("name", "preset", "model", "dataset", "trained_on", "start")
"""Settings that say where a job came from, and are no part of its recipe."""


_NAMES = """
    warmup warmup_every schedule decay decay_from decay_every factors optimizer weight_decay decay_all betas clip_norm
    rates frozen frozen_epochs average_from average_each evaluate_every patience keep_minutes precision loaders steps
    mix mix_alpha mix_of mix_labels filter_db mask_bands mask_frames masks mask_with noise label_smoothing frame_weight
    speeds gain_db place roll network begin short sampling waveforms device
"""
SETTINGS = frozenset(_NAMES.split())
"""What the built-in families are told: the fields of their recipe, augmentation and handling, and what is heard how."""


def _check(changes: Mapping[str, Any], card: ModelCard) -> None:
    """Refuse a setting that nobody would heed.

    Raises:
        DatasetError: it is of no recipe.
    """
    known = SETTINGS.union(*(preset.settings for preset in presets(card).values()))
    for name in changes:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Do you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))}."
            raise DatasetError(f"No recipe has a setting “{name}”.", hint=hint)


def _labels(dataset: Dataset) -> tuple[str, ...]:
    """Return the labels of which there are examples: what was never heard cannot be learnt.

    Raises:
        DatasetError: there are none.
    """
    found = tuple(label for label, count in dataset.counts().items() if count)
    if not found:
        raise DatasetError(f"No recording in {dataset.folder} has a label.", hint="See: earmark train --help")
    return found


def jobs_folder() -> Path:
    """Return where the folders of jobs are."""
    return home() / "training"


def new_folder(name: str) -> Path:
    """Return a folder for a job of that name that is not there yet."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"
    first = f"{stem}-{datetime.now():%Y%m%d-%H%M%S}"
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return next(folder for name in names if not (folder := jobs_folder() / name).exists())
