"""Thresholds from what a network said of clips that were held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earmark.api import Example
from earmark.training.judged import Side, best_thresholds, for_precision


def test_a_label_counts_from_where_it_is_told_best_halfway_between_two_clips():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9], np.float32)[:, None]
    truth = np.array([0, 0, 0, 1, 1, 1, 1, 1], bool)[:, None]
    side = Side(tuple(Example(path=Path(str(n))) for n in range(8)), scores, truth)
    assert best_thresholds(side, ("dog",)) == {"dog": pytest.approx(0.35)}


def test_a_label_of_too_few_clips_keeps_the_default():
    side = Side(tuple(Example(path=Path(str(n))) for n in range(4)), np.ones((4, 1), np.float32), np.ones((4, 1), bool))
    assert best_thresholds(side, ("dog",)) == {}


def test_a_wanted_precision_is_kept_from_the_lowest_score_on():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], np.float32)
    truth = np.array([1, 1, 0, 1, 0, 0], bool)
    found = for_precision(scores, truth, 0.75)
    assert (found.threshold, found.kept, found.right, found.recall) == (pytest.approx(0.6), 4, 3, 1.0)
    strict = for_precision(scores, truth, 1.0)
    assert (strict.threshold, strict.kept) == (pytest.approx(0.8), 2)
    assert for_precision(scores[::-1].copy(), truth[::-1].copy(), 1.0).kept == 2


def test_clips_of_one_score_count_together_and_what_is_out_of_reach_has_no_threshold():
    scores, truth = np.full(4, 0.5, np.float32), np.array([1, 1, 0, 0], bool)
    assert for_precision(scores, truth, 0.9).threshold is None
    assert for_precision(scores, truth, 0.5).kept == 4
