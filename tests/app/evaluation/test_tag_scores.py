"""Tag scores, against scikit-learn on random data with ties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm
from sklearn import metrics

from earmark.evaluation.tag_scores import average_precision, d_prime, roc_auc, tag_scores

LABELS = tuple("abcdefg")


@pytest.fixture(params=range(3))
def random(request):
    return np.random.default_rng(request.param)


@pytest.fixture
def several(random):
    """Return scores with ties, and truth, of 200 clips with several labels each."""
    truth = random.random((200, len(LABELS))) < 0.3
    return (0.4 * truth + random.random(truth.shape)).round(2).astype(np.float32), truth


@pytest.fixture
def single(random):
    """Return scores and truth of 150 clips with one label each."""
    own = random.integers(0, len(LABELS), 150)
    truth = np.eye(len(LABELS), dtype=bool)[own]
    return (0.3 * truth + random.random(truth.shape)).astype(np.float32), truth, own


def test_average_precision_and_auc_are_those_of_scikit_learn(several):
    scores, truth = several
    for column in range(len(LABELS)):
        one = truth[:, column], scores[:, column]
        assert average_precision(*one) == pytest.approx(metrics.average_precision_score(*one), abs=1e-12)
        assert roc_auc(*one) == pytest.approx(metrics.roc_auc_score(*one), abs=1e-12)


def test_means_and_d_prime_are_over_all_labels(several):
    scores, truth = several
    found = tag_scores(scores, truth, LABELS, is_single_label=False, threshold=0.6)
    auc = metrics.roc_auc_score(truth, scores, average="macro")
    assert found.mean_average_precision == pytest.approx(metrics.average_precision_score(truth, scores))
    assert found.auc == pytest.approx(auc)
    assert found.d_prime == pytest.approx(math.sqrt(2) * norm.ppf(auc))
    assert (found.accuracy, found.top_5, found.confusion) == (None, None, None)


def test_precision_and_recall_are_at_each_labels_threshold(several):
    scores, truth = several
    limits = {"a": 0.9, "b": 0.2}
    found = tag_scores(scores, truth, LABELS, is_single_label=False, thresholds=limits, threshold=0.6)
    for place, each in enumerate(found.labels):
        told = scores[:, place] >= np.float32(limits.get(each.label, 0.6))
        assert each.threshold == limits.get(each.label, 0.6)
        assert each.precision == pytest.approx(metrics.precision_score(truth[:, place], told))
        assert each.recall == pytest.approx(metrics.recall_score(truth[:, place], told))


def test_accuracy_top_five_and_confusion_are_those_of_scikit_learn(single):
    scores, truth, own = single
    found = tag_scores(scores, truth, LABELS, is_single_label=True)
    told = scores.argmax(1)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(own, told))
    assert found.top_5 == pytest.approx(metrics.top_k_accuracy_score(own, scores, k=5, labels=range(len(LABELS))))
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(own, told, labels=range(len(LABELS))))
    precision = metrics.precision_score(own, told, average=None, labels=range(len(LABELS)), zero_division=0)
    assert [each.precision for each in found.labels] == pytest.approx(list(precision))


def test_a_clip_with_no_label_is_a_negative_and_not_in_the_accuracy():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.95, 0.1]], np.float32)
    truth = np.array([[True, False], [False, True], [False, False]])
    found = tag_scores(scores, truth, ("a", "b"), is_single_label=True)
    assert (found.accuracy, found.top_5) == (1.0, None)  # five of two labels would always be right
    assert found.confusion.sum() == 2
    assert found.labels[0].precision == 0.5
    assert found.labels[0].average_precision == 0.5


def test_a_label_without_clips_has_no_figures_and_does_not_count():
    scores = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    truth = np.array([[True, False], [False, False]])
    found = tag_scores(scores, truth, ("a", "b"), is_single_label=False)
    assert (found.labels[1].average_precision, found.labels[1].auc, found.labels[1].recall) == (None, None, None)
    assert found.mean_average_precision == 1.0


def test_a_perfect_auc_has_an_infinite_d_prime():
    assert (d_prime(1.0), d_prime(0.5), d_prime(0.0)) == (math.inf, 0.0, -math.inf)
