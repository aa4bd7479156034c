"""From scores to probabilities: what a person judged says how often a model is right at a score.

A score is not a probability, and means something else for every model and label. From thirty judgements of a label on a
logistic curve over the logit of the score is fitted (Platt 1999, "Probabilistic outputs for support vector machines";
for scores of species Wood & Kahl 2024, "Guidelines for appropriate use of BirdNET scores and other detector outputs").

Judgements should come from review over the whole range of scores (`earmark.review.spread_over_scores`): where only sure
or only doubtful events were looked at, or only those that struck the ear, the curve holds for such events alone. They
are taken as independent of each other; a hundred calls of one bird in one recording are worth less than they count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from earmark.annotations import Annotation, now
from earmark.errors import EarmarkError
from earmark.label_names import label_text

ENOUGH = 30  # judgements of a label
EDGE = 1e-4  # scores nearer to 0 or 1 count as this: results are kept in float16
MOST_STEPS = 100
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a model was right at a score, as a person heard it."""

    label: str
    score: float
    is_right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How often a model is right at a score of a label.

    Attributes:
        judged, right: how many judgements it was made from, and how many said that the model was right.
        lowest, highest: the scores that they span; outside it is extrapolation.
        made: ISO 8601, UTC.
    """

    label: str
    slope: float
    intercept: float
    judged: int
    right: int
    lowest: float
    highest: float
    made: str = ""

    def probability(self, score: float) -> float:
        """Return how likely an event of this score is what the label says."""
        return float(self.probabilities(score))

    def probabilities(self, scores: ArrayLike) -> Numbers:
        """Return the same for many scores, in their shape."""
        return sigmoid(self.slope * logit(scores) + self.intercept)

    def covers(self, score: float) -> bool:
        """Return whether scores like this were judged."""
        return self.lowest <= score <= self.highest


def as_plain(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as JSON can hold it."""
    return asdict(calibration)


def from_plain(plain: Mapping[str, Any]) -> Calibration:
    """Return the calibration of `as_plain`; what a newer Earmark may have added is left out."""
    return Calibration(**{name: plain[name] for name in Calibration.__dataclass_fields__ if name in plain})


def judgement_of(annotation: Annotation) -> Judgement | None:
    """Return what an annotation says of the model it answers; None where it answers none.

    The model was right where its event was accepted under its own label, wherever the edges were moved to.
    """
    heard = annotation.answers
    if heard is None or annotation.score is None:
        return None
    is_right = annotation.status == "accepted" and annotation.label == heard.label
    return Judgement(heard.label, annotation.score, is_right)


def calibrate(judgements: Sequence[Judgement]) -> Calibration:
    """Return the calibration of one label.

    Raises:
        EarmarkError: there are too few judgements, or they all say the same.
    """
    if why := why_not(judgements):
        raise EarmarkError(why)
    scores, right = arrays(judgements)
    ((slope, intercept),) = fit(logit(scores), right[None], 1 - right[None]).tolist()
    return Calibration(
        label=judgements[0].label,
        slope=slope,
        intercept=intercept,
        judged=len(judgements),
        right=int(right.sum()),
        lowest=float(scores.min()),
        highest=float(scores.max()),
        made=now(),
    )


def why_not(judgements: Sequence[Judgement]) -> str:
    """Return why one label cannot be calibrated, in a sentence that says what to do; empty where it can."""
    if len({each.label for each in judgements}) > 1:
        raise ValueError("Each label is calibrated by itself.")
    right = sum(each.is_right for each in judgements)
    if len(judgements) < ENOUGH:
        return (
            f"{len(judgements)} of {ENOUGH} judgements: accept or reject {ENOUGH - len(judgements)} more to calibrate."
        )
    name, count = label_text(judgements[0].label), len(judgements)
    if right == count:
        return f"All {count} judged events of {name} are right: lower the threshold and judge less certain ones too."
    if right == 0:
        return f"All {count} judged events of {name} are wrong: no score of it can be relied on yet."
    return ""


