"""Scores as a line of any width: every score where there is room, and no peak lost where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.score_line import ScoreLine

HOP = 0.5


def test_each_score_stands_in_the_middle_of_its_frame_and_the_ends_are_level():
    seconds, scores = ScoreLine(np.array([0.2, 0.8, 0.4], np.float32), HOP).between(0, 1.5, 100)
    assert seconds.tolist() == [0, 0.25, 0.75, 1.25, 1.5]
    assert scores == pytest.approx([0.2, 0.2, 0.8, 0.4, 0.4])


def test_the_line_goes_on_to_both_sides_of_what_is_in_view():
    seconds, _ = ScoreLine(np.zeros(100, np.float32), HOP).between(10.1, 12.1, 500)
    assert seconds[0] <= 10.1
    assert seconds[-1] >= 12.1
    assert len(seconds) <= 7


@pytest.mark.parametrize("frames", [2_000, 50_000, 1_000_000])
def test_no_peak_is_lost_however_much_lies_under_a_pixel(frames):
    scores = np.zeros(frames, np.float32)
    peaks = np.random.default_rng(0).integers(0, frames, 20)
    scores[peaks] = np.linspace(0.5, 1, 20)
    seconds, line = ScoreLine(scores, HOP).between(0, frames * HOP, 300)
    pixel = frames * HOP / 300
    for peak in peaks:
        near = np.abs(seconds - (peak + 0.5) * HOP) <= pixel
        assert line[near].max() >= scores[peak]


def test_a_peak_is_no_wider_than_two_pixels_more_than_it_is():
    scores = np.zeros(1_000_000, np.float32)
    scores[500_000] = 1
    _, line = ScoreLine(scores, HOP).between(0, 500_000, 300)
    assert 1 <= np.count_nonzero(line) <= 3


def test_a_part_of_a_long_line_is_as_if_it_were_drawn_alone():
    scores = np.random.default_rng(1).random(400_000).astype(np.float32)
    whole = ScoreLine(scores, HOP)
    whole.between(0, 200_000, 100)  # makes coarser levels
    seconds, line = whole.between(1000, 2000, 400)
    assert line == pytest.approx(
        [scores[int(begin / HOP) : int(np.ceil((begin + 2.5) / HOP))].max() for begin in seconds - 1.25]
    )


def test_beyond_the_scores_there_is_no_line():
    line = ScoreLine(np.ones(10, np.float32), HOP)
    assert line.between(0, 500, 50)[0].max() < 15
    assert [len(each) for each in ScoreLine(np.zeros(0, np.float32), HOP).between(0, 5, 100)] == [0, 0]
    assert [len(each) for each in line.between(3, 3, 100)] == [0, 0]
