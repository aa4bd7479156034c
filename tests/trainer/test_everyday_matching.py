"""Thresholds chosen from scenes whose events are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from earmark.analysis import Analysis
from earmark_everyday.matching import best_threshold, matched, overlaps
from earmark_everyday.placing import Placed


def heard(scores) -> Analysis:
    """Return an analysis in which one label has these scores, one for each 0.1 s."""
    frames = np.array(scores, np.float32)[:, None]
    return Analysis(
        path=Path("scene.wav"),
        model_id="toy/one",
        weights="",
        labels=("dog_bark",),
        duration=len(frames) / 10,
        window=5.0,
        hop=2.5,
        starts=np.zeros(1, np.float32),
        window_scores=frames.max(0, keepdims=True),
        frames=frames,
        frame_hop=0.1,
    )


BARK = np.repeat([0.0, 0.6, 0.0], [20, 10, 20])
TRUTH = [Placed("dog_bark", 2.0, 3.0)]


def test_each_true_event_is_found_once():
    assert matched([(1.0, 2.0)], [(1.1, 2.1), (0.9, 1.9)]) == 1


def test_ends_beyond_the_collar_do_not_match_but_may_overlap():
    assert matched([(1.0, 2.0)], [(1.3, 2.0)]) == 0
    assert matched([(1.0, 2.0)], [(1.3, 2.0)], overlaps) == 1


def test_the_threshold_lies_under_the_score_of_true_events():
    assert 0.1 <= best_threshold("dog_bark", [(TRUTH, heard(BARK))], []) <= 0.6


def test_the_threshold_lies_above_the_score_of_noises():
    assert 0.4 < best_threshold("dog_bark", [(TRUTH, heard(BARK))], [heard(BARK * 0.7)]) <= 0.6


def test_where_windows_are_the_timeline_the_threshold_tells_which_scenes_have_the_label():
    def windows(score: float) -> Analysis:
        scores = np.full((1, 1), score, np.float32)
        return replace(heard(BARK), frames=None, frame_hop=None, window_scores=scores)

    scenes = [(TRUTH, windows(0.7)), (TRUTH, windows(0.65)), ([], windows(0.4))]
    assert 0.4 < best_threshold("dog_bark", scenes, []) <= 0.65
    assert 0.5 < best_threshold("dog_bark", scenes, [windows(0.5)]) <= 0.65
