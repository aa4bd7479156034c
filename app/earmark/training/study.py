"""Several jobs that answer one question: folds and seeds, a leaky split beside an honest one, shares of the data.

A study's folder holds `study.json` and its members' job folders; a job alone is a study of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev
from typing import Any, Literal

from earmark.api import DatasetError, Example, TrainJob
from earmark.dataset import Dataset
from earmark.score_text import per_cent
from earmark.training.job_file import read_job, write_job
from earmark.training.job_process import events_of, how_it_ended
from earmark.training.judged import read_judged
from earmark.training.plan import Plan
from earmark.training.splits import can_be_shared, can_leak, folds, leaky, share_of, split

VERSION = 1
FILE = "study.json"
SHARES = (0.25, 0.5, 0.75)
METRICS = ("accuracy", "mean_average_precision", "auc")
GOOD = ("done", "stopped")  # ends of a job that has judged its clips

Role = Literal["main", "fold", "leaky", "share"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One job of a study: where it is inside the study's folder, and what it is there for."""

    place: str
    role: Role = "main"
    fold: int | None = None
    seed: int = 0
    share: float = 1.0

    def folder(self, study: Path) -> Path:
        """Return its job folder."""
        return study / self.place

    def __str__(self) -> str:
        match self.role:
            case "fold":
                return f"fold {self.fold}, seed {self.seed}" if self.fold else f"seed {self.seed}"
            case "leaky":
                return "split that ignores sources"
            case "share":
                return f"{per_cent(self.share)} of the training clips"
            case _:
                return "the model"

    @property
    def is_beside(self) -> bool:
        """Whether it makes no model, and only says something about one."""
        return self.role in ("leaky", "share")


Part = tuple[Member, Dataset]  # what it trains on, and is judged by
StudyJob = tuple[Member, TrainJob]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What is asked of a data set beside a model.

    Attributes:
        folds: how many; 0 is one split.
        validate, test: shares that are held out; with folds, `test` is the fold.
    """

    folds: int = 0
    seeds: int = 1
    seed: int = 0
    validate: float = 0.2
    test: float = 0.2
    is_leaky: bool = False
    has_curve: bool = False

    @property
    def makes_a_model(self) -> bool:
        """Whether one job is the model, and the others are about it."""
        return not self.folds and self.seeds == 1

    def possible(self, examples: Sequence[Example]) -> Questions:
        """Return what of this can be asked of examples that are split."""
        return replace(
            self, is_leaky=self.is_leaky and can_leak(examples), has_curve=self.has_curve and can_be_shared(examples)
        )

    def members(self, dataset: Dataset) -> Iterator[Part]:
        """Yield each job with its split of the data.

        Raises:
            DatasetError: it cannot be split so.
        """
        if not self.makes_a_model:
            yield from self._repeated(dataset)
            return
        honest = split(dataset, validate=self.validate, test=self.test, seed=self.seed)
        yield Member(place=".", seed=self.seed), honest
        if self.is_leaky:
            mixed = leaky(dataset, validate=self.validate, test=self.test, seed=self.seed)
            yield Member(place="leaky", role="leaky", seed=self.seed), mixed
        for share in SHARES if self.has_curve else ():
            part = share_of(honest, share, seed=self.seed)
            yield Member(place=f"share-{share:.0%}".rstrip("%"), role="share", seed=self.seed, share=share), part

    def _repeated(self, dataset: Dataset) -> Iterator[Part]:
        parts = folds(dataset, self.folds, seed=self.seed) if self.folds else [dataset]
        for number, part in enumerate(parts, start=1):
            for seed in range(self.seed, self.seed + self.seeds):
                test = 0.0 if self.folds else self.test
                held = split(part, validate=self.validate, test=test, seed=self.seed)
                fold = number if self.folds else None
                place = f"fold-{number}-seed-{seed}" if fold else f"seed-{seed}"
                yield Member(place=place, role="fold", fold=fold, seed=seed), held


def jobs_of(plan: Plan, parts: Sequence[Part], folder: Path) -> list[StudyJob]:
    """Return the job of each part of the data, inside a study's folder; nothing is written."""
    return [(each, replace(plan, seed=each.seed).job(part, each.folder(folder))) for each, part in parts]


def write_study(folder: Path, jobs: Sequence[StudyJob]) -> None:
    """Lay out a study's folder, so that it can be gone on with from here on."""
    for _, job in jobs:
        write_job(job)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{FILE}.part"
    beside.write_text(json.dumps({"version": VERSION, "members": [asdict(each) for each, _ in jobs]}, indent=1))
    beside.replace(folder / FILE)


def read_study(folder: Path) -> list[Member]:
    """Return the jobs of a study's folder, or of a job's.

    Raises:
        DatasetError: it is neither.
    """
    if not (folder / FILE).exists():
        read_job(folder)
        return [Member(place=".")]
    try:
        plain = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if plain["version"] > VERSION:
            raise DatasetError(f"{folder} was written by a newer Earmark.", hint="Update Earmark.")
        return [Member(**each) for each in plain["members"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{folder} is no job folder.", hint="Its study.json cannot be read.") from error


def outcome(folder: Path, member: Member) -> dict[str, Any]:
    """Return what a member reached on its test clips, as plain JSON; figures are None where there are none."""
    own = member.folder(folder)
    job = read_job(own)
    sides = read_judged(job)
    tags = sides["test"].tags(job.labels) if sides else None
    return {
        **asdict(member),
        "folder": str(own),
        "how": how_it_ended(own),
        "train_clips": sum(each.split == "train" for each in job.examples),
        "test_clips": tags.clips if tags else 0,
        "seconds": seconds_of(own),
        **{name: getattr(tags, name, None) for name in METRICS},
    }


def seconds_of(folder: Path) -> float:
    """Return how long a job's steps and evaluations have taken, over all of its runs."""
    events = events_of(folder)
    pairs = pairwise(events)
    known = ("began", "progress", "evaluated", "checkpoint")
    return round(sum(after["time"] - each["time"] for each, after in pairs if _goes_on(each, after, known)), 1)


def _goes_on(event: dict[str, Any], after: dict[str, Any], known: Sequence[str]) -> bool:
    return event["event"] in known and after["event"] in (*known[1:], "ended")


def summary(outcomes: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return metric → mean and standard deviation over the jobs that have it."""
    found = {name: [each[name] for each in outcomes if each[name] is not None] for name in METRICS}
    return {
        name: {"mean": mean(values), "deviation": stdev(values) if len(values) > 1 else 0.0, "jobs": len(values)}
        for name, values in found.items()
        if values
    }
