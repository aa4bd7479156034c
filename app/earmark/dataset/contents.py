"""What a labelled folder holds, and what a reader of one layout is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from earmark.api import Example
from earmark.errors import DatasetError

Split = Literal["train", "validate", "test"]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a reader found.

    Attributes:
        labels: all that the layout names, in its order; empty is "those of the examples, sorted".
        folds: the fold of each example; empty where there are none.
        warnings: sentences for the person.
    """

    examples: Sequence[Example]
    labels: Sequence[str] = ()
    folds: Sequence[str] = ()
    warnings: Sequence[str] = ()


class Reader(Protocol):
    """A module for one layout.

    Attributes:
        kind: its name in commands; title: its name in a sentence.
    """

    kind: str
    title: str

    def fits(self, folder: Path) -> bool:
        """Say whether a folder is laid out like this."""
        ...

    def read(self, folder: Path) -> Contents:
        """Return what is in it; raises DatasetError where it cannot be read."""
        ...


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A labelled folder.

    Attributes:
        kind, title: of the layout it was read in.
        labels: in the layout's own order, also those that no example has.
        examples: whole files, in the layout's order; one group never belongs to two sources.
        folds: the fold of each example, in the same order; empty where the layout has none.
        warnings: sentences on what is missing or odd.
    """

    folder: Path
    kind: str
    title: str
    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    folds: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, folder: Path, reader: Reader, contents: Contents) -> Dataset:
        """Return what a reader found in a folder."""
        labels = tuple(contents.labels) or tuple(sorted(labels_of(contents.examples)))
        return cls(
            folder=folder,
            kind=reader.kind,
            title=reader.title,
            labels=labels,
            examples=tuple(contents.examples),
            folds=tuple(contents.folds),
            warnings=tuple(contents.warnings),
        )

    @property
    def is_single_label(self) -> bool:
        """Whether no example has several labels, and there is more than one label to choose from."""
        return len(self.labels) > 1 and all(len(example.labels) <= 1 for example in self.examples)

    @property
    def has_events(self) -> bool:
        """Whether some examples have labels with times."""
        return any(example.events for example in self.examples)

    def counts(self) -> dict[str, int]:
        """Return the number of examples with each label, also of those with none."""
        found = Counter(label for example in self.examples for label in example.labels)
        return {label: found[label] for label in self.labels}

    def part(self, split: Split | None) -> tuple[Example, ...]:
        """Return the examples of one side of the split; all for None."""
        return tuple(example for example in self.examples if split in (None, example.split))

    def held_out(self, *folds: str) -> Dataset:
        """Return the same with one fold, or several, as the test and all the others for training.

        Raises:
            DatasetError: there is no such fold.
        """
        known = sorted(set(self.folds))
        for fold in folds:
            if fold not in known:
                hint = f"There are: {', '.join(known)}." if known else f"{self.title} has none."
                raise DatasetError(f"There is no fold {fold}.", hint=hint)
        pairs = zip(self.examples, self.folds, strict=True)
        examples = (replace(example, split="test" if own in folds else "train") for example, own in pairs)
        return replace(self, examples=tuple(examples))


def labels_of(examples: Iterable[Example]) -> set[str]:
    """Return every label that examples have, or are known not to have."""
    return {label for example in examples for label in (*example.labels, *example.absent)}
