"""Scores become events, and the settings do what they say."""

from __future__ import annotations

import time

import numpy as np
import pytest

from earmark.events import EventSettings, Finder, find_events

HOP = 0.1
PLAIN = EventSettings(threshold=0.5, hysteresis=0.0, close_gaps=0.0, shortest=0.0, interpolate=False)


def events_of(scores, settings=PLAIN, *, hop=HOP, duration=None):
    """Return (onset, offset, score) of the events of one label."""
    frames = np.array(scores, np.float32)[:, None]
    found = find_events(frames, hop, ["dog"], settings, duration=len(scores) * hop if duration is None else duration)
    return [(round(event.onset, 6), round(event.offset, 6), round(event.score, 6)) for event in found]


def changed(**settings):
    return EventSettings(**{**PLAIN.__dict__, **settings})


def test_an_event_lasts_as_long_as_the_score_is_above_the_threshold():
    assert events_of([0.1, 0.6, 0.9, 0.2, 0.5, 0.1]) == [(0.1, 0.3, 0.9), (0.4, 0.5, 0.5)]


def test_events_may_begin_and_end_with_the_recording():
    assert events_of([0.9, 0.1, 0.1, 0.9]) == [(0.0, 0.1, 0.9), (0.3, 0.4, 0.9)]
    assert events_of([0.9, 0.9], changed(interpolate=True)) == [(0.0, 0.2, 0.9)]


def test_a_score_above_throughout_is_one_event():
    assert events_of([0.9] * 7) == [(0.0, 0.7, 0.9)]


def test_without_frames_or_scores_there_are_no_events():
    assert events_of([]) == []
    assert events_of([0.1, 0.2]) == []


def test_events_end_with_the_recording_and_not_with_the_last_frame():
    assert events_of([0.9, 0.9, 0.9], duration=0.25) == [(0.0, 0.25, 0.9)]


def test_nothing_is_found_behind_the_end():
    assert events_of([0.1, 0.1, 0.1, 0.9], duration=0.25) == []


def test_each_label_has_its_own_threshold_or_the_common_one():
    frames = np.array([[0.4, 0.4]] * 3, np.float32)
    settings = changed(thresholds={"dog": 0.3})
    found = find_events(frames, HOP, ["cat", "dog"], settings, duration=0.3)
    assert [event.label for event in found] == ["dog"]


def test_the_default_threshold_is_that_of_the_design():
    assert EventSettings().threshold_of("dog") == 0.35
    assert (EventSettings().close_gaps, EventSettings().shortest) == (0.3, 0.15)


def test_a_pause_shorter_than_the_gap_belongs_to_the_event():
    scores = [0.9, 0.1, 0.1, 0.6, 0.1, 0.1, 0.1, 0.7]
    assert events_of(scores, changed(close_gaps=0.3)) == [(0.0, 0.4, 0.9), (0.7, 0.8, 0.7)]


def test_a_gap_of_one_label_is_not_closed_by_another():
    frames = np.array([[0.9, 0], [0, 0], [0, 0.9]], np.float32)
    found = find_events(frames, HOP, ["a", "b"], changed(close_gaps=5), duration=0.3)
    assert [(event.label, round(event.onset, 3), round(event.offset, 3)) for event in found] == [
        ("a", 0.0, 0.1),
        ("b", 0.2, 0.3),
    ]


def test_what_is_too_short_is_no_event_but_counts_where_a_gap_is_closed():
    assert events_of([0, 0.9, 0, 0, 0, 0], changed(shortest=0.15)) == []
    assert events_of([0, 0.9, 0, 0.8, 0, 0], changed(shortest=0.15, close_gaps=0.3)) == [(0.1, 0.4, 0.9)]


def test_an_event_of_exactly_the_shortest_length_counts():
    assert events_of([0, 0.9, 0.9, 0.9, 0], changed(shortest=0.3)) == [(0.1, 0.4, 0.9)]


def test_hysteresis_lets_an_event_go_on_below_the_threshold_but_not_begin_there():
    scores = [0.1, 0.45, 0.6, 0.45, 0.3, 0.45, 0.45, 0.1]
    assert events_of(scores, changed(hysteresis=0.2)) == [(0.1, 0.4, 0.6)]


def test_smoothing_removes_a_lone_spike_and_fills_a_lone_hole():
    scores = [0, 0, 0.9, 0, 0, 0.9, 0.9, 0, 0.9, 0.9, 0]
    assert events_of(scores, changed(smooth=0.3)) == [(0.5, 1.0, 0.9)]


def test_a_border_lies_where_the_line_between_two_scores_crosses_the_threshold():
    found = events_of([0.0, 0.0, 1.0, 1.0, 0.4, 0.0], changed(interpolate=True))
    assert found == [(0.2, pytest.approx(0.35 + 0.1 * 0.5 / 0.6, abs=1e-6), 1.0)]


