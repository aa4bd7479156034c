"""Where models disagree: spans that one hears and another that knows the label does not."""

from __future__ import annotations

import time

import numpy as np
import pytest

from earmark.comparing import TagRow, heard_by, tags_beside
from earmark.disagreements import EDGE, Side, differing_spans, disagreements
from earmark.events import Event

HOP = 0.1


def side(*events: tuple[str, float, float], labels: tuple[str, ...] = ("dog", "rain"), seconds: float = 10.0) -> Side:
    """Return what a model heard: 0.9 where it hears a label, else 0.1."""
    frames = np.full((round(seconds / HOP), len(labels)), 0.1, np.float32)
    for label, onset, offset in events:
        frames[round(onset / HOP) : round(offset / HOP), labels.index(label)] = 0.9
    heard = [Event(label, onset, offset, 0.9) for label, onset, offset in events]
    return Side(labels=labels, events=heard, frames=frames, hop=HOP)


def spans(*sides: Side, edge: float = EDGE) -> list[tuple[str, float, float, tuple[int, ...]]]:
    return [(each.label, each.onset, each.offset, each.heard_by) for each in disagreements(sides, edge=edge)]


def test_what_one_hears_and_the_other_does_not_is_a_disagreement():
    (found,) = disagreements([side(("dog", 1.0, 2.0)), side()])
    assert (found.label, found.onset, found.offset) == ("dog", 1.0, 2.0)
    assert (found.heard_by, found.missed_by) == ((0,), (1,))
    assert found.scores == (pytest.approx(0.9), pytest.approx(0.1))


def test_what_both_hear_is_none():
    assert spans(side(("dog", 1.0, 2.0)), side(("dog", 1.0, 2.0))) == []


def test_the_part_that_only_one_hears_is_one():
    assert spans(side(("dog", 1.0, 5.0)), side(("dog", 2.0, 3.0))) == [("dog", 1.0, 2.0, (0,)), ("dog", 3.0, 5.0, (0,))]


def test_edges_that_lie_a_little_apart_are_none():
    assert spans(side(("dog", 1.0, 2.0)), side(("dog", 1.1, 2.15))) == []
    assert len(spans(side(("dog", 1.0, 2.0)), side(("dog", 1.1, 2.15)), edge=0.0)) == 2


def test_a_short_event_that_the_other_does_not_hear_is_one_all_the_same():
    assert spans(side(("dog", 1.0, 1.1)), side()) == [("dog", 1.0, 1.1, (0,))]


def test_a_short_pause_of_one_model_is_none():
    assert spans(side(("dog", 1.0, 3.0)), side(("dog", 1.0, 1.9), ("dog", 2.0, 3.0))) == []


def test_labels_are_the_same_where_they_are_read_alike():
    assert spans(side(("dog", 1.0, 2.0)), side(("Dog", 1.0, 2.0), labels=("Dog",))) == []
    old, new = side(("dog_bark", 1.0, 2.0), labels=("dog_bark",)), side(labels=("Dog bark",))
    assert spans(old, new) == [("dog_bark", 1.0, 2.0, (0,))]


def test_what_only_one_model_knows_is_none():
    assert spans(side(("rain", 1.0, 2.0)), side(labels=("dog",))) == []


def test_of_three_models_those_who_do_not_know_the_label_take_no_side():
    (found,) = disagreements([side(labels=("cat",)), side(("dog", 1.0, 2.0)), side()])
    assert (found.heard_by, found.missed_by) == ((1,), (2,))
    assert found.scores == (None, pytest.approx(0.9), pytest.approx(0.1))


def test_of_three_models_it_is_told_apart_who_hears_it():
    found = spans(side(("dog", 1.0, 4.0)), side(("dog", 2.0, 4.0)), side())
    assert found == [("dog", 1.0, 2.0, (0,)), ("dog", 2.0, 4.0, (0, 1))]


def test_two_labels_of_one_model_that_are_read_alike_are_one():
    both = side(("dog", 1.0, 2.0), ("Dog", 2.0, 3.0), labels=("dog", "Dog"))
    assert spans(both, side(("dog", 1.0, 3.0))) == []


def test_a_score_is_of_frames_that_lie_in_the_stretch():
    loud = side(("dog", 2.0, 3.0))
    (found,) = disagreements([side(("dog", 1.0, 3.0)), loud])
    assert (found.onset, found.offset) == (1.0, 2.0)
    assert found.scores[1] == pytest.approx(0.1)


def test_each_model_is_told_where_others_hear_otherwise_by_its_own_labels():
    sides = [side(("dog_bark", 1.0, 2.0), labels=("dog_bark",)), side(labels=("rain", "Dog bark"))]
    found = disagreements(sides)
    assert {label: span.tolist() for label, span in differing_spans(found, sides[0], 0).items()} == {
        "dog_bark": [[1.0, 2.0]]
    }
    assert list(differing_spans(found, sides[1], 1)) == ["Dog bark"]


def test_thousands_of_events_are_compared_while_a_slider_moves():
    times = np.arange(5000) * 2.0
    events = [("dog", float(each), float(each + 1)) for each in times]
    sides = [side(*events, seconds=10_000), side(*events[::2], seconds=10_000)]
    began = time.process_time()
    assert len(disagreements(sides)) == 2500
    assert time.process_time() - began < 0.5  # on a busy machine; 0.03 s on an idle one


def test_tags_stand_beside_each_other_the_surest_first():
    first = [("Dog bark", 0.5), ("rain", 0.2)]
    second = [("speech", 0.9), ("dog_bark", 0.4)]
    assert tags_beside([first, second]) == [
        TagRow("speech", (None, 0.9)),
        TagRow("Dog bark", (0.5, 0.4)),
        TagRow("rain", (0.2, None)),
    ]


def test_who_heard_it_is_read_like_a_sentence():
    titles = ("A", "B", "C")
    assert [heard_by(places, titles) for places in ((0,), (0, 2), (0, 1, 2))] == ["A", "A and C", "A, B and C"]
