"""How far a model's scores can be relied on, from what a person judged: the curve, the error, the threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from earmark.calibration import (
    Calibration,
    Judgement,
    Numbers,
    arrays,
    calibrate,
    caution,
    fit,
    logit,
    sigmoid,
    why_not,
)
from earmark.score_text import per_cent

MOST_BINS, FEWEST_IN_BIN = 10, 6
FOLDS = 10
RESAMPLES = 500
TAILS = (0.025, 0.975)
MOST_PLACES = 128  # that resamples are counted in; more judgements are put together with their neighbours
PLACES = 1_000  # thresholds are looked for in thousandths
NORMAL = 1.959964  # standard deviations on both sides of 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Bin:
    """Judgements of similar scores.

    Attributes:
        score: their mean; right: the share that was right.
        low, high: Wilson's 95 % interval of that share.
    """

    score: float
    right: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """A threshold for a wanted precision.

    Attributes:
        threshold: None where no score reaches it.
        best: the precision of the surest events.
        low, high: 95 % of resamples have their threshold between; None: so many of them reach the precision nowhere.
        kept, kept_right: how many of the judged events it keeps, and how many of them are right.
        recall: the share of the judged events that are right which it keeps.
    """

    wanted: float
    best: float
    threshold: float | None = None
    low: float | None = None
    high: float | None = None
    kept: int = 0
    kept_right: int = 0
    recall: float = 0.0

    @property
    def sentence(self) -> str:
        """What a person should know of it."""
        wanted = per_cent(self.wanted)
        if self.threshold is None:
            return f"No threshold reaches {wanted}: of the surest judged events about {per_cent(self.best)} are right."
        if self.low is None:
            between = "on so few judgements it is a guess"
        else:
            between = f"95 % interval {self.low:.2f} to " + (
                "out of reach" if self.high is None else f"{self.high:.2f}"
            )
        return (
            f"From {self.threshold:.2f} on about {wanted} are right ({between}). Of the judged ones it keeps "
            f"{self.kept}, {self.kept_right} of them right: {per_cent(self.recall)} of those that are."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """All that judgements say of one label's scores.

    Attributes:
        why_not: why there is no calibration; empty where there is one.
        caution: what to bear in mind of it.
        before, after: the mean squared errors of scores and probabilities.
    """

    label: str
    judged: int
    right: int
    bins: Sequence[Bin]
    why_not: str = ""
    calibration: Calibration | None = None
    caution: str = ""
    aim: Aim | None = None
    before: float = 0.0
    after: float = 0.0


def study(label: str, judgements: Sequence[Judgement], wanted: float, scores: Sequence[float] = ()) -> Study:
    """Return what the judgements of a label say, and the threshold for a wanted precision; see `threshold_for`."""
    right = sum(each.is_right for each in judgements)
    known = Study(label=label, judged=len(judgements), right=right, bins=reliability(judgements))
    if why := why_not(judgements):
        return replace(known, why_not=why)
    calibration = calibrate(judgements)
    before, after = brier(judgements)
    return replace(
        known,
        calibration=calibration,
        caution=caution(calibration),
        aim=threshold_for(wanted, judgements, scores=scores),
        before=before,
        after=after,
    )


def reliability(judgements: Sequence[Judgement]) -> list[Bin]:
    """Return the share that was right over the score, in bins of as many judgements each."""
    count = min(MOST_BINS, max(1, len(judgements) // FEWEST_IN_BIN)) if judgements else 0
    ordered = sorted(judgements, key=lambda each: each.score)
    parts = [ordered[len(ordered) * each // count : len(ordered) * (each + 1) // count] for each in range(count)]
    return [_bin(part) for part in parts]


def _bin(judgements: Sequence[Judgement]) -> Bin:
    right = sum(each.is_right for each in judgements)
    low, high = wilson(right, len(judgements))
    mean = math.fsum(each.score for each in judgements) / len(judgements)
    return Bin(mean, right / len(judgements), low, high, len(judgements))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    share, square = right / count, NORMAL**2 / count
    middle = (share + square / 2) / (1 + square)
    half = NORMAL * math.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def brier(judgements: Sequence[Judgement]) -> tuple[float, float]:
    """Return the mean squared error of the scores, and of the probabilities; lower is better.

    The probability of each judgement is of a curve fitted to other judgements: ten-fold cross-validation.
    """
    scores, right = arrays(judgements)
    fold = np.random.default_rng(0).permutation(len(right)) % FOLDS
    others = (fold[None] != np.arange(FOLDS)[:, None]).astype(float)  # [folds, judgements]
    curves = fit(logit(scores), others * right, others * (1 - right))[fold]
    chances = _chances(curves[:, 0], curves[:, 1], scores)
    return float(np.mean((scores - right) ** 2)), float(np.mean((chances - right) ** 2))


def threshold_for(
    wanted: float, judgements: Sequence[Judgement], *, scores: Sequence[float] = (), resamples: int = RESAMPLES
) -> Aim:
    """Return the lowest threshold at which the events that are left are right with the wanted precision.

    The precision at a threshold is the mean probability, of the curve that fits the judgements, over all events of
    at least that score. The interval is of curves fitted to judgements drawn anew, with replacement; always the same
    draws.

    Args:
        wanted: 0..1.
        judgements: of one label.
        scores: of all events of the label; the judged ones stand for them where none are given.

    Raises:
        EarmarkError: the judgements do not suffice for a calibration.
    """
    judged, right = arrays(judgements)
    curve = calibrate(judgements)
    known = [score for score in scores if curve.covers(score)] or judged  # outside the judged scores nothing is known
    places, numbers = np.unique(np.floor(np.asarray(known) * PLACES) / PLACES, return_counts=True)
    counts = numbers.astype(float)
    own = np.array([[curve.slope, curve.intercept]])
    threshold, best = _lowest(wanted, own, places, counts).item(), float(_precisions(own, places, counts).max())
    if not math.isfinite(threshold):
        return Aim(wanted=wanted, best=best)
    drawn = np.sort(_lowest(wanted, _drawn_curves(logit(judged), right, resamples), places, counts))
    low, high = (drawn[round(part * (resamples - 1))] for part in TAILS)
    return Aim(
        wanted=wanted,
        best=best,
        threshold=threshold,
        low=float(low) if math.isfinite(low) else None,
        high=float(high) if math.isfinite(high) else None,
        kept=int((judged >= threshold).sum()),
        kept_right=int(right[judged >= threshold].sum()),
        recall=float(right[judged >= threshold].sum() / right.sum()),
    )


def _lowest(wanted: float, curves: Numbers, places: Numbers, counts: Numbers) -> Numbers:
    """Return for each curve the lowest place from which on the precision is as wanted; infinity where none is."""
    reached = _precisions(curves, places, counts) >= wanted
    return np.where(reached.any(1), places[reached.argmax(1)], np.inf)


def _precisions(curves: Numbers, places: Numbers, counts: Numbers) -> Numbers:
    """Return [curves, places]: the mean chance of the events from each place on."""
    chances = _chances(curves[:, :1], curves[:, 1:], places) * counts
    return np.cumsum(chances[:, ::-1], 1)[:, ::-1] / np.cumsum(counts[::-1])[::-1]


def _chances(slopes: Numbers, intercepts: Numbers, scores: Numbers) -> Numbers:
    return sigmoid(slopes * logit(scores) + intercepts)


def _drawn_curves(places: Numbers, right: Numbers, resamples: int) -> Numbers:
    """Return [resamples, 2]: the curves of as many judgements, drawn with replacement."""
    cells, at = np.unique(places, return_inverse=True)
    if len(cells) > MOST_PLACES:
        at = np.argsort(np.argsort(places)) * MOST_PLACES // len(places)
        cells = np.bincount(at, places) / np.bincount(at)
    shares = np.concatenate([np.bincount(at, each, len(cells)) for each in (right, 1 - right)]) / len(places)
    drawn = np.random.default_rng(0).multinomial(len(places), shares, resamples).astype(float)
    return fit(cells, drawn[:, : len(cells)], drawn[:, len(cells) :])
