"""What a trained network said of the clips that were held out, as its job's folder keeps it; thresholds from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earmark.api import Example, Float, TrainJob
from earmark.evaluation.tag_scores import Bools, TagScores, tag_scores
from earmark.events import DEFAULT_THRESHOLD

FILE = "judged.npz"
ENOUGH = 5  # clips with a label, below which a threshold would be chance
LOWEST, HIGHEST = 0.02, 0.98


@dataclass(frozen=True)
class Side:
    """One side of a split as it was judged.

    Attributes:
        scores: [clips, labels] in 0..1.
        truth: [clips, labels].
    """

    examples: tuple[Example, ...]
    scores: Float
    truth: Bools

    @property
    def is_single_label(self) -> bool:
        """Whether no clip has several labels."""
        return bool((self.truth.sum(1) <= 1).all())

    def tags(self, labels: Sequence[str]) -> TagScores | None:
        """Return how well the clips were told; None where there are none."""
        if not self.examples:
            return None
        return tag_scores(self.scores, self.truth, labels, is_single_label=self.is_single_label)


def read_judged(job: TrainJob) -> dict[str, Side] | None:
    """Return "validate" and "test" of a job; None where it has not come so far."""
    try:
        with np.load(job.folder / FILE) as kept:
            numbers, scores, truth = kept["numbers"], kept["scores"], kept["truth"] > 0
    except (OSError, ValueError, KeyError):
        return None
    examples = [job.examples[number] for number in numbers]
    return {split: _side(split, examples, scores, truth) for split in ("validate", "test")}


def _side(split: str, examples: Sequence[Example], scores: Float, truth: Bools) -> Side:
    own = [place for place, example in enumerate(examples) if example.split == split]
    return Side(tuple(examples[place] for place in own), scores[own], truth[own])


def best_thresholds(side: Side, labels: Sequence[str]) -> dict[str, float]:
    """Return label → the score from which it counts best, by F1; labels with too few clips are left out."""
    pairs = zip(labels, side.scores.T, side.truth.T, strict=True)
    return {label: _best(scores, truth) for label, scores, truth in pairs if truth.sum() >= ENOUGH}


def _best(scores: Float, truth: Bools) -> float:
    """Return the threshold of the highest F1: of equals the middle one, halfway between two clips' scores."""
    ordered = np.unique(scores)
    middles = (ordered[1:] + ordered[:-1]) / 2 if len(ordered) > 1 else np.array([DEFAULT_THRESHOLD])
    told = scores[None] >= middles[:, None]  # [thresholds, clips]
    f1 = 2 * (told & truth).sum(1) / (told.sum(1) + truth.sum())
    best = np.flatnonzero(f1 == f1.max())
    return float(np.clip(middles[best[len(best) // 2]], LOWEST, HIGHEST))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The lowest score from which a label is right as often as is wanted; None where it never is.

    Attributes:
        kept, right: clips from there on, and how many of them have the label; `recall` is of all that do.
    """

    threshold: float | None = None
    kept: int = 0
    right: int = 0
    recall: float = 0.0


def for_precision(scores: Float, truth: Bools, wanted: float) -> Wanted:
    """Return from which score on a label is right with a precision, over these clips [clips]."""
    order = np.argsort(-scores, kind="stable")
    ordered, right = scores[order], np.cumsum(truth[order])
    last_of_ties = np.append(ordered[1:] != ordered[:-1], True)
    enough = (right / np.arange(1, len(order) + 1) >= wanted) & last_of_ties
    if not enough.any() or not truth.any():
        return Wanted()
    place = int(np.flatnonzero(enough)[-1])
    known = int(right[place])
    return Wanted(threshold=float(ordered[place]), kept=place + 1, right=known, recall=known / int(truth.sum()))
