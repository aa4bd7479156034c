"""Labels that seem wrong: two light classifiers, which never heard a clip nor its sources, agree on another label.

Source of the idea: Northcutt, Jiang, Chuang, Confident Learning, 2021. Clips are judged in cross-validation with whole
sources held out; a clip is suspected where both together are much surer of another label than of its own.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.api import Cancelled, Example, Float
from earmark.audio_file import shown
from earmark.counted import counted
from earmark.training.doctor.findings import Action, Finding, Kind, Place, Remedy, Severity
from earmark.training.doctor.hearing import Told

FOLDS, ROUNDS, TREES = 5, 2, 200
FEWEST_CLIPS, FEWEST_SOURCES = 8, 5  # of a label that can be judged
MANY = 5000  # clips: beyond, one round is enough and takes minutes
MARGIN = 0.28  # of probability; on ESC-10 with every twentieth label wrong 8 of 10 exceed it, and 2 in 100 right ones
TOO_MANY = 0.25  # of the clips: then the classifiers do not hear what the labels are about


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What was judged: findings, or a sentence on why not."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def suspected_labels(
    examples: Sequence[Example],
    textures: Sequence[Float],
    groups: Sequence[str],
    told: Told,
    cancelled: Callable[[], bool],
) -> Opinion:
    """Return the clips of one label that sound like another, and what was not judged.

    Args:
        textures: of each example, [width]; empty where it could not be heard.

    Raises:
        Cancelled: `cancelled` said so.
    """
    chosen, notes = _judgeable(examples, textures, groups)
    names, given = np.unique([examples[at].labels[0] for at in chosen], return_inverse=True)
    if len(names) < 2:
        return Opinion(notes=(*notes, "Labels were not checked by ear: two with enough clips and sources are needed."))
    width = np.stack([textures[at] for at in chosen])
    probabilities = _cross_validated(width, given, [groups[at] for at in chosen], told, cancelled)
    wrong = suspected(probabilities, given)
    if len(wrong) > TOO_MANY * len(chosen):
        said = "Labels were not checked by ear: what tells these apart is not heard in their timbre."
        return Opinion(notes=(*notes, said))
    found = [(examples[chosen[at]], str(names[given[at]]), str(names[other]), sure) for at, other, sure in wrong]
    return Opinion(findings=tuple(_finding(*each) for each in found), notes=tuple(notes))


def suspected(probabilities: np.ndarray, given: np.ndarray) -> list[tuple[int, int, float]]:
    """Return (clip, the other label, its probability) of those whose label seems wrong.

    Args:
        probabilities: [clips, labels], by classifiers that did not hear the clip.
        given: the label of each.
    """
    own = probabilities[np.arange(len(given)), given]
    other, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = sure - own >= MARGIN
    return [(int(at), int(other[at]), float(sure[at])) for at in np.flatnonzero(wrong)]


def _judgeable(
    examples: Sequence[Example], textures: Sequence[Float], groups: Sequence[str]
) -> tuple[list[int], list[str]]:
    """Return which examples can be judged, and sentences on those that cannot."""
    single = [at for at, each in enumerate(examples) if len(each.labels) == 1 and len(textures[at])]
    clips = Counter(examples[at].labels[0] for at in single)
    sources = Counter(label for label, _ in {(examples[at].labels[0], groups[at]) for at in single})
    enough = {label for label in clips if clips[label] >= FEWEST_CLIPS and sources[label] >= FEWEST_SOURCES}
    notes = []
    if several := sum(len(each.labels) > 1 for each in examples):
        notes.append(f"{counted(several, 'clip')} with several labels: whether these are right was not checked.")
    if lacking := sorted(set(clips) - enough):
        notes.append(f"Whether clips of {', '.join(lacking[:5])} are right was not checked: there are too few.")
    return [at for at in single if examples[at].labels[0] in enough], notes


def _cross_validated(
    vectors: Float, given: np.ndarray, groups: Sequence[str], told: Told, cancelled: Callable[[], bool]
) -> np.ndarray:
    """Return the probabilities [clips, labels] by classifiers trained on other sources."""
    from sklearn.model_selection import StratifiedGroupKFold

    rounds = 1 if len(given) > MANY else ROUNDS
    summed = np.zeros((len(given), int(given.max()) + 1))
    for number in range(rounds):
        kept = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=number)
        for fold, (trained, held) in enumerate(kept.split(vectors, given, groups)):
            for model in _classifiers(number):
                if cancelled():
                    raise Cancelled
                with warnings.catch_warnings(action="ignore"):  # that it might converge further
                    model.fit(vectors[trained], given[trained])
                summed[np.ix_(held, model.classes_)] += model.predict_proba(vectors[held])
            told(number * FOLDS + fold + 1, rounds * FOLDS, "Judging labels")
    return summed / (2 * rounds)


def _classifiers(seed: int) -> Iterator[Any]:
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    yield make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    yield ExtraTreesClassifier(TREES, min_samples_leaf=2, random_state=seed)


def _finding(example: Example, given: str, other: str, sure: float) -> Finding:
    place = Place.of(example)
    return Finding(
        kind=Kind.SUSPECT,
        severity=Severity.WARNING,
        places=(place,),
        sentence=f"{shown(example.path)} is labelled “{given}” and sounds like “{other}”.",
        advice="Listen to it; relabel it, or keep it: hard clips are suspected too.",
        action=Action(remedy=Remedy.RELABEL, places=(place,), old=given, label=other),
        certainty=min(sure, 0.99),
    )
