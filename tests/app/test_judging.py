"""A model's events and what a person says of them become one list; every edit is one change that can be taken back."""

from __future__ import annotations

import pytest

from earmark.annotations import Answered, Change
from earmark.errors import EarmarkError
from earmark.events import Event
from earmark.judging import (
    JudgedEvent,
    accept,
    delete,
    draw,
    judged,
    merge,
    move,
    reject,
    relabel,
    split,
    unjudge,
)

DOG = Event("dog", 1.0, 2.0, 0.8)
CAT = Event("cat", 3.0, 4.0, 0.6)


class Desk:
    """Annotations as the library would keep them, under a model that hears a dog and a cat."""

    def __init__(self, *heard: Event) -> None:
        self.heard = heard or (DOG, CAT)
        self.kept = {}

    def events(self, heard=None) -> list[JudgedEvent]:
        return judged(self.heard if heard is None else heard, self.kept.values(), "toy", "abc")

    def apply(self, change: Change) -> Change:
        self.kept = change.applied(self.kept)
        return change

    def seen(self) -> list[tuple]:
        return [(each.label, each.onset, each.offset, each.status) for each in self.events()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_unjudged_events_are_the_models_own_in_order_of_time(desk):
    assert desk.seen() == [("dog", 1, 2, "unreviewed"), ("cat", 3, 4, "unreviewed")]
    assert {(each.model_id, each.weights) for each in desk.events()} == {("toy", "abc")}
    assert [event.onset for event in judged([CAT, DOG], [])] == [1.0, 3.0]


def test_an_accepted_event_stands_where_the_models_was(desk):
    desk.apply(accept(desk.events()[:1], "Ann"))
    (said,) = desk.kept.values()
    assert desk.seen() == [("dog", 1, 2, "accepted"), ("cat", 3, 4, "unreviewed")]
    assert (said.author, said.model_id, said.weights, said.score) == ("Ann", "toy", "abc", 0.8)
    assert said.answers == Answered(label="dog", onset=1.0, offset=2.0)


def test_a_judgement_holds_while_the_threshold_moves_the_edges(desk):
    desk.apply(accept(desk.events()[:1], "Ann"))
    assert [each.status for each in desk.events([Event("dog", 0.5, 2.4, 0.8)])] == ["accepted"]
    assert [each.status for each in desk.events([Event("dog", 0.0, 5.0, 0.8)])] == ["unreviewed", "accepted"]


def test_several_annotations_answer_an_event_together(desk):
    for onset, offset in ((1.0, 1.3), (1.2, 1.4), (1.7, 1.9)):
        desk.apply(draw("dog", onset, offset, "Ann"))
    assert "unreviewed" not in [each.status for each in desk.events([DOG])]


def test_annotations_that_overlap_do_not_count_twice(desk):
    for _ in range(2):
        desk.apply(draw("dog", 1.0, 1.3, "Ann"))
    assert "unreviewed" in [each.status for each in desk.events([DOG])]


def test_an_annotation_of_another_label_answers_nothing(desk):
    desk.apply(draw("wolf", 1.0, 2.0, "Ann"))
    assert ("dog", 1, 2, "unreviewed") in desk.seen()


def test_a_rejected_event_is_still_in_the_list(desk):
    desk.apply(reject(desk.events(), "Ann"))
    assert desk.seen() == [("dog", 1, 2, "rejected"), ("cat", 3, 4, "rejected")]


def test_a_moved_event_does_not_come_back_where_it_was(desk):
    desk.apply(move(desk.events()[0], 7.0, 8.0, "Ann"))
    assert desk.seen() == [("cat", 3, 4, "unreviewed"), ("dog", 7, 8, "accepted")]


def test_an_edge_moved_over_the_other_swaps_them_and_stays_in_the_recording(desk):
    desk.apply(move(desk.events()[1], 12.0, -3.0, "Ann", duration=10.0))
    assert ("cat", 0.0, 10.0, "accepted") in desk.seen()


def test_frequencies_that_are_not_named_stay_as_they_are(desk):
    desk.apply(draw("owl", 1, 2, "Ann", low=200, high=900))
    owl = next(each for each in desk.events() if each.label == "owl")
    (moved,) = move(owl, 2, 3, "Ann", high=800).after
    assert (moved.low, moved.high) == (200, 800)


def test_accepting_an_edited_event_keeps_its_edges(desk):
    desk.apply(move(desk.events()[0], 1.2, 2.2, "Ann"))
    desk.apply(reject(desk.events()[:1], "Ann"))
    desk.apply(accept(desk.events()[:1], "Ben"))
    assert desk.seen()[0] == ("dog", 1.2, 2.2, "accepted")


def test_a_relabelled_event_remembers_what_the_model_called_it(desk):
    change = desk.apply(relabel(desk.events()[:1], "wolf", "Ann"))
    (said,) = desk.kept.values()
    assert change.name == "Relabel Dog as Wolf"
    assert (said.label, said.answers.label, said.score) == ("wolf", "dog", 0.8)
    assert desk.seen() == [("wolf", 1, 2, "accepted"), ("cat", 3, 4, "unreviewed")]


@pytest.mark.parametrize("edit", [lambda desk: draw(" ", 1, 2, "Ann"), lambda desk: relabel(desk.events(), "", "Ann")])
def test_an_event_needs_a_label(desk, edit):
    with pytest.raises(EarmarkError, match="needs a label"):
        edit(desk)


def test_merged_events_are_one_that_answers_all_of_them():
    desk = Desk(Event("dog", 1.0, 2.0, 0.8), Event("dog", 2.5, 4.0, 0.9))
    desk.apply(merge(desk.events(), "Ann"))
    (said,) = desk.kept.values()
    assert desk.seen() == [("dog", 1.0, 4.0, "accepted")]
    assert (said.score, said.answers) == (0.9, Answered(label="dog", onset=1.0, offset=4.0))


def test_a_merged_event_keeps_the_answer_to_what_was_relabelled(desk):
    desk.apply(relabel(desk.events()[:1], "cat", "Ann"))
    desk.apply(merge(desk.events(), "Ann"))
    assert desk.seen() == [("dog", 1.0, 2.0, "rejected"), ("cat", 1.0, 4.0, "accepted")]


def test_merging_does_not_answer_what_lies_between_an_event_and_where_it_was_moved_from():
    desk = Desk(DOG, Event("dog", 5, 6, 0.7), Event("dog", 9, 10, 0.7))
    desk.apply(move(desk.events()[0], 8.0, 8.5, "Ann"))
    desk.apply(merge([each for each in desk.events() if each.onset >= 8], "Ann"))
    assert desk.seen() == [("dog", 1, 2, "rejected"), ("dog", 5, 6, "unreviewed"), ("dog", 8, 10, "accepted")]


def test_events_of_two_labels_or_a_single_one_cannot_be_merged(desk):
    with pytest.raises(EarmarkError, match="different labels"):
        merge(desk.events(), "Ann")
    with pytest.raises(EarmarkError, match="One event"):
        merge(desk.events()[:1], "Ann")


def test_the_halves_of_a_split_event_answer_a_half_each(desk):
    desk.apply(split(desk.events()[0], 1.25, "Ann"))
    assert desk.seen()[:2] == [("dog", 1, 1.25, "accepted"), ("dog", 1.25, 2, "accepted")]
    desk.apply(delete(desk.events()[:1], "Ann"))
    assert desk.seen()[:2] == [("dog", 1, 1.25, "rejected"), ("dog", 1.25, 2, "accepted")]


@pytest.mark.parametrize("at", [0.5, 1.0, 2.0, 9.0])
def test_an_event_is_split_inside_it_only(desk, at):
    with pytest.raises(EarmarkError, match="not inside the event"):
        split(desk.events()[0], at, "Ann")


def test_deleting_takes_away_what_was_drawn_and_rejects_what_a_model_heard(desk):
    desk.apply(draw("owl", 5, 6, "Ann"))
    desk.apply(move(desk.events()[0], 1.5, 2.5, "Ann"))
    desk.apply(delete(desk.events(), "Ann"))
    assert desk.seen() == [("dog", 1, 2, "rejected"), ("cat", 3, 4, "rejected")]


def test_a_judgement_taken_back_leaves_the_event_unreviewed_and_drawn_ones_alone(desk):
    desk.apply(draw("owl", 5, 6, "Ann"))
    desk.apply(relabel(desk.events()[:1], "wolf", "Ann"))
    desk.apply(unjudge(desk.events()))
    assert [status for *_, status in desk.seen()] == ["unreviewed", "unreviewed", "accepted"]


def test_every_edit_is_undone_and_redone_as_a_whole(desk):
    desk.apply(relabel(desk.events()[:1], "cat", "Ann"))
    for edit in (accept, reject, merge, delete, lambda events, _: unjudge(events)):
        before = dict(desk.kept)
        change = desk.apply(edit(desk.events(), "Ben"))
        after = dict(desk.kept)
        desk.apply(change.undone())
        assert desk.kept == before
        desk.apply(change)
        assert desk.kept == after


def test_a_change_is_named_by_what_changes_and_is_empty_where_nothing_does(desk):
    desk.apply(accept(desk.events()[:1], "Ann"))
    assert accept(desk.events(), "Ann").name == "Accept Cat"
    assert reject(desk.events(), "Ann").name == "Reject 2 events"
    assert accept(desk.events()[:1], "Ben").is_empty
    assert not accept(desk.events()[1:], "Ben").is_empty


def test_many_events_and_many_annotations_give_what_a_plain_loop_gives(many):
    heard, annotations = many
    shown = judged(heard, annotations)
    unanswered = {(each.label, each.onset) for each in shown if each.status == "unreviewed"}
    for event in heard:
        grid = [event.onset + (step + 0.5) / 2000 * (event.offset - event.onset) for step in range(2000)]
        same = [each for each in annotations if each.label == event.label]
        part = sum(any(each.onset <= time < each.offset for each in same) for time in grid) / 2000
        if abs(part - 0.5) > 0.01:
            assert ((event.label, event.onset) in unanswered) == (part < 0.5)


@pytest.fixture
def many(rng):
    times = rng.random((60, 2)).tolist()
    heard = [Event("abc"[index % 3], 20 * at, 20 * at + length, 0.5) for index, (at, length) in enumerate(times)]
    spans = rng.random((60, 2)).tolist()
    drawn = [draw("abd"[index % 3], 20 * at, 20 * at + length, "").after[0] for index, (at, length) in enumerate(spans)]
    return heard, drawn


@pytest.fixture
def rng():
    import numpy as np

    return np.random.default_rng(5)
