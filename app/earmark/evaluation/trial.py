"""One model on one data set: what it says of each clip is collected, and scored in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from earmark.analysis import Analysis, Heading, Pool
from earmark.api import Example, Float, Heard, StrongLabel
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.errors import DatasetError, EarmarkError
from earmark.evaluation import htsat_protocol
from earmark.evaluation.embeddings import (
    EmbeddingMap,
    MapPoint,
    Quality,
    embedding_map,
    embedding_quality,
    map_method,
)
from earmark.evaluation.event_scores import EventLists, Timed
from earmark.evaluation.event_trial import COLLAR, POINTS, EventScores, judge_events, strong_truth, whole
from earmark.evaluation.label_match import LabelMatch, match_labels
from earmark.evaluation.tag_scores import TagScores, tag_scores
from earmark.events import DEFAULT_THRESHOLD, EventSettings, find_events

NAMED = 5  # labels that a sentence lists


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How a model is heard and judged.

    Attributes:
        pool: how a clip's scores are made of those of its windows.
        threshold: one for all labels; None is each label's own, and Earmark's default where it has none.
        collar: seconds, for event-based F1.
        label_map: of the data set's labels, which of the model's are meant.
        draws_map: also judge embeddings, and lay them out on a plane.
    """

    pool: Pool = "max"
    threshold: float | None = None
    collar: float = COLLAR
    label_map: Mapping[str, Sequence[str]] = field(default_factory=dict)
    draws_map: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it.

    Attributes:
        tags, events, quality, map: None where they were not asked for, or cannot be said; `warnings` says why.
        failures: the clips that could not be heard.
    """

    model_id: str
    weights: str
    match: LabelMatch
    clips: int
    tags: TagScores | None
    events: EventScores | None
    quality: Quality | None
    map: EmbeddingMap | None
    failures: tuple[tuple[Path, EarmarkError], ...]
    warnings: tuple[str, ...]


@dataclass
class _Heard:
    example: Example
    scores: Float  # [known labels]
    duration: float
    embedding: Float | None = None
    events: list[Timed] = field(default_factory=list)
    points: list[list[Timed]] = field(default_factory=list)


class Trial:
    """Collects what one model says of the examples of a data set.

    Raises:
        DatasetError: the model knows none of the labels.
    """

    def __init__(self, dataset: Dataset, examples: Sequence[Example], heading: Heading, conditions: Conditions) -> None:
        self._dataset, self._examples, self._heading, self._how = dataset, tuple(examples), heading, conditions
        self.match = match_labels(heading.labels, dataset.labels, conditions.label_map)
        if not self.match.labels:
            hint = f"It has {', '.join(dataset.labels[:NAMED])}; say with --labels-map what they are called here."
            raise DatasetError(f"{heading.model_id} knows none of the data set's labels.", hint=hint)
        self._truth = strong_truth(self._examples) if any(example.events for example in self._examples) else {}
        own = self.match.thresholds(heading.labels, heading.thresholds) if conditions.threshold is None else {}
        threshold = DEFAULT_THRESHOLD if conditions.threshold is None else conditions.threshold
        self._settings = EventSettings(threshold=threshold, thresholds=own)
        self._heard: list[_Heard] = []
        self._failures: list[tuple[Path, EarmarkError]] = []

    def add(self, example: Example, analysis: Analysis) -> None:
        """Take what was heard in a clip."""
        windows = analysis.window_scores
        scores = windows.max(axis=0) if self._how.pool == "max" else windows.mean(axis=0)
        heard = _Heard(example, self.match.scores(scores), analysis.duration)
        if analysis.embeddings is not None:
            heard.embedding = analysis.embeddings.mean(axis=0)
        if example.path in self._truth:
            frames, hop = analysis.timeline()
            known = self.match.scores(frames)
            heard.events = self._events(known, hop, analysis.duration, self._settings)
            points = (replace(self._settings, threshold=point, thresholds={}) for point in POINTS)
            heard.points = [self._events(known, hop, analysis.duration, each) for each in points]
        self._heard.append(heard)

    def add_as_htsat(self, example: Example, heard: Heard, samples: int) -> None:
        """Take what was heard in a clip, with events as HTS-AT's protocol draws them.

        Args:
            samples: the clip's own length at the protocol's rate.
        """
        assert heard.frames is not None  # the protocol has seen to it
        events: list[StrongLabel] = htsat_protocol.events_of(heard.frames, samples, self.match)
        duration = samples / htsat_protocol.SAMPLE_RATE
        self._heard.append(_Heard(example, self.match.scores(heard.scores), duration, events=list(events)))

    def fail(self, example: Example, error: EarmarkError) -> None:
        """Take note of a clip that could not be heard."""
        self._failures.append((example.path, error))

    def result(self) -> Result:
        """Return the scores of all that was heard."""
        warnings: list[str] = list(self._about_labels())
        quality, placed = self._embeddings(warnings)
        return Result(
            model_id=self._heading.model_id,
            weights=self._heading.weights_sha256,
            match=self.match,
            clips=len(self._heard),
            tags=self._tags(warnings),
            events=self._judged_events(),
            quality=quality,
            map=placed,
            failures=tuple(self._failures),
            warnings=tuple(warnings),
        )

    def _events(self, frames: Float, hop: float, duration: float, settings: EventSettings) -> list[Timed]:
        return list(find_events(frames, hop, self.match.labels, settings, duration=duration))

    def _tags(self, warnings: list[str]) -> TagScores | None:
        """Return the scores over the clips that the model's labels can tell: those with an unknown one are left out."""
        known = [each for each in self._heard if not each.example.labels or set(each.example.labels) & self._known]
        if out := len(self._heard) - len(known):
            warnings.append(f"{counted(out, 'clip')} with such labels only {'is' if out == 1 else 'are'} left out.")
        if not known:
            return None
        truth = np.array([[label in each.example.labels for label in self.match.labels] for each in known], bool)
        return tag_scores(
            np.stack([each.scores for each in known]),
            truth,
            self.match.labels,
            is_single_label=self._dataset.is_single_label,
            thresholds=self._settings.thresholds,
            threshold=self._settings.threshold,
        )

    def _judged_events(self) -> EventScores | None:
        heard = {str(each.example.path): each for each in self._heard if each.example.path in self._truth}
        truth = {
            name: [event for event in self._truth[each.example.path] if event.label in self._known]
            for name, each in heard.items()
        }
        if not any(truth.values()):
            return None
        found = {name: each.events for name, each in heard.items()}
        durations = {name: each.duration for name, each in heard.items()}
        points: list[EventLists] = []
        if all(each.points for each in heard.values()):
            points = [{name: each.points[at] for name, each in heard.items()} for at in range(len(POINTS))]
        return judge_events(truth, found, whole(durations, truth), points=points, collar=self._how.collar)

    def _embeddings(self, warnings: list[str]) -> tuple[Quality | None, EmbeddingMap | None]:
        """Return how good embeddings are, by clips of one label, and the map of all."""
        heard = [each for each in self._heard if each.embedding is not None]
        if not heard:
            return None, None
        vectors = np.stack([each.embedding for each in heard])  # type: ignore[misc]  # none is None
        labels = [", ".join(each.example.labels) for each in heard]
        placed = self._map(vectors, [each.example for each in heard], labels)
        single = [place for place, each in enumerate(heard) if len(each.example.labels) == 1]
        try:
            return embedding_quality(vectors[single], [labels[place] for place in single], self._how.seed), placed
        except EarmarkError as error:
            warnings.append(error.sentence)
            return None, placed

    def _map(self, vectors: Float, examples: Iterable[Example], labels: Iterable[str]) -> EmbeddingMap:
        flat, seed = embedding_map(vectors, self._how.seed), self._how.seed
        points = tuple(
            MapPoint(path=each.path, start=each.start, end=each.end, label=label, xy=(float(x), float(y)))
            for each, label, (x, y) in zip(examples, labels, flat, strict=True)
        )
        return EmbeddingMap(model_id=self._heading.model_id, method=map_method(len(vectors)), seed=seed, points=points)

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(self.match.labels)

    def _about_labels(self) -> Iterable[str]:
        """Yield sentences on labels that the model lacks, and on those of which no clip was heard."""
        counts = Counter(label for each in self._heard for label in each.example.labels)
        if self.match.unknown:
            yield f"The model has no label for {_listed(self.match.unknown)}."
        if empty := [label for label in self.match.labels if not counts[label]]:
            yield f"No clip was heard with {_listed(empty)}: not counted in the means."


def _listed(labels: Sequence[str]) -> str:
    """Return “a”, “b” and 3 more."""
    named = ", ".join(f"“{label}”" for label in labels[:NAMED])
    return named if len(labels) <= NAMED else f"{named} and {len(labels) - NAMED} more"
