"""Doing what findings say: another data set, on which nothing on disk depends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from earmark.api import Example
from earmark.dataset import Dataset
from earmark.dataset.contents import Split
from earmark.training.doctor.copies import Clusters
from earmark.training.doctor.findings import Action, Finding, Key, Kind, Place, Remedy
from earmark.training.doctor.sources import group_of
from earmark.training.splits import leaking, split

ONE_SOURCE = (Kind.EXACT, Kind.NEAR, Kind.CONFLICT, Kind.LEAK, Kind.ALIKE)
"""Findings whose clips are of one source."""

UNHEARD = (Kind.UNREADABLE, Kind.EMPTY)
"""Findings whose clips nobody can train with."""

HELD_OUT: tuple[Split, ...] = ("validate", "test")
FEW_LEAKS = 0.1  # of what is held out: then the split is mended, so that its figures stay comparable; else drawn again


def apply(dataset: Dataset, findings: Iterable[Finding]) -> Dataset:
    """Return the data set with the actions of findings done: relabelled, left out, joined, at last the split.

    Raises:
        DatasetError: the honest split needs more sources than there are.
    """
    findings = tuple(findings)
    actions = [finding.action for finding in findings if finding.action]
    for action in actions:
        if action.remedy is Remedy.RELABEL:
            dataset = _relabelled(dataset, action)
    gone = {place.key for each in actions if each.remedy is Remedy.LEAVE_OUT for place in each.places}
    dataset = joined(dataset, [each.places for each in actions if each.remedy is Remedy.JOIN])
    if any(action.remedy is Remedy.SPLIT for action in actions):
        leaks = [finding.places for finding in findings if finding.kind is Kind.LEAK]
        return honest(_without(joined(dataset, leaks), gone))
    return _without(dataset, gone)


def beyond_question(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are acted on unasked: what cannot be heard is left out."""
    return tuple(finding for finding in findings if finding.kind in UNHEARD and finding.certainty == 1)


def grouped(dataset: Dataset, findings: Iterable[Finding]) -> Dataset:
    """Return the data set with all clips that findings take for one source in one group; use it before splitting."""
    return joined(dataset, [finding.places for finding in findings if finding.kind in ONE_SOURCE])


def joined(dataset: Dataset, families: Iterable[Sequence[Place]]) -> Dataset:
    """Return the data set with the groups of each family's clips made one; what they share with others joins too."""
    numbers: defaultdict[Key, list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    clusters = Clusters()
    for number, example in enumerate(dataset.examples):
        numbers[_key(example)].append(number)
        clusters.join(number, first.setdefault(group_of(example), number))
    for places in families:
        members = [number for place in places for number in numbers[place.key]]
        for member in members[1:]:
            clusters.join(members[0], member)
    examples = (
        example
        if (root := clusters.root(number)) == number
        else replace(example, group=group_of(dataset.examples[root]))
        for number, example in enumerate(dataset.examples)
    )
    return replace(dataset, examples=tuple(_with_group(example) for example in examples))


def honest(dataset: Dataset) -> Dataset:
    """Return the data set with each source on one side and in one fold.

    Where little of what is held out leaks, a source goes to the side where most of it is, to what is held out rather
    than to training where that is even. Where more does, all is drawn again with about the same shares.

    Raises:
        DatasetError: there are too few sources.
    """
    dataset = replace(dataset, folds=_settled([group_of(each) for each in dataset.examples], dataset.folds))
    leaks = set(leaking(dataset))
    held = [example for example in dataset.examples if example.split != "train"]
    if not leaks:
        return dataset
    if sum(example.group in leaks for example in held) > FEW_LEAKS * len(held):
        validate, test = (len(dataset.part(side)) / len(dataset.examples) for side in HELD_OUT)
        return split(_on_sides(dataset, ["train"] * len(dataset.examples)), validate=validate, test=test)
    sides = _settled([group_of(each) for each in dataset.examples], [each.split for each in dataset.examples], "train")
    return _on_sides(dataset, sides)


def _settled(groups: Sequence[str], values: Sequence[str], last: str = "") -> tuple[str, ...]:
    """Return for each the most frequent value of its group; of two as frequent the first that is not `last`."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group, value in zip(groups, values, strict=False):
        counts[group][value] += 1
    best = {group: max(found, key=lambda value: (found[value], value != last)) for group, found in counts.items()}
    return tuple(best[group] for group, _ in zip(groups, values, strict=False))


def _on_sides(dataset: Dataset, sides: Sequence[str]) -> Dataset:
    pairs = zip(dataset.examples, sides, strict=True)
    return replace(dataset, examples=tuple(replace(each, split=str(side)) for each, side in pairs))  # type: ignore[arg-type]


def _without(dataset: Dataset, gone: set[Key]) -> Dataset:
    kept = [number for number, example in enumerate(dataset.examples) if _key(example) not in gone]
    examples = tuple(dataset.examples[number] for number in kept)
    return replace(dataset, examples=examples, folds=tuple(dataset.folds[number] for number in kept if dataset.folds))


def _relabelled(dataset: Dataset, action: Action) -> Dataset:
    keys = {place.key for place in action.places}
    examples = tuple(_called(each, action) if _key(each) in keys else each for each in dataset.examples)
    used = {label for example in examples for label in (*example.labels, *example.absent)}
    labels = [label for label in dataset.labels if label != action.old or label in used]
    labels += [action.label] * (action.label not in labels)
    return replace(dataset, examples=examples, labels=tuple(labels))


def _called(example: Example, action: Action) -> Example:
    def named(labels: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(action.label if label == action.old else label for label in labels))

    events = tuple(
        replace(event, label=action.label) if event.label == action.old else event for event in example.events
    )
    return replace(example, labels=named(example.labels), absent=named(example.absent), events=events)


def _with_group(example: Example) -> Example:
    return example if example.group else replace(example, group=group_of(example))


def _key(example: Example) -> Key:
    return example.path, example.start, example.end
