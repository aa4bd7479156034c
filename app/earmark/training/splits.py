"""Which examples are trained with and which are judged by: sources stay whole, labels are spread evenly.

What a data set itself says (folds, test lists) is kept; only what it leaves open is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from earmark.api import DatasetError, Example
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.dataset.contents import Split


def split(dataset: Dataset, *, validate: float = 0.2, test: float = 0.2, seed: int = 0) -> Dataset:
    """Return the data set with about the given shares held out, each source on one side.

    Raises:
        DatasetError: there are too few sources to hold any out.
    """
    held: dict[Split, float] = {"test": test, "validate": validate}
    for side, share in held.items():
        if share and not dataset.part(side):
            dataset = _hold_out(dataset, side, share, seed)
    return dataset


def folds(dataset: Dataset, count: int, *, seed: int = 0) -> list[Dataset]:
    """Return the data set `count` times, each time with another part as the test and all the rest for training.

    A data set's own folds are used where it has as many or more.

    Raises:
        DatasetError: it has own folds, but fewer; or too few sources.
    """
    own = sorted(set(dataset.folds))
    if own and count > len(own):
        raise DatasetError(f"{dataset.title} has {len(own)} folds of its own, not {count}.")
    if own:
        return [dataset.held_out(fold) for fold in own[:count]]
    parts = _parts(dataset.examples, count, seed)
    return [_with_sides(dataset, ["test" if own == part else "train" for own in parts]) for part in range(count)]


def leaky(dataset: Dataset, *, validate: float = 0.2, test: float = 0.2, seed: int = 0) -> Dataset:
    """Return the data set split clip by clip, as if each were a source: what a careless split would show.

    Raises:
        DatasetError: no two clips are of one source, so that nothing would leak.
    """
    if not can_leak(dataset.examples):
        raise DatasetError("Each clip is a source of its own here.", hint="Leave out --leaky: nothing could leak.")
    apart = [replace(example, group="", split="train") for example in dataset.examples]
    sides = split(replace(dataset, examples=tuple(apart)), validate=validate, test=test, seed=seed).examples
    return _with_sides(dataset, [example.split for example in sides])


def can_leak(examples: Sequence[Example]) -> bool:
    """Say whether any two clips are of one source."""
    return len(set(_sources(examples))) < len(examples)


def share_of(dataset: Dataset, share: float, *, seed: int = 0) -> Dataset:
    """Return the data set with about a share of its training sources; what is held out stays.

    Raises:
        DatasetError: there are too few sources to take a part of them.
    """
    training = dataset.part("train")
    kept = iter(_parts(training, PARTS, seed) < round(share * PARTS))
    return replace(
        dataset,
        examples=tuple(example for example in dataset.examples if example.split != "train" or next(kept)),
        folds=(),
    )


PARTS = 4  # of the training data: shares are counted in quarters


def can_be_shared(examples: Sequence[Example]) -> bool:
    """Say whether there is enough to train with to take a part of it."""
    return not _trouble([each for each in examples if each.split == "train"], PARTS)


def leaking(dataset: Dataset) -> list[str]:
    """Return the sources that are on both sides of the split, sorted."""
    sides: dict[str, set[str]] = {}
    for example in dataset.examples:
        if example.group:
            sides.setdefault(example.group, set()).add(example.split)
    return sorted(group for group, found in sides.items() if "train" in found and len(found) > 1)


def _hold_out(dataset: Dataset, side: Split, share: float, seed: int) -> Dataset:
    """Return the data set with about a share of what is trained with on another side."""
    training = dataset.part("train")
    rest = round(share * len(dataset.examples)) or 1
    parts = _parts(training, max(2, round(len(training) / rest)), seed)
    chosen = iter(parts == 0)
    sides = [
        example.split if example.split != "train" else side if next(chosen) else "train" for example in dataset.examples
    ]
    return _with_sides(dataset, sides)


def _with_sides(dataset: Dataset, sides: Sequence[str]) -> Dataset:
    pairs = zip(dataset.examples, sides, strict=True)
    return replace(dataset, examples=tuple(replace(example, split=str(side)) for example, side in pairs))


def _parts(examples: Sequence[Example], count: int, seed: int) -> np.ndarray:
    """Return the part [examples] of each, 0 to count − 1: whole sources, labels spread as evenly as they let."""
    from sklearn.model_selection import StratifiedGroupKFold

    if trouble := _trouble(examples, count):
        hint = "Clips of one source stay together, or the model would be judged on what it knows. Add recordings."
        raise DatasetError(trouble, hint=hint)
    groups = _sources(examples)
    kept = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    parts = np.zeros(len(examples), np.int64)
    for part, (_, own) in enumerate(kept.split(groups, _strata(examples), groups)):
        parts[own] = part
    return parts


def _trouble(examples: Sequence[Example], count: int) -> str:
    """Return why examples cannot be parted so; "" where they can."""
    sources = len(set(_sources(examples)))
    if sources < count:
        return f"{counted(sources, 'source')} of sound: too few for {count} parts."
    most = max(Counter(_strata(examples)).values())
    return f"No label has more than {counted(most, 'clip')}: too few for {count} parts." if most < count else ""


def _sources(examples: Sequence[Example]) -> list[str]:
    return [example.group or str(example.path) for example in examples]


def _strata(examples: Sequence[Example]) -> list[str]:
    """Return what each example counts as: the rarest of its labels."""
    counts = Counter(label for example in examples for label in example.labels)
    return [min(example.labels, key=lambda label: (counts[label], label), default="") for example in examples]
