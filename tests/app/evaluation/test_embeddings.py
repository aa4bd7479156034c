"""What embeddings are worth, and their map."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from sklearn import cluster, decomposition, metrics

from earmark.errors import EarmarkError
from earmark.evaluation.embeddings import EmbeddingMap, MapPoint, embedding_map, embedding_quality, map_method
from earmark.evaluation.map_picture import write_map
from earmark.label_colours import colour_of

LABELS = ["dog", "cat", "rain"] * 10


@pytest.fixture
def vectors():
    """Return thirty embeddings of three labels that overlap a little."""
    random = np.random.default_rng(1)
    centres = random.normal(size=(3, 6)) * 1.5
    return (centres[np.arange(30) % 3] + random.normal(size=(30, 6))).astype(np.float32)


@pytest.fixture
def without_umap(monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "umap" else found(name))


def test_quality_is_that_of_scikit_learn_with_a_cluster_for_each_label(vectors):
    quality = embedding_quality(vectors, LABELS, seed=3)
    clusters = cluster.KMeans(3, n_init=10, random_state=3).fit_predict(vectors)
    assert (quality.clips, quality.labels, quality.seed) == (30, 3, 3)
    assert quality.silhouette == pytest.approx(metrics.silhouette_score(vectors, LABELS), abs=1e-6)
    assert quality.silhouette_of_clusters == pytest.approx(metrics.silhouette_score(vectors, clusters), abs=1e-6)
    assert quality.adjusted_rand == pytest.approx(metrics.adjusted_rand_score(LABELS, clusters))
    assert quality.homogeneity == pytest.approx(metrics.homogeneity_score(LABELS, clusters))
    assert 0 < quality.adjusted_rand < 1


def test_one_label_or_too_few_clips_cannot_be_judged(vectors):
    with pytest.raises(EarmarkError, match="two or more labels"):
        embedding_quality(vectors, ["dog"] * 30)
    with pytest.raises(EarmarkError, match="more clips than labels"):
        embedding_quality(vectors[:3], LABELS[:3])


def test_without_umap_the_map_is_the_two_main_directions(vectors, without_umap):
    assert map_method(30) == "PCA"
    flat, theirs = embedding_map(vectors), decomposition.PCA(2).fit_transform(vectors)
    for column in range(2):
        assert abs(np.corrcoef(flat[:, column], theirs[:, column])[0, 1]) == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(flat, embedding_map(vectors.copy()))


@pytest.mark.parametrize("clips", [1, 2, 3])
def test_very_few_clips_have_a_map_too(vectors, clips):
    assert embedding_map(vectors[:clips]).shape == (clips, 2)
    assert map_method(clips) == "PCA"


def a_map(vectors):
    xy = embedding_map(vectors[:9])
    points = [
        MapPoint(path=Path(f"{at}<&>.wav"), start=0.0, end=None, label=label, xy=(float(x), float(y)))
        for at, (label, (x, y)) in enumerate(zip(["dog", "cat", ""] * 3, xy, strict=True))
    ]
    return EmbeddingMap(model_id="toy/one", method="PCA", seed=0, points=tuple(points))


def test_an_svg_shows_each_clip_in_its_labels_colour_and_names_it(vectors, tmp_path):
    write_map(a_map(vectors), tmp_path / "new" / "map.svg")
    root = ElementTree.parse(tmp_path / "new" / "map.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    dots = [each for each in root.iter(f"{space}circle") if each.find(f"{space}title") is not None]
    assert [each.get("fill") for each in dots[:2]] == [colour_of("dog"), colour_of("cat")]
    assert dots[0].find(f"{space}title").text == "0<&>.wav: Dog"
    assert all(0 < float(each.get("cx")) < 1000 and 0 < float(each.get("cy")) < 720 for each in dots)
    assert {"Dog (3)", "Cat (3)", "none of them (3)"} <= {each.text for each in root.iter(f"{space}text")}


def test_a_png_is_a_picture(vectors, tmp_path):
    write_map(a_map(vectors), tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_other_pictures_are_refused(vectors, tmp_path):
    with pytest.raises(EarmarkError, match="SVG or PNG"):
        write_map(a_map(vectors), tmp_path / "map.pdf")
