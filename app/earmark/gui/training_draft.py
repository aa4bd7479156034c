"""What a person chooses on their way to a new model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from earmark.api import CheckpointError
from earmark.catalogue import Model
from earmark.checkpoints import folder_of
from earmark.counted import counted
from earmark.dataset import Dataset, judgements
from earmark.errors import DatasetError
from earmark.host import plugin_of
from earmark.starts import kept_start
from earmark.training.doctor import Diagnosis, Finding, apply, grouped
from earmark.training.plan import SCRATCH, Plan, Preset, new_folder, presets
from earmark.training.preset_file import read_preset
from earmark.training.splits import split
from earmark.training.study import Questions, StudyJob, jobs_of


@dataclass
class Draft:
    """All that the wizard's pages have set so far.

    Attributes:
        read: the folder as it is; `dataset` is that with what was done about the findings in `diagnosis`.
        validate, test: shares of the clips that are held out, where the data set says nothing of it.
        start: what the network begins with instead of the model's own weights, by its name in `ModelCard.starts`.
        has_curve, is_leaky: what is asked beside the model, by more runs; see `Questions`.
        changes: figures that replace the recipe's.
        loaded: recipes that were read from files, each with the family of models that it is for.
    """

    read: Dataset | None = None
    dataset: Dataset | None = None
    diagnosis: Diagnosis | None = None
    durations: Mapping[Path, float] = field(default_factory=dict)
    model: Model | None = None
    start: str = ""
    preset: str = ""
    name: str = ""
    validate: float = 0.2
    test: float = 0.2
    has_curve: bool = False
    is_leaky: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    loaded: dict[str, tuple[str, Preset]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The plugin that trains."""
        base = self.model.checkpoint.model_id if self.model and self.model.checkpoint else ""
        return plugin_of(base or (self.model.model_id if self.model else ""))

    @property
    def model_id(self) -> str:
        """The id that the new model will have."""
        return f"{self.family}/{self.name}"

    @property
    def recipe(self) -> Preset | None:
        """The recipe that is chosen."""
        return self.recipes.get(self.preset)

    @property
    def recipes(self) -> dict[str, Preset]:
        """The recipes that fit the model, those from files after its own."""
        if self.model is None:
            return {}
        own = {name: preset for name, (family, preset) in self.loaded.items() if family == self.family}
        known = (presets(self.model.card) if self.model.card else {}) | own
        return {name: each for name, each in known.items() if self._fits(each)}

    def _fits(self, preset: Preset) -> bool:
        """Tell whether a recipe can be followed with what the network begins with."""
        if self.start:
            return preset.name != SCRATCH and self.start_path is not None
        return self.model is not None and is_fit(preset, self.model)

    @property
    def start_path(self) -> Path | None:
        """Where that is with which the network begins; None where it is not here, or is the model itself."""
        if not self.start or self.model is None or self.model.card is None:
            return None
        return kept_start(self.model.card, self.start)

    @property
    def beginning(self) -> str:
        """What the network begins with, in words."""
        card = self.model.card if self.model else None
        if card is None:
            return self.model.model_id if self.model else ""
        return f"{card.starts[self.start].name}, in {card.title}" if self.start else card.title

    def load(self, path: Path) -> str:
        """Read a recipe from a file, as a report is one, and return the name under which it can be chosen.

        Raises:
            DatasetError: it holds none, or one that does not fit the model.
        """
        preset = read_preset(path, self.family)
        if not self._fits(preset):
            raise DatasetError(f"The recipe in {path.name} starts from weights that are not here.")
        name = f"{preset.name}, of {path.parent.name}/{path.name}"
        self.loaded[name] = (self.family, replace(preset, about=f"As in {path}."))
        return name

    def take(self, read: Dataset | None) -> None:
        """Start from sounds that were just read, or from none."""
        self.read = self.dataset = read
        self.diagnosis = None
        if read:
            self.name = judgements.model_name if read.kind == judgements.kind else name_for(read.folder)

    @property
    def sounds(self) -> str:
        """What is learnt from, in words."""
        if self.dataset is None:
            return ""
        number = counted(len(self.dataset.examples), "clip")
        if self.dataset.kind == judgements.kind:
            return f"{number} of {self.dataset.title}"
        return f"{number} in {self.dataset.folder}"

    def mended(self, findings: Sequence[Finding]) -> Dataset:
        """Return the data set with findings acted on.

        Raises:
            DatasetError: too few sources are left.
        """
        if self.read is None:
            raise DatasetError("No sounds were chosen.")
        return apply(self.read, findings)

    def divided(self) -> Dataset:
        """Return the data set with its clips for training, for choosing the best and for judging it.

        Raises:
            DatasetError: there is none yet, or too little of it.
        """
        if self.dataset is None:
            raise DatasetError("No sounds were chosen.")
        whole = grouped(self.dataset, self.diagnosis.findings) if self.diagnosis else self.dataset
        return split(whole, validate=self.validate, test=self.test)

    @property
    def questions(self) -> Questions:
        """What is asked of the data set."""
        return Questions(validate=self.validate, test=self.test, is_leaky=self.is_leaky, has_curve=self.has_curve)

    def jobs(self, folder: Path | None = None) -> list[StudyJob]:
        """Return the model's job, and after it those that answer what else can be asked; takes a moment.

        Raises:
            DatasetError: it cannot be trained.
        """
        if self.model is None:
            raise DatasetError("No model was chosen.")
        plan = Plan(model=self.model, name=self.name, preset=self.recipe, changes=self.changes, start=self.start_path)
        divided = self.divided()
        asked = self.questions.possible(divided.examples)
        return jobs_of(plan, list(asked.members(divided)), folder or new_folder(self.name))

    def trouble_with_name(self) -> str:
        """Return why the new model cannot be called so; "" where it can."""
        if not self.name:
            return "Give the new model a name."
        try:
            folder = folder_of(self.model_id)
        except CheckpointError as error:
            return str(error)
        return f"There is a model {self.model_id} already." if folder.exists() else ""


def recipes(model: Model) -> dict[str, Preset]:
    """Return the recipes that fit a model as it is here: without its weights, only those from scratch."""
    known = presets(model.card) if model.card else {}
    return {name: each for name, each in known.items() if is_fit(each, model)}


def is_fit(preset: Preset, model: Model) -> bool:
    """Tell whether a recipe can be followed with what is here of a model."""
    return preset.name == SCRATCH or model.checkpoint is not None


def name_for(folder: Path) -> str:
    """Return a name that a model of a folder's sounds might have."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.casefold()).strip("-") or "my-sounds"
