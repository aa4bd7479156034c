"""What a model's embeddings are worth, and their map: as in the paper of MAST, section 4.4 and table 6.

Which clusters the paper's silhouette is of is not said there; both are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import Float
from earmark.errors import EarmarkError

NEIGHBOURS, LEAST_DISTANCE = 15, 0.1  # UMAP's defaults, which the paper took
FEWEST_FOR_UMAP = 12
MOST_FOR_SILHOUETTE = 10_000  # it compares every two; beyond that a sample of so many is taken
STARTS = 10  # of k-means, of which the best is kept


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How well embeddings part the labels.

    Attributes:
        silhouette: −1..1, by the true labels: how much nearer a clip is to its own label than to the next.
        silhouette_of_clusters: the same by the clusters that k-means finds.
        adjusted_rand, homogeneity: how well those clusters, as many as labels, are the labels.
    """

    clips: int
    labels: int
    seed: int
    silhouette: float
    silhouette_of_clusters: float
    adjusted_rand: float
    homogeneity: float


@dataclass(frozen=True, kw_only=True)
class MapPoint:
    """One clip on the map.

    Attributes:
        start, end: seconds of its file; `end` None is the file's end.
        label: empty where nothing of interest is in it.
    """

    path: Path
    start: float
    end: float | None
    label: str
    xy: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class EmbeddingMap:
    """The clips of a data set on a plane: near are those that the model takes for similar.

    Attributes:
        method: "UMAP" or "PCA".
    """

    model_id: str
    method: str
    seed: int
    points: tuple[MapPoint, ...]


def embedding_quality(vectors: Float, labels: Sequence[str], seed: int = 0) -> Quality:
    """Return how well embeddings part the labels: scikit-learn's scores, k-means with one cluster a label.

    Args:
        vectors: [clips, width].
        labels: of each clip.

    Raises:
        EarmarkError: there are fewer than two labels, or no more clips than labels.
    """
    from sklearn import cluster, metrics

    names, truth = np.unique(np.array(labels), return_inverse=True)
    if len(names) < 2 or len(vectors) <= len(names):
        raise EarmarkError("Embeddings are judged by two or more labels, and more clips than labels.")
    settings: dict[str, Any] = {"n_init": STARTS, "random_state": seed}  # its type hints know "auto" only
    found = cluster.KMeans(len(names), **settings).fit_predict(vectors)
    sample: dict[str, Any] = {"sample_size": min(len(vectors), MOST_FOR_SILHOUETTE), "random_state": seed}
    return Quality(
        clips=len(vectors),
        labels=len(names),
        seed=seed,
        silhouette=float(metrics.silhouette_score(vectors, truth, **sample)),
        silhouette_of_clusters=float(metrics.silhouette_score(vectors, found, **sample)),
        adjusted_rand=float(metrics.adjusted_rand_score(truth, found)),
        homogeneity=float(metrics.homogeneity_score(truth, found)),
    )


def embedding_map(vectors: Float, seed: int = 0) -> Float:
    """Return [clips, 2] of [clips, width]: by UMAP where it is installed and there are enough clips, else by PCA."""
    return _umap(vectors, seed) if map_method(len(vectors)) == "UMAP" else _pca(vectors)


def map_method(clips: int) -> str:
    """Return how a map of so many clips is made here: "UMAP" or "PCA"."""
    from importlib.util import find_spec

    return "UMAP" if clips >= FEWEST_FOR_UMAP and find_spec("umap") else "PCA"


def _umap(vectors: Float, seed: int) -> Float:
    import warnings

    with warnings.catch_warnings(action="ignore"):  # that a seed means one thread
        from umap import UMAP

        neighbours = min(NEIGHBOURS, len(vectors) - 1)
        reducer = UMAP(n_neighbors=neighbours, min_dist=LEAST_DISTANCE, random_state=seed)
        return np.asarray(reducer.fit_transform(vectors), np.float32)


def _pca(vectors: Float) -> Float:
    """Return the two directions in which the clips differ most; signs are fixed, so that the map is the same again."""
    centred = vectors - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:2]
    largest = np.abs(directions).argmax(axis=1, keepdims=True)
    directions = directions * np.sign(np.take_along_axis(directions, largest, axis=1))
    flat = np.zeros((len(vectors), 2), np.float32)
    flat[:, : len(directions)] = centred @ directions.T
    return flat
