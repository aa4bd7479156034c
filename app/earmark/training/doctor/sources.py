"""Which clips are of one source: copies, conflicting copies, leaks across the split, names that say so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from earmark.api import Example
from earmark.audio_file import shown
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.training.doctor.copies import Clusters, Copy
from earmark.training.doctor.findings import Action, Finding, Kind, Place, Remedy, Severity

FEWEST_SOURCES = 5  # that a label must keep for names to be believed: with fewer, they name the label
DAY = re.compile(r"(.*?)((?:19|20)\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d).*")
NUMBERED = re.compile(r"(.+?)[-_ .(]+(?:\d{1,4}|[A-Za-z])\)?")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Which examples are of one source.

    Attributes:
        exact: the same samples, together; near: clips that share sound.
    """

    dataset: Dataset
    exact: Sequence[Sequence[int]]
    near: Sequence[Copy]

    def groups(self) -> list[str]:
        """Return the source of each example: by what the data set says, and by what is shared."""
        examples, first = self.dataset.examples, dict[str, int]()
        clusters = self._shared()
        for number, example in enumerate(examples):
            clusters.join(number, first.setdefault(group_of(example), number))
        return [group_of(examples[clusters.root(number)]) for number in range(len(examples))]

    def copies(self) -> Iterator[Finding]:
        """Yield a finding for the same samples, and for everything else that shares sound, a cluster each."""
        for numbers in self.exact:
            yield self._conflict(numbers, "hold the same sound") or self._exact(numbers)
        for numbers in Clusters((copy.first, copy.second) for copy in self.near).groups():
            yield self._conflict(numbers, "share sound") or self._near(numbers)

    def leaks(self) -> Iterator[Finding]:
        """Yield a finding for each source that is on both sides of the split, or in several folds."""
        members: defaultdict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups()):
            members[group].append(number)
        for group, numbers in members.items():
            if sides := self._straddled(numbers):
                yield Finding(
                    kind=Kind.LEAK,
                    severity=Severity.ERROR,
                    places=tuple(self._place(number) for number in numbers),
                    sentence=self._said_of_leak(group, numbers, sides),
                    advice="Use the honest split: a model is to be judged by sources it never heard.",
                    action=Action(remedy=Remedy.SPLIT),
                )

    def _shared(self) -> Clusters:
        clusters = Clusters((copy.first, copy.second) for copy in self.near)
        for first, *others in self.exact:
            for other in others:
                clusters.join(first, other)
        return clusters

    def _exact(self, numbers: Sequence[int]) -> Finding:
        kept = max(numbers, key=lambda number: (self.dataset.examples[number].split != "train", -number))
        others = tuple(self._place(number) for number in numbers if number != kept)
        return Finding(
            kind=Kind.EXACT,
            severity=Severity.WARNING,
            places=tuple(map(self._place, numbers)),
            sentence=f"{self._named(numbers)} hold the very same sound.",
            advice="Leave out all but one: it would count several times.",
            action=Action(remedy=Remedy.LEAVE_OUT, places=others),
        )

    def _near(self, numbers: Sequence[int]) -> Finding:
        places, copies = tuple(map(self._place, numbers)), self._among(numbers)
        known = len({group_of(self.dataset.examples[number]) for number in numbers}) == 1
        return Finding(
            kind=Kind.NEAR,
            severity=Severity.NOTE if known else Severity.WARNING,
            places=places,
            sentence=f"{self._named(numbers)} share sound{_seconds(copies)}.",
            advice="Keep them together: crops and copies of one recording belong on one side of a split.",
            action=None if known else Action(remedy=Remedy.JOIN, places=places),
            certainty=min(copy.likeness for copy in copies),
        )

    def _conflict(self, numbers: Sequence[int], what: str) -> Finding | None:
        """Return a finding where clips of the same sound have no label in common; a majority is believed."""
        labels = {number: self.dataset.examples[number].labels for number in numbers}
        if set.intersection(*map(set, labels.values())) or not all(labels.values()):
            return None
        usual, count = Counter(labels.values()).most_common(1)[0]
        doubted = [number for number in numbers if labels[number] != usual or 2 * count <= len(numbers)]
        said = "; ".join(f"“{', '.join(each)}”" for each in dict.fromkeys(labels.values()))
        return Finding(
            kind=Kind.CONFLICT,
            severity=Severity.ERROR,
            places=tuple(map(self._place, numbers)),
            sentence=f"{self._named(numbers)} {what} and have different labels: {said}.",
            advice="Listen, and correct the wrong ones; or leave those out that may be wrong.",
            action=Action(remedy=Remedy.LEAVE_OUT, places=tuple(map(self._place, doubted))),
        )

    def _straddled(self, numbers: Sequence[int]) -> list[str]:
        """Return the side, or the fold, of each where they must not differ; nothing where all is well."""
        sides = [self.dataset.examples[number].split for number in numbers]
        if "train" in sides and len(set(sides)) > 1:
            return list(sides)
        folds = [f"fold {self.dataset.folds[number]}" for number in numbers] if self.dataset.folds else []
        return folds if len(set(folds)) > 1 else []

    def _said_of_leak(self, group: str, numbers: Sequence[int], sides: Sequence[str]) -> str:
        side_of = dict(zip(numbers, sides, strict=True))
        names = {number: f"{self._name(number)} ({side})" for number, side in side_of.items()}
        for copy in self._among(numbers):
            if side_of[copy.first] != side_of[copy.second]:
                return f"{names[copy.first]} and {names[copy.second]} share sound{_seconds([copy])}."
        for same in self.exact:
            if same[0] in side_of and len({side_of[number] for number in same}) > 1:
                return f"{' and '.join(names[number] for number in same[:3])} hold the very same sound."
        said = ", ".join(f"{count} in {side}" for side, count in Counter(sides).most_common())
        return f"Clips of the source “{Path(group).name}” are on both sides: {said}."

    def _place(self, number: int) -> Place:
        if number not in self._copies_of:
            return Place.of(self.dataset.examples[number])
        copy = self._copies_of[number][0]
        return Place.of(self.dataset.examples[number], copy.in_first if copy.first == number else copy.in_second)

    @cached_property
    def _copies_of(self) -> dict[int, list[Copy]]:
        found: defaultdict[int, list[Copy]] = defaultdict(list)
        for copy in self.near:
            found[copy.first].append(copy)
            found[copy.second].append(copy)
        return dict(found)

    def _among(self, numbers: Sequence[int]) -> list[Copy]:
        """Return the copies that some examples have part in; all of a cluster's are among themselves."""
        return [copy for number in numbers for copy in self._copies_of.get(number, ()) if copy.first == number]

    def _name(self, number: int) -> str:
        return shown(self.dataset.examples[number].path)

    def _named(self, numbers: Sequence[int]) -> str:
        names = [self._name(number) for number in numbers]
        if len(names) > 3:
            return f"{names[0]}, {names[1]} and {len(names) - 2} more"
        return " and ".join((", ".join(names[:-1]), names[-1]))


