"""The highest scores of any stretch are those that a look at every frame would find."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.score_peaks import ScorePeaks

FRAMES = np.random.default_rng(0).random((1000, 3)).astype(np.float32)
LABELS = ("a", "b", "c")


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 1000), (0, 1), (999, 1000), (63, 65), (64, 128), (1, 640), (130, 131), (10, 990), (128, 999)],
)
def test_the_highest_of_a_stretch_is_that_of_its_frames(first, last):
    found = ScorePeaks(FRAMES, 0.5, LABELS).between(first * 0.5, last * 0.5)
    assert list(found.values()) == FRAMES[first:last].max(0).tolist()


def test_frames_that_are_only_touched_count():
    found = ScorePeaks(FRAMES, 0.5, LABELS).between(10.4, 10.6)
    assert list(found.values()) == FRAMES[20:22].max(0).tolist()


def test_beyond_the_recording_the_last_frame_counts_and_without_frames_there_is_nothing():
    assert list(ScorePeaks(FRAMES, 0.5, LABELS).between(900, 901).values()) == FRAMES[-1].tolist()
    assert ScorePeaks(FRAMES[:0], 0.5, LABELS).between(0, 1) == {}
