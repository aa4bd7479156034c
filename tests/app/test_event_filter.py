"""The filter line over the events table."""

from __future__ import annotations

import pytest

from earmark.event_filter import filter_of, kept, standing
from earmark.judging import JudgedEvent

EVENTS = (
    JudgedEvent("dog_bark", 0.0, 1.0, 0.9),
    JudgedEvent("dog_bark", 2.0, 3.0, 0.4, status="rejected"),
    JudgedEvent("rain", 0.0, 9.0, 0.6, status="accepted"),
    JudgedEvent("dog_bark", 5.0, 6.0, None, status="accepted"),
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [0, 1, 2, 3]),
        ("dog >0.5 unreviewed", [0]),
        ("DOG BARK", [0, 1, 3]),
        ("dog_bark", [0, 1, 3]),
        (">= 0,5", [0, 2]),
        ("<50%", [1]),
        ("> 0.5 < 0.7", [2]),
        ("dog >", [0, 1, 3]),
        ("rej", [1]),
        ("drawn", [3]),
        ("accepted", [2]),
        ("cat", []),
    ],
)
def test_a_line_keeps_what_is_all_of_it(text, numbers):
    assert kept(EVENTS, filter_of(text)) == numbers


def test_the_choice_of_a_standing_goes_with_the_line():
    assert kept(EVENTS, filter_of("dog", only="drawn")) == [3]


def test_what_a_person_drew_and_rejected_again_is_rejected():
    assert standing(JudgedEvent("rain", 0.0, 1.0, None, status="rejected")) == "rejected"
