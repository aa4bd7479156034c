"""What `earmark evaluate` was asked for, and which examples that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from earmark.analysis import Pool
from earmark.api import Example
from earmark.dataset import Dataset, open_dataset, open_list
from earmark.errors import DatasetError
from earmark.evaluation.label_match import read_label_map
from earmark.evaluation.trial import Conditions


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was asked for on the command line; None is "as the settings say" or "as the data set says"."""

    folder: Path
    models: Sequence[str] = ()
    kind: str | None = None
    split: Literal["train", "validate", "test", "all"] | None = None
    folds: Sequence[str] = ()
    events: Path | None = None
    predictions: Path | None = None
    protocol: Literal["earmark", "htsat"] = "earmark"
    labels_map: Path | None = None
    threshold: float | None = None
    collar: float = 0.2
    pool: Pool = "max"
    embeddings: bool = False
    picture: Path | None = None
    seed: int = 0
    format_name: str | None = None
    out: Path | None = None
    device: str | None = None
    precision: str | None = None
    again: bool = False

    @property
    def conditions(self) -> Conditions:
        """How models are heard and judged."""
        return Conditions(
            pool=self.pool,
            threshold=self.threshold,
            collar=self.collar,
            label_map=read_label_map(self.labels_map) if self.labels_map else {},
            draws_map=self.embeddings or self.picture is not None,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Part:
    """The examples that are evaluated; `side` says which they are: "test", "fold 1", "folds 1, 2", "all"."""

    dataset: Dataset
    side: str
    examples: tuple[Example, ...]


def part_of(choice: Choice) -> Part:
    """Return the examples that are to be evaluated: those for testing, where the data set says which these are.

    Raises:
        DatasetError: it cannot be read, or there are no such examples.
    """
    folds = [fold.strip() for given in choice.folds for fold in given.split(",")]
    if folds and choice.split is not None:
        raise DatasetError("A fold is a split of its own.", hint="Give --fold or --split.")
    dataset = open_list(choice.events, choice.folder) if choice.events else open_dataset(choice.folder, choice.kind)
    if folds:
        dataset = dataset.held_out(*folds)
        named = ", ".join(dict.fromkeys(folds))
        return Part(dataset, f"fold {named}" if len(set(folds)) == 1 else f"folds {named}", dataset.part("test"))
    here = {example.split for example in dataset.examples}
    side = choice.split or ("test" if "test" in here else "validate" if "validate" in here else "all")
    examples = dataset.part(None if side == "all" else side)
    if not examples:
        hint = f"There is: {', '.join(sorted(here))}."
        raise DatasetError(f"No clip is for “{side}” in {dataset.folder}.", hint=hint)
    return Part(dataset, side, examples)
