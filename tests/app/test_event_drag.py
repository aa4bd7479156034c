"""Where an event is while it is dragged."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.event_drag import Drag, Magnets, is_drawn


def held(part, *, held_at: float) -> Drag:
    return Drag(part=part, onset=2.0, offset=4.0, held_at=held_at, duration=10.0)


def magnets(*times: float) -> Magnets:
    return Magnets(times=np.array(times), reach=0.1)


def test_a_body_keeps_its_length_and_stays_within_the_recording():
    assert held("body", held_at=3.0).to(4.5) == (3.5, 5.5)
    assert held("body", held_at=3.0).to(-20.0) == (0.0, 2.0)
    assert held("body", held_at=3.0).to(20.0) == (8.0, 10.0)


def test_an_edge_moves_alone_wherever_within_it_the_pointer_took_hold():
    assert held("offset", held_at=3.98).to(4.98) == pytest.approx((2.0, 5.0))
    assert held("onset", held_at=2.01).to(1.01) == pytest.approx((1.0, 4.0))


def test_an_edge_dragged_past_the_other_becomes_the_other():
    assert held("onset", held_at=2.0).to(5.0) == (4.0, 5.0)
    assert held("offset", held_at=4.0).to(1.0) == (1.0, 2.0)


def test_a_resized_event_never_vanishes():
    onset, offset = held("offset", held_at=4.0).to(2.0)
    assert is_drawn(onset, offset)


def test_drawing_goes_both_ways_and_ends_with_the_recording():
    drawn = Drag(part="new", onset=0.0, offset=0.0, held_at=6.0, duration=10.0)
    assert drawn.to(5.0) == (5.0, 6.0)
    assert drawn.to(12.0) == (6.0, 10.0)
    assert not is_drawn(*drawn.to(6.001))


def test_edges_are_drawn_to_what_is_near_and_to_nothing_else():
    assert held("offset", held_at=4.0).to(5.05, magnets(1.0, 5.0)) == (2.0, 5.0)
    assert held("offset", held_at=4.0).to(5.2, magnets(1.0, 5.0)) == pytest.approx((2.0, 5.2))
    assert held("body", held_at=3.0).to(4.05, magnets(5.0)) == pytest.approx((3.0, 5.0))
    assert held("offset", held_at=4.0).to(5.05, Magnets(times=np.array([5.0]))) == pytest.approx((2.0, 5.05))
