"""How well clips are tagged: accuracy, average precision, the area under the ROC curve, d′, confusion."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LabelScores:
    """How well one label is told; None where it cannot be said.

    Attributes:
        clips: how many have it.
        threshold: from which score it counted for precision and recall; None where the highest label did.
    """

    label: str
    clips: int
    average_precision: float | None = None
    auc: float | None = None
    precision: float | None = None
    recall: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, kw_only=True)
class TagScores:
    """How well clips are tagged.

    Attributes:
        accuracy, top_5: of the clips that have one label each; None where clips have several, the latter also where
            there are no more than five labels.
        mean_average_precision, auc: means over the labels of which there are clips.
        d_prime: √2·Φ⁻¹ of the mean AUC; infinite where that is 1.
        confusion: [true labels, told labels], counts; None where clips have several labels.
    """

    clips: int
    labels: tuple[LabelScores, ...]
    accuracy: float | None = None
    top_5: float | None = None
    mean_average_precision: float | None = None
    auc: float | None = None
    d_prime: float | None = None
    confusion: NDArray[np.int64] | None = field(default=None, compare=False)


def tag_scores(
    scores: Float,
    truth: Bools,
    labels: Sequence[str],
    *,
    is_single_label: bool,
    thresholds: Mapping[str, float] | None = None,
    threshold: float = 0.5,
) -> TagScores:
    """Return how well clips are tagged.

    Args:
        scores: [clips, labels].
        truth: [clips, labels].
        is_single_label: no clip has several labels: the highest score is the answer. Clips without any then count as
            negatives of every label, and not in the accuracy.
        thresholds, threshold: from which a label counts, where a clip may have several.
    """
    told = _told(scores, labels, is_single_label, thresholds or {}, threshold)
    limits = None if is_single_label else [(thresholds or {}).get(label, threshold) for label in labels]
    by_label = tuple(
        _label_scores(label, scores[:, place], truth[:, place], told[:, place], limits[place] if limits else None)
        for place, label in enumerate(labels)
    )
    auc = _mean([each.auc for each in by_label])
    accuracy, top_5, table = _single(scores, truth) if is_single_label else (None, None, None)
    return TagScores(
        clips=len(scores),
        labels=by_label,
        mean_average_precision=_mean([each.average_precision for each in by_label]),
        auc=auc,
        d_prime=None if auc is None else d_prime(auc),
        accuracy=accuracy,
        top_5=top_5,
        confusion=table,
    )


def average_precision(truth: Bools, scores: Float) -> float:
    """Return the average precision of one label: precision weighted by each step of recall, as scikit-learn's.

    Args:
        truth, scores: [clips]; at least one is true.
    """
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    right = np.cumsum(truth[order])[last_of_ties]
    recall = np.concatenate([[0.0], right / right[-1]])
    return float(np.sum(np.diff(recall) * right / (last_of_ties + 1)))


def roc_auc(truth: Bools, scores: Float) -> float:
    """Return how often a clip with the label scores above one without; equal scores count half.

    Args:
        truth, scores: [clips]; some are true and some are not.
    """
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    positives = int(truth.sum())
    surplus = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(surplus / (positives * (len(truth) - positives)))


def d_prime(auc: float) -> float:
    """Return √2·Φ⁻¹(AUC): how far apart two normal distributions are that give this AUC."""
    if not 0 < auc < 1:
        return math.copysign(math.inf, auc - 0.5)
    return math.sqrt(2) * NormalDist().inv_cdf(auc)


def confusion(true: NDArray[np.int64], told: NDArray[np.int64], labels: int) -> NDArray[np.int64]:
    """Return how often each label [true, told] was taken for which.

    Args:
        true, told: the label of each clip, by its place.
    """
    return np.bincount(true * labels + told, minlength=labels * labels).reshape(labels, labels)


def _told(
    scores: Float, labels: Sequence[str], is_single: bool, thresholds: Mapping[str, float], threshold: float
) -> Bools:
    if is_single:
        return np.arange(scores.shape[1]) == scores.argmax(axis=1)[:, None]
    return scores >= np.array([thresholds.get(label, threshold) for label in labels], np.float32)


def _label_scores(label: str, scores: Float, truth: Bools, told: Bools, threshold: float | None) -> LabelScores:
    there, right = int(truth.sum()), int((truth & told).sum())
    return LabelScores(
        label=label,
        clips=there,
        average_precision=average_precision(truth, scores) if there else None,
        auc=roc_auc(truth, scores) if 0 < there < len(truth) else None,
        precision=right / int(told.sum()) if told.any() else None,
        recall=right / there if there else None,
        threshold=threshold,
    )


def _single(scores: Float, truth: Bools) -> tuple[float, float | None, NDArray[np.int64]] | tuple[None, None, None]:
    """Return accuracy, top five and confusion over the clips that have a label; None where none has."""
    labelled = truth.any(axis=1)
    if not labelled.any():
        return None, None, None
    true, ranked = truth[labelled].argmax(axis=1), np.argsort(-scores[labelled], axis=1, kind="stable")
    hits = ranked == true[:, None]
    table = confusion(true, ranked[:, 0], scores.shape[1])
    top_5 = float(hits[:, :5].any(axis=1).mean()) if scores.shape[1] > 5 else None
    return float(hits[:, 0].mean()), top_5, table


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
