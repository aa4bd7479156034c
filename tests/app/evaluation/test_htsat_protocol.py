"""HTS-AT's way from frames to events on DESED."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.errors import EarmarkError
from earmark.evaluation.htsat_protocol import THRESHOLDS, check_labels, events_of
from earmark.evaluation.label_match import LabelMatch

MATCH = LabelMatch(("Dog", "Cat"), ((0, 1), (2,)))
TEN_SECONDS = 320_000


def frames(**columns):
    """Return 32 frames of three labels; a column is a list of (frame, score)."""
    scores = np.zeros((32, 3), np.float32)
    for label, pairs in columns.items():
        for at, score in pairs:
            scores[at, "abc".index(label)] = score
    return scores


def test_events_lie_on_the_grid_of_the_frames():
    (event,) = events_of(frames(a=[(2, 0.5), (3, 0.5)]), TEN_SECONDS, MATCH)
    assert (event.label, event.onset, event.offset) == ("Dog", 2 * 0.3125, 4 * 0.3125)


def test_any_label_of_the_group_is_enough_and_a_score_at_the_threshold_is_not():
    found = events_of(frames(b=[(5, 0.4)], c=[(5, THRESHOLDS["Cat"] - 1e-3)]), TEN_SECONDS, MATCH)
    assert [event.label for event in found] == ["Dog"]


def test_an_event_ends_where_a_short_clip_does():
    samples = 5 * 32000 + 7
    (event,) = events_of(frames(a=[(at, 0.9) for at in range(32)]), samples, MATCH)
    assert event.offset == pytest.approx(512 * 0.009765625)


def test_frames_that_are_fine_already_are_taken_as_they_are():
    fine = np.zeros((1024, 3), np.float32)
    fine[100:103, 0] = 0.9
    (event,) = events_of(fine, TEN_SECONDS, MATCH)
    assert (event.onset, event.offset) == (pytest.approx(100 * 0.009765625), pytest.approx(103 * 0.009765625))


def test_other_labels_than_deseds_are_refused():
    check_labels(["Dog", "Cat"])
    with pytest.raises(EarmarkError, match="“Wolf” is none of them"):
        check_labels(["Dog", "Wolf"])
