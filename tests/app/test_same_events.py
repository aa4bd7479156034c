"""Events that are still the same after something moved."""

from __future__ import annotations

from earmark.judging import JudgedEvent
from earmark.same_events import same_events


def event(label: str, onset: float, offset: float) -> JudgedEvent:
    return JudgedEvent(label, onset, offset, 0.9)


NOW = (event("rain", 0.0, 4.0), event("dog", 1.0, 1.5), event("dog", 10.0, 12.0))


def test_an_event_is_the_one_of_its_label_that_overlaps_it_most():
    assert same_events([event("dog", 1.2, 1.6)], NOW) == (1,)
    assert same_events([event("dog", 11.0, 30.0), event("rain", 3.0, 9.0)], NOW) == (2, 0)


def test_what_overlaps_none_of_its_label_is_gone():
    assert same_events([event("dog", 2.0, 3.0), event("cat", 1.0, 1.5)], NOW) == ()


def test_two_that_have_become_one_are_named_once():
    assert same_events([event("dog", 10.0, 10.5), event("dog", 11.0, 11.5)], NOW) == (2,)


def test_a_moment_is_found_again():
    moment = event("dog", 5.0, 5.0)
    assert same_events([moment], [*NOW, moment]) == (3,)