def test_interpolation_finds_the_borders_of_a_slow_rise_and_fall_better():
    times = (np.arange(40) + 0.5) * 0.32
    truth = (3.1, 8.47)
    scores = np.clip(0.5 + np.minimum(times - truth[0], truth[1] - times), 0, 1)
    errors = {}
    for interpolate in (False, True):
        ((onset, offset, _),) = events_of(scores, changed(interpolate=interpolate), hop=0.32)
        errors[interpolate] = abs(onset - truth[0]) + abs(offset - truth[1])
    assert errors[True] < 1e-5 < 0.05 < errors[False]


def test_a_threshold_of_zero_is_one_event_and_of_more_than_one_none():
    assert events_of([0.0, 0.2], changed(threshold=0.0)) == [(0.0, 0.2, 0.2)]
    assert events_of([1.0, 1.0], changed(threshold=1.01)) == []


def test_events_come_in_order_of_time():
    frames = np.random.default_rng(0).random((500, 7)).astype(np.float32)
    found = find_events(frames, HOP, list("abcdefg"), PLAIN, duration=50)
    assert found == sorted(found, key=lambda event: (event.onset, event.offset, event.label))


def test_many_labels_at_once_give_what_each_gives_alone(monkeypatch):
    frames = np.random.default_rng(1).random((300, 12)).astype(np.float32)
    labels = [f"label {index}" for index in range(12)]
    settings = EventSettings(threshold=0.6, hysteresis=0.2, smooth=0.3)
    alone = [
        event
        for index, label in enumerate(labels)
        for event in find_events(frames[:, index : index + 1], HOP, [label], settings, duration=30)
    ]
    together = find_events(frames, HOP, labels, settings, duration=30)
    monkeypatch.setattr("earmark.events.AT_ONCE", 1000)
    assert together == sorted(alone, key=lambda event: (event.onset, event.offset, event.label))
    assert together == find_events(frames, HOP, labels, settings, duration=30)


def test_events_equal_those_of_a_plain_loop():
    frames = np.random.default_rng(2).random(2000).astype(np.float32)
    expected, begin = [], None
    for index, score in enumerate([*frames.tolist(), 0.0]):
        if score >= 0.5 and begin is None:
            begin = index
        elif score < 0.5 and begin is not None:
            expected.append((round(begin * HOP, 6), round(index * HOP, 6), round(float(frames[begin:index].max()), 6)))
            begin = None
    assert events_of(frames) == expected


def test_what_is_kept_between_two_settings_changes_no_event():
    frames = np.random.default_rng(4).random((400, 9)).astype(np.float32) * np.linspace(0.2, 1, 9, dtype=np.float32)
    labels, finder = list("abcdefghi"), Finder()
    for threshold, smooth in ((0.9, 0.0), (0.5, 0.3), (0.3, 0.3), (0.8, 0.3), (0.3, 0.7), (0.3, 200.0), (0.1, 0.0)):
        settings = changed(threshold=threshold, smooth=smooth, thresholds={"b": 0.1}, hysteresis=0.3)
        found = finder.find(frames, HOP, labels, settings, duration=40)
        assert found == find_events(frames, HOP, labels, settings, duration=40)


def test_other_scores_are_searched_anew():
    finder = Finder()
    for seed in range(3):
        frames = np.random.default_rng(seed).random((100, 2)).astype(np.float32)
        settings = changed(smooth=0.3)
        found = finder.find(frames, HOP, ["a", "b"], settings, duration=10)
        assert found == find_events(frames, HOP, ["a", "b"], settings, duration=10)


def test_labels_smoothed_one_by_one_are_as_when_smoothed_together():
    from scipy.ndimage import median_filter

    frames = np.random.default_rng(6).random((200, 5)).astype(np.float32)
    together = median_filter(frames, size=(7, 1), mode="nearest")
    smoothed = find_events(frames, HOP, list("abcde"), changed(smooth=0.7), duration=20)
    assert smoothed == find_events(together, HOP, list("abcde"), PLAIN, duration=20)
    assert smoothed


def test_scores_that_do_not_fit_the_labels_are_a_mistake():
    with pytest.raises(ValueError, match="do not fit 2 labels"):
        find_events(np.zeros((3, 1), np.float32), HOP, ["a", "b"], PLAIN, duration=1)


def test_a_day_of_twelve_labels_is_searched_while_a_slider_moves():
    frames = np.random.default_rng(3).random((540_000, 12)).astype(np.float32) ** 8
    begin = time.process_time()
    assert find_events(frames, 0.16, [str(i) for i in range(12)], EventSettings(threshold=0.9), duration=86400)
    assert time.process_time() - begin < 5  # a second at most on a free machine; a loop in Python takes a minute
