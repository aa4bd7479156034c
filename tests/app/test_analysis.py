"""What a result says of itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earmark.analysis import Analysis


def analysis(starts=(0, 1, 2), scores=((0.1, 0.9), (0.3, 0.2), (0.2, 0.4)), **changed) -> Analysis:
    known = {
        "path": Path("a.wav"),
        "model_id": "toy/model",
        "weights": "",
        "labels": ("cat", "dog"),
        "duration": 4.0,
        "window": 2.0,
        "hop": 1.0,
        "starts": np.array(starts, np.float32),
        "window_scores": np.array(scores, np.float32).reshape(-1, 2),
        "frames": None,
        "frame_hop": None,
    }
    return Analysis(**known | changed)


def test_tags_are_the_maximum_or_the_mean_over_windows_highest_first():
    assert analysis().tags() == [("dog", pytest.approx(0.9)), ("cat", pytest.approx(0.3))]
    assert analysis().tags("mean") == [("dog", pytest.approx(0.5)), ("cat", pytest.approx(0.2))]


def test_labels_of_one_score_keep_the_models_order():
    assert [label for label, _ in analysis(scores=np.full((3, 2), 0.5)).tags()] == ["cat", "dog"]


def test_windows_are_drawn_as_steps():
    steps, hop = analysis().timeline()
    assert hop == 1.0
    np.testing.assert_allclose(steps[:, 0], [0.1, 0.2, 0.25, 0.2], atol=1e-6)


@pytest.mark.parametrize("duration", [0.001, 0.4, 1.7, 2.0, 2.3, 3599.9997, 36000.123])
def test_steps_have_a_value_at_every_length(duration):
    from earmark.windows import plan

    starts = [start / 1000 for start in plan(round(duration * 1000), 2000, 1000)]
    steps, _ = analysis(starts, np.full((len(starts), 2), 0.5), duration=duration).timeline()
    assert np.isfinite(steps).all()
    assert len(steps) == max(1, int(np.ceil(round(duration * 1000) / 1000)))


def test_speed_is_a_multiple_of_real_time():
    assert analysis(seconds_taken=0.5).times_real_time == 8
    assert analysis().times_real_time == 0
