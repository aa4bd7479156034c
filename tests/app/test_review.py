"""In which order events are reviewed, and how many are left."""

from __future__ import annotations

import pytest

from earmark.events import Event, EventSettings
from earmark.judging import accept, draw, judged, reject, relabel
from earmark.review import progress, progress_by_label, spread_over_scores, uncertain_first

SCORES = (0.9, 0.4, 0.7, 0.35, 0.5)
HEARD = [
    Event("dog" if index % 2 == 0 else "cat", float(index), index + 0.5, score) for index, score in enumerate(SCORES)
]


def test_events_nearest_to_their_own_labels_threshold_come_first():
    settings = EventSettings(threshold=0.3, thresholds={"dog": 0.65})
    assert uncertain_first(judged(HEARD, []), settings) == [2, 3, 1, 4, 0]


def test_what_is_reviewed_or_drawn_is_not_reviewed_again():
    events = judged(HEARD, [])
    said = [*accept(events[:1], "").after, *draw("owl", 0.2, 0.3, "").after]
    assert uncertain_first(judged(HEARD, said), EventSettings(threshold=0.3)) == [4, 2, 5, 3]


def test_the_events_to_calibrate_on_span_all_scores_from_the_first_few_on():
    heard = [Event("dog", float(index), index + 0.5, 0.5 + (index / 200) ** 3 / 2) for index in range(200)]
    scores = [heard[number].score for number in spread_over_scores(judged(heard, []), 20)]
    assert scores[:3] == [pytest.approx(0.5), pytest.approx(1.0, abs=0.01), pytest.approx(0.75, abs=0.01)]
    parts = [sum(low <= score < low + 0.1 for score in scores) for low in (0.5, 0.6, 0.7, 0.8, 0.9)]
    assert min(parts) >= 3


def test_no_event_is_asked_for_twice_and_none_that_is_not_there():
    events = judged(HEARD, [])
    assert sorted(spread_over_scores(events, 50)) == [0, 1, 2, 3, 4]
    assert spread_over_scores(events, 0) == spread_over_scores((), 5) == []


def test_progress_counts_the_models_events_under_the_models_labels():
    events = judged(HEARD, [])
    said = [
        *relabel(events[:1], "wolf", "").after,
        *reject(events[1:2], "").after,
        *draw("owl", 9, 10, "").after,
    ]
    assert progress(judged(HEARD, said)) == (2, 5)
    assert progress_by_label(judged(HEARD, said)) == {"dog": (1, 3), "cat": (1, 2)}


def test_without_events_there_is_nothing_to_review():
    assert progress(()) == (0, 0)
