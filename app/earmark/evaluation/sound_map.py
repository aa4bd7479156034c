"""The map of recordings: each window a point, near those that the model takes for similar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.analysis import Analysis, Heading
from earmark.api import Cancelled, Float
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.evaluation.embeddings import EmbeddingMap, MapPoint, map_method
from earmark.evaluation.flattening import flattened
from earmark.events import DEFAULT_THRESHOLD

MOST_WINDOWS = 5000  # more points than that are a blot, and UMAP takes minutes
OnProgress = Callable[[str, float], object]  # what is being done, and the share of it that is done


@dataclass(frozen=True, kw_only=True)
class MapSource:
    """A recording for the map.

    Attributes:
        start, end: seconds; `end` None is the file's end.
        label: None where the model is to say what it hears; empty where nothing of interest is in it.
    """

    path: Path
    start: float = 0.0
    end: float | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class SoundMap:
    """A map, and sentences on what is not on it."""

    map: EmbeddingMap
    warnings: tuple[str, ...] = ()


def sound_map(
    engines: Engines,
    heading: Heading,
    sources: Sequence[MapSource],
    *,
    seed: int = 0,
    on_progress: OnProgress = lambda what, part: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SoundMap:
    """Return the map of the windows of recordings, up to `MOST_WINDOWS`; what cannot be heard is named and left out.

    Raises:
        EarmarkError: nothing could be heard.
        Cancelled: `cancelled` said so.
    """
    points: list[MapPoint] = []
    vectors: list[Float] = []
    warnings: list[str] = []
    for number, source in enumerate(sources):
        on_progress(f"Hearing {number + 1} of {len(sources)}", number / len(sources))
        if len(points) >= MOST_WINDOWS:
            warnings.append(f"{len(points)} windows of the first {number} recordings; there is room for no more.")
            break
        try:
            analysis = engines.analyse(
                source.path, heading.model_id, start=source.start, end=source.end, cancelled=cancelled, embeddings=True
            )
        except EarmarkError as error:
            warnings.append(f"{source.path.name}: {error.sentence}")
            continue
        if analysis.embeddings is not None:
            points += _points(source, heading, analysis)
            vectors.append(analysis.embeddings)
    if not vectors:
        raise EarmarkError("No recording could be put on the map.", hint=" ".join(warnings[:1]))
    return SoundMap(
        map=_map(heading.model_id, points, np.concatenate(vectors), seed, on_progress, cancelled),
        warnings=tuple(warnings),
    )


def _map(
    model_id: str,
    points: Sequence[MapPoint],
    vectors: Float,
    seed: int,
    on_progress: OnProgress,
    cancelled: Callable[[], bool],
) -> EmbeddingMap:
    on_progress(f"Placing {len(points)} windows", 1.0)
    if cancelled():
        raise Cancelled
    flat = flattened(vectors, seed, cancelled)
    placed = (
        MapPoint(path=point.path, start=point.start, end=point.end, label=point.label, xy=(float(x), float(y)))
        for point, (x, y) in zip(points, flat, strict=True)
    )
    return EmbeddingMap(model_id=model_id, method=map_method(len(points)), seed=seed, points=tuple(placed))


def _points(source: MapSource, heading: Heading, analysis: Analysis) -> Iterator[MapPoint]:
    """Yield the windows of a recording, not placed yet; the last one ends where the sound does."""
    for number, begin in enumerate(analysis.starts.tolist()):
        end = min(begin + analysis.window, analysis.duration)
        label = _heard(analysis, number) if source.label is None else source.label
        yield MapPoint(path=source.path, start=source.start + begin, end=source.start + end, label=label, xy=(0.0, 0.0))


def _heard(analysis: Analysis, window: int) -> str:
    """Return the surest label of a window that reaches its threshold; "" where none does."""
    if not analysis.labels:
        return ""
    thresholds = [analysis.thresholds.get(label, DEFAULT_THRESHOLD) for label in analysis.labels]
    scores = np.where(analysis.window_scores[window] >= thresholds, analysis.window_scores[window], -1.0)
    best = int(scores.argmax())
    return analysis.labels[best] if scores[best] >= 0 else ""
