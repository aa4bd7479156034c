"""What dragging does to the selection, without a mouse."""

from __future__ import annotations

import pytest

from earmark.frequency_scale import FrequencyScale
from earmark.gui.selecting import NOTHING, Grip, Ground, Place, extended, grip, resized, shifted
from earmark.gui.selection import Stretch

GROUND = Ground(duration=10.0, sample_rate=1000, scale=FrequencyScale("linear", 1000.0))
PIXEL = Place(0.01, 0.002)
CHOSEN = Stretch(start=2.0, end=4.0, low=200.0, high=600.0)


def grasped(seconds: float, height: float, stretch: Stretch | None = CHOSEN) -> Grip:
    return grip(stretch, Place(seconds, height), pixel=PIXEL, scale=GROUND.scale)


def test_a_drag_selects_whole_samples_and_the_frequencies_between():
    stretch = GROUND.between(Place(4.00049, 0.6), Place(1.9996, 0.2), time_only=False)
    assert stretch == Stretch(start=2.0, end=4.0, low=pytest.approx(200), high=pytest.approx(600))


def test_a_flat_drag_selects_time_only():
    assert GROUND.between(Place(1, 0.5), Place(2, 0.5), time_only=True) == Stretch(start=1.0, end=2.0)


def test_nothing_beyond_the_recording_is_selected():
    stretch = GROUND.between(Place(-3, -1), Place(30, 7), time_only=False)
    assert stretch == Stretch(start=0.0, end=10.0, low=0.0, high=1000.0)


def test_less_than_a_sample_is_nothing():
    assert GROUND.between(Place(1.0001, 0), Place(1.0002, 1), time_only=True) is None


def test_edges_corners_and_the_inside_are_grasped_where_they_are():
    assert grasped(2.03, 0.4) == Grip(time="start", inside=True)
    assert grasped(3.0, 0.605) == Grip(frequency="high", inside=True)
    assert grasped(4.02, 0.205) == Grip(time="end", frequency="low", inside=True)
    assert grasped(3.0, 0.4) == Grip(inside=True)
    assert grasped(5.0, 0.4) == NOTHING


def test_a_selection_of_time_has_no_upper_edge():
    assert grasped(3.0, 0.999, Stretch(start=2.0, end=4.0)) == Grip(inside=True)


def test_an_edge_moves_and_the_others_stay():
    moved = resized(CHOSEN, Grip(time="end", inside=True), Place(5.0, 0.9), GROUND)
    assert moved == Stretch(start=2.0, end=5.0, low=pytest.approx(200), high=pytest.approx(600))


def test_an_edge_may_pass_the_other():
    moved = resized(CHOSEN, Grip(time="end", frequency="low", inside=True), Place(1.0, 0.8), GROUND)
    assert moved == Stretch(start=1.0, end=2.0, low=pytest.approx(600), high=pytest.approx(800))


def test_what_is_moved_keeps_its_length_and_stays_in_the_recording():
    moved = shifted(CHOSEN, Place(100, 100), GROUND)
    assert moved == Stretch(start=8.0, end=10.0, low=pytest.approx(600), high=pytest.approx(1000))


def test_shift_and_a_click_move_the_nearer_edge():
    assert extended(CHOSEN, 3.5, playhead=0, ground=GROUND).end == 3.5
    assert extended(CHOSEN, 1.0, playhead=0, ground=GROUND).start == 1.0


def test_shift_and_a_click_without_a_selection_select_from_the_playhead():
    assert extended(None, 3.0, playhead=7.0, ground=GROUND) == Stretch(start=3.0, end=7.0)
