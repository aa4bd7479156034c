"""What `earmark train` was asked for, and which jobs that means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from earmark import folders
from earmark.catalogue import Model
from earmark.commands.starts import found_start
from earmark.dataset import Dataset, judgements, open_dataset
from earmark.engine_client import Engines
from earmark.errors import DatasetError
from earmark.host import plugin_of
from earmark.library import Library
from earmark.training.adoption import free_name
from earmark.training.doctor import Diagnosis, Finding, apply, beyond_question, check, grouped
from earmark.training.estimate import Measuring, Pace, whole_seconds
from earmark.training.plan import Plan, Preset, new_folder
from earmark.training.preset_file import read_preset
from earmark.training.study import Part, Questions, jobs_of, write_study

DEFAULT_MODEL = "htsat/everyday"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line; None is "as the recipe or the data set says"."""

    folder: Path | None = None
    is_judged: bool = False
    model: str | None = None
    name: str | None = None
    preset: str | None = None
    start: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    changes: Sequence[str] = ()
    folds: int | None = None
    seeds: int = 1
    seed: int = 0
    validate: float = 0.2
    test: float = 0.2
    split: Literal["own", "drawn"] = "own"
    kind: str | None = None
    is_leaky: bool = False
    has_curve: bool = False
    resume: Path | None = None
    check_only: bool = False
    out: Path | None = None
    device: str | None = None
    format_name: str | None = None

    @property
    def questions(self) -> Questions:
        """What is asked of the data set.

        Raises:
            DatasetError: it contradicts itself.
        """
        asked = Questions(
            folds=self.folds or 0,
            seeds=self.seeds,
            seed=self.seed,
            validate=self.validate,
            test=self.test,
            is_leaky=self.is_leaky,
            has_curve=self.has_curve,
        )
        if not asked.makes_a_model and (self.is_leaky or self.has_curve):
            raise DatasetError("Folds and seeds make no one model to compare.", hint="Leave out --leaky and the curve.")
        if (self.is_leaky or self.has_curve) and not self.test:
            raise DatasetError("Nothing can be compared without test clips.", hint="Give a --test above 0.")
        if self.validate + self.test >= 1:
            raise DatasetError("With so much held out nothing is left to train on.", hint="Lower --validate or --test.")
        return asked

    def dataset(self) -> Dataset:
        """Return the data set, its own split forgotten where a new one is to be drawn.

        Raises:
            DatasetError: it cannot be read.
        """
        if self.is_judged:
            return self._judgements()
        if self.folder is None:
            hint = "Give a FOLDER of labelled recordings, --judged, or --resume."
            raise DatasetError("There is nothing to train on.", hint=hint)
        dataset = open_dataset(self.folder.absolute(), self.kind)
        if self.split == "own":
            return dataset
        return replace(dataset, folds=(), examples=tuple(replace(each, split="train") for each in dataset.examples))

    def _judgements(self) -> Dataset:
        if self.folder is not None:
            raise DatasetError("FOLDER and --judged are two sets of recordings.", hint="Leave one of them out.")
        return judgements.dataset_of(Library(folders.library_path()))


@dataclass(frozen=True)
class Intent:
    """What will be trained: a plan, what is wrong with the data, and each job's part of what is not left out."""

    plan: Plan
    dataset: Dataset
    diagnosis: Diagnosis
    left_out: tuple[Finding, ...]
    questions: Questions
    parts: tuple[Part, ...]

    def write(self, folder: Path) -> None:
        """Lay out the study's folder."""
        write_study(folder, jobs_of(self.plan, self.parts, folder))


def intent_of(choice: Choice, engines: Engines) -> Intent:
    """Return what a choice means; nothing is written.

    Raises:
        EarmarkError: it cannot be done.
    """
    questions, dataset = choice.questions, choice.dataset()
    model = engines.model(choice.model or DEFAULT_MODEL)
    if model.error and model.card is None:
        raise model.error
    plugin = plugin_of(model.model_id)
    wanted = choice.name or (judgements.model_name if choice.is_judged else _plain_name(dataset.folder.name))
    name = free_name(plugin, wanted, is_given=choice.name is not None) if questions.makes_a_model else wanted
    plan = Plan(
        model=model,
        name=name,
        preset=_preset(choice, model),
        changes=changes_of(choice),
        seed=choice.seed,
        start=found_start(choice.start, model) if choice.start else None,
    )
    plan.job(dataset, Path(name))  # what cannot be trained is said before all is heard
    diagnosis = _heard(dataset)
    left_out = beyond_question(diagnosis.findings)
    parts = tuple(questions.members(grouped(_usable(dataset, left_out), diagnosis.findings)))
    return Intent(plan, dataset, diagnosis, left_out, questions, parts)


def _usable(dataset: Dataset, left_out: Sequence[Finding]) -> Dataset:
    """Return a data set without what is left out.

    Raises:
        DatasetError: that is all of it.
    """
    usable = apply(dataset, left_out)
    if not usable.examples:
        hint = f"{left_out[0].sentence} {left_out[0].advice}" if left_out else ""
        raise DatasetError(f"None of the recordings in {dataset.folder} can be heard.", hint=hint)
    return usable


def _heard(dataset: Dataset) -> Diagnosis:
    """Return what the doctor says of a data set, saying how far it is where somebody looks."""
    with Console(stderr=True).status("Hearing the recordings …") as status:
        return check(dataset, told=lambda done, total, what: status.update(f"{what}: {done} of {total}"))


@dataclass(frozen=True)
class Estimate:
    """What all jobs of an intent take here."""

    seconds: float
    pace: Pace


def estimated(intent: Intent) -> Estimate | None:
    """Return what the jobs take, from a few real steps of the first; None where it cannot be tried."""
    jobs = [job for _, job in jobs_of(intent.plan, intent.parts, Path(intent.plan.name))]
    with Console(stderr=True).status("Trying a few steps …"):
        pace = Measuring(jobs[0]).run()
    return Estimate(sum(whole_seconds(job, pace) for job in jobs), pace) if pace else None


def folder_for(choice: Choice, intent: Intent) -> Path:
    """Return the folder of the job.

    Raises:
        DatasetError: the one that was asked for holds another job.
    """
    folder = (choice.out or new_folder(intent.plan.name)).absolute()
    if (folder / "job.json").exists() or (folder / "study.json").exists():
        raise DatasetError(
            f"There is a job in {folder} already.", hint=f"Go on with it: earmark train --resume {folder}"
        )
    return folder


def _plain_name(name: str) -> str:
    kept = "".join(each if each.isalnum() or each in "._-" else "-" for each in name).strip("-.")
    return kept or "model"


def _preset(choice: Choice, model: Model) -> str | Preset | None:
    if choice.preset and choice.preset.lower().endswith(".json"):
        return read_preset(Path(choice.preset), plugin_of(model.model_id))
    return choice.preset


def changes_of(choice: Choice) -> dict[str, Any]:
    """Return what was asked for beside the recipe.

    Raises:
        DatasetError: a setting is not NAME=VALUE.
    """
    figures = {"epochs": choice.epochs, "batch_size": choice.batch_size, "learning_rate": choice.learning_rate}
    found: dict[str, Any] = {name: value for name, value in figures.items() if value is not None}
    if choice.device:
        found["device"] = choice.device
    for text in choice.changes:
        name, is_set, value = text.partition("=")
        if not is_set or not name:
            raise DatasetError(f"“{text}” sets nothing.", hint="Write --set NAME=VALUE, as in --set mix=0.5")
        outer, _, inner = name.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = _value(value)
        else:
            found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    """Return a value as JSON says it, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
