"""Several models on one recording: their tags beside each other, and what they are called by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earmark.label_names import name_read

MOST = 5  # models at once: more groups of lanes than that nobody can read
LETTERS = "ABCDE"  # by which they are called where there is no room for titles


@dataclass(frozen=True, slots=True)
class TagRow:
    """A label with its score by each model; None where a model does not know it."""

    label: str
    scores: tuple[float | None, ...]


def tags_beside(tags: Sequence[Sequence[tuple[str, float]]]) -> list[TagRow]:
    """Return the labels of several models, each once, the highest score of any first.

    Args:
        tags: of each model, its labels and their scores.
    """
    by_name = [_by_name(each) for each in tags]
    written = {name_read(label): label for each in reversed(tags) for label, _ in each}  # as the first model does
    rows = [TagRow(label, tuple(each.get(name) for each in by_name)) for name, label in written.items()]
    return sorted(rows, key=lambda row: (-max(score for score in row.scores if score is not None), row.label))


def _by_name(tags: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for label, score in tags:
        name = name_read(label)
        found[name] = max(score, found.get(name, 0.0))
    return found


def heard_by(places: Sequence[int], titles: Sequence[str]) -> str:
    """Return who heard something, as people read it: "A and C"."""
    names = [titles[place] for place in places]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