def _seconds(copies: Sequence[Copy]) -> str:
    return f" for {max(copy.in_first[1] - copy.in_first[0] for copy in copies):.1f} s"


def group_of(example: Example) -> str:
    """Return the source that the data set names; the file itself where it names none."""
    return example.group or str(example.path)


def alike_by_name(dataset: Dataset, groups: Sequence[str]) -> Iterator[Finding]:
    """Yield clips whose names say that they were made in one go: on one day, or numbered takes of one recording.

    Names are believed where every label keeps several sources; `dog_001` to `dog_400` name the label.
    """
    for rule, what in ((day_of, "of one day"), (take_of, "takes of one recording")):
        named = {number: name for number, each in enumerate(dataset.examples) if (name := rule(each.path))}
        if _keeps_sources(dataset, groups, named):
            yield from _alike(dataset, groups, named, what)
            return


def day_of(path: Path) -> str:
    """Return the day on which a recording was made, and what stands before it, as its name says; else nothing."""
    found = DAY.fullmatch(path.stem)
    if not found:
        return ""
    try:
        day = date(int(found[2]), int(found[3]), int(found[4]))
    except ValueError:
        return ""
    return f"{found[1]}{day}"


def take_of(path: Path) -> str:
    """Return a name without the number of the take; nothing where it has none."""
    found = NUMBERED.fullmatch(path.stem)
    return f"{path.parent}/{found[1].casefold()}" if found else ""


def _keeps_sources(dataset: Dataset, groups: Sequence[str], named: Mapping[int, str]) -> bool:
    before: defaultdict[str, set[str]] = defaultdict(set)
    after: defaultdict[str, set[str]] = defaultdict(set)
    for number, example in enumerate(dataset.examples):
        for label in example.labels:
            before[label].add(groups[number])
            after[label].add(named.get(number, groups[number]))
    return bool(named) and all(len(after[label]) >= min(FEWEST_SOURCES, len(before[label])) for label in before)


def _alike(dataset: Dataset, groups: Sequence[str], named: Mapping[int, str], what: str) -> Iterator[Finding]:
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in named.items():
        members[name].append(number)
    for numbers in members.values():
        if len({groups[number] for number in numbers}) < 2:
            continue
        examples = [dataset.examples[number] for number in numbers]
        straddle = len({example.split for example in examples}) > 1
        yield Finding(
            kind=Kind.ALIKE,
            severity=Severity.WARNING if straddle else Severity.NOTE,
            places=(places := tuple(map(Place.of, examples))),
            sentence=f"{shown(examples[0].path)} and {counted(len(examples) - 1, 'other')} seem to be {what}, by name."
            + (" They are on both sides of the split." if straddle else ""),
            advice="Keep them together: they share place, microphone and weather.",
            action=Action(remedy=Remedy.JOIN, places=places),
            certainty=0.7,
        )