def caution(calibration: Calibration) -> str:
    """Return what to bear in mind of a calibration, in a sentence; empty where there is nothing."""
    if calibration.slope <= 0:
        return "Higher scores were not more often right: for this label the score says nothing."
    if min(calibration.right, calibration.judged - calibration.right) < 5:
        fewer = "right" if calibration.right < calibration.judged / 2 else "wrong"
        return f"Fewer than five judged events were {fewer}: the curve is a rough guess."
    return ""


def arrays(judgements: Sequence[Judgement]) -> tuple[Numbers, Numbers]:
    """Return the scores [judgements] and 1 where right, else 0 [judgements]."""
    return np.array([each.score for each in judgements], float), np.array([each.is_right for each in judgements], float)


def logit(scores: ArrayLike) -> Numbers:
    """Return the logarithm of the odds that a score would be, were it a probability."""
    kept = np.clip(np.asarray(scores, float), EDGE, 1 - EDGE)
    return np.log(kept / (1 - kept))


def sigmoid(odds: Numbers) -> Numbers:
    """Return the probability of such a logarithm of odds."""
    return 1 / (1 + np.exp(-np.clip(odds, -700, 700)))


def fit(places: Numbers, right: Numbers, wrong: Numbers) -> Numbers:
    """Return [samples, 2], slope and intercept of the likeliest logistic curve for each of many samples at once.

    Targets are Platt's, just inside 0 and 1, so that judgements which a threshold parts without error have a finite
    curve too. Newton's steps, halved where they would make a sample's curve less likely.

    Args:
        places: [places] on the axis of logits.
        right, wrong: [samples, places], how often each sample has it.
    """
    middle, width = places.mean(), places.std() or 1.0
    axis = (places - middle) / width
    wanted, count = _targets(right, wrong), right + wrong
    curves, part = np.zeros((len(right), 2)), np.ones(len(right))
    loss = _loss(curves, axis, wanted, count)
    for _ in range(MOST_STEPS):
        steps = _newton(curves, axis, wanted, count)
        tried = curves - part[:, None] * steps
        tried_loss = _loss(tried, axis, wanted, count)
        better = tried_loss <= loss
        curves, loss = np.where(better[:, None], tried, curves), np.where(better, tried_loss, loss)
        part = np.where(better, np.minimum(2 * part, 1.0), part / 2)
        if (np.abs(steps).max(1) * part).max() < 1e-8:
            break
    slope = curves[:, 0] / width
    return np.stack([slope, curves[:, 1] - slope * middle], 1)


def _targets(right: Numbers, wrong: Numbers) -> Numbers:
    """Return [samples, places]: the share that counts as right at each place."""
    all_right, all_wrong = right.sum(1, keepdims=True), wrong.sum(1, keepdims=True)
    count = right + wrong
    sums = right * (all_right + 1) / (all_right + 2) + wrong / (all_wrong + 2)
    return np.divide(sums, count, out=np.full_like(sums, 0.5), where=count > 0)


def _newton(curves: Numbers, axis: Numbers, wanted: Numbers, count: Numbers) -> Numbers:
    chance = sigmoid(curves[:, :1] * axis + curves[:, 1:])  # [samples, places]
    off = count * (chance - wanted)
    bend = count * chance * (1 - chance)
    slope, intercept = off @ axis, off.sum(1)
    across, mixed, level = bend @ axis**2 + 1e-9, bend @ axis, bend.sum(1) + 1e-9
    whole = across * level - mixed**2
    return np.stack([level * slope - mixed * intercept, across * intercept - mixed * slope], 1) / whole[:, None]


def _loss(curves: Numbers, axis: Numbers, wanted: Numbers, count: Numbers) -> Numbers:
    heights = curves[:, :1] * axis + curves[:, 1:]
    return (count * (np.logaddexp(0, heights) - wanted * heights)).sum(1)
