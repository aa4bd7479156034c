"""What is wrong with the labels, before any sound is heard: too few, uneven, spelled in two ways."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from earmark.api import Example
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.training.doctor.findings import Action, Finding, Kind, Place, Remedy, Severity

FEWEST_CLIPS, FEWEST_SOURCES = 10, 5  # of a label: with less, what is held out says nothing
UNEVEN = 10  # times as many clips as the rarest label
LONG_NAME = 6  # letters: shorter words that differ in one are mostly two words
RARE = 0.2  # of the clips of the other spelling: a slip is rarer than what was meant


def few(dataset: Dataset, groups: Sequence[str]) -> Iterator[Finding]:
    """Yield the labels that have too few clips, or clips of too few sources."""
    for label, examples in _by_label(dataset.examples).items():
        sources = len(
            {group for example, group in zip(dataset.examples, groups, strict=True) if label in example.labels}
        )
        if len(examples) >= FEWEST_CLIPS and sources >= FEWEST_SOURCES:
            continue
        yield Finding(
            kind=Kind.FEW,
            severity=Severity.ERROR if sources < 2 else Severity.WARNING,
            places=tuple(map(Place.of, examples)),
            sentence=f"“{label}” has {counted(len(examples), 'clip')} of {counted(sources, 'source')}.",
            advice=f"Record more, elsewhere, on other days: {FEWEST_CLIPS} clips of {FEWEST_SOURCES} sources or more.",
        )


def imbalance(dataset: Dataset) -> Iterator[Finding]:
    """Yield a finding where some labels have many times as many clips as others."""
    counts = {label: count for label, count in dataset.counts().items() if count}
    if len(counts) < 2 or max(counts.values()) < UNEVEN * min(counts.values()):
        return
    most, fewest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    yield Finding(
        kind=Kind.IMBALANCE,
        severity=Severity.NOTE,
        sentence=f"“{most}” has {counted(counts[most], 'clip')}, “{fewest}” {counts[fewest]}.",
        advice="Train with balanced sampling, or add clips of the rare ones; look at the figures of each label.",
    )


def spellings(dataset: Dataset) -> Iterator[Finding]:
    """Yield the labels that seem to be one, spelled in several ways: the rarer are to become the most frequent."""
    counts = {label: count for label, count in dataset.counts().items() if count}
    examples, settled = _by_label(dataset.examples), set[str]()
    for first, second in combinations(sorted(counts, key=lambda label: (-counts[label], label)), 2):
        if second in settled or not are_one(first, second, counts):
            continue
        settled.add(second)
        places = tuple(map(Place.of, examples[second]))
        yield Finding(
            kind=Kind.SPELLING,
            severity=Severity.ERROR if plain(first) == plain(second) else Severity.WARNING,
            places=places,
            sentence=f"“{second}” ({counts[second]}) looks like “{first}” ({counts[first]}), spelled otherwise.",
            advice=f"Call both “{first}”, if they are one; a model would have to tell them apart.",
            action=Action(remedy=Remedy.RELABEL, places=places, old=second, label=first),
            certainty=1.0 if plain(first) == plain(second) else 0.7,
        )


def are_one(frequent: str, rare: str, counts: Mapping[str, int]) -> bool:
    """Tell whether two labels are likely one: the same letters, a plural, or a slip in a rare one."""
    first, second = plain(frequent), plain(rare)
    if first == second or f"{first}s" == second or first == f"{second}s":
        return True
    if min(len(first), len(second)) < LONG_NAME or counts[rare] > RARE * counts[frequent]:
        return False
    return re.sub(r"\d+", "", first) != re.sub(r"\d+", "", second) and differ_in_one(first, second)


def plain(label: str) -> str:
    """Return a label without case, spaces and signs."""
    return "".join(letter for letter in label.casefold() if letter.isalnum()) or label


def differ_in_one(first: str, second: str) -> bool:
    """Tell whether one letter was left out, added, replaced, or two were exchanged."""
    if abs(len(first) - len(second)) > 1:
        return False
    begin = next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    rests = [(first[begin + 1 :], second[begin + 1 :]), (first[begin + 1 :], second[begin:])]
    rests += [(first[begin:], second[begin + 1 :])]
    swapped = first[begin : begin + 2] == second[begin : begin + 2][::-1] and first[begin + 2 :] == second[begin + 2 :]
    return swapped or any(one == other for one, other in rests)


def _by_label(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        for label in example.labels:
            found[label].append(example)
    return dict(found)
