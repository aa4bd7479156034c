"""The frames of overlapping windows on one time axis, and events told once they have ended."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.events import EventSettings
from earmark.live.live_events import LiveEvents
from earmark.live.scores import FrameTrack, Smoothed, whole_hop

HOP = 0.1


def window(value: float, frames: int = 20) -> np.ndarray:
    return np.full((frames, 1), value, np.float32)


def levels(track: FrameTrack) -> list[float]:
    return track.frames[:, 0].tolist()


def test_a_newer_window_replaces_what_was_not_settled():
    track = FrameTrack(["dog"], HOP)
    track.add(0.0, window(1))
    track.add(0.5, window(2))
    assert levels(track) == [1] * 10 + [2] * 15


def test_what_is_settled_does_not_change_any_more():
    track, seen = FrameTrack(["dog"], HOP), {}
    for number in range(12):
        track.add(number * 0.5, window(number))
        for frame in range(track.settled):
            assert seen.setdefault(frame, levels(track)[frame]) == levels(track)[frame]
    assert len(seen) == 65


def test_time_without_an_answer_is_silence_between():
    track = FrameTrack(["dog"], HOP)
    track.add(0.0, window(1, 5))
    track.add(1.0, window(2, 5))
    assert levels(track) == [1] * 5 + [0] * 5 + [2] * 5


def test_two_minutes_are_kept():
    track = FrameTrack(["dog"], HOP)
    for number in range(400):
        track.add(number * 0.5, window(number))
    assert len(track.frames) == 1200
    assert track.last == round((399 * 0.5 + 2.0) / HOP)


def test_scores_rise_quickly_and_fall_slowly():
    smoothed = Smoothed(attack=0.1, release=0.8)
    smoothed.follow(np.array([0.0], np.float32), 0.0)
    up = smoothed.follow(np.array([1.0], np.float32), 0.1)[0]
    down = smoothed.follow(np.array([0.0], np.float32), 0.9)[0]
    assert up == pytest.approx(1 - np.exp(-1), abs=1e-6)
    assert down == pytest.approx(up * np.exp(-1), abs=1e-6)


@pytest.mark.parametrize(
    ("hop", "frame", "whole"), [(0.5, 0.32, 0.64), (0.5, 0.02, 0.5), (0.1, 0.32, 0.32), (0.5, None, 0.5)]
)
def test_the_hop_is_whole_frames_of_the_model(hop, frame, whole):
    assert whole_hop(hop, frame) == pytest.approx(whole)


def spoken(seconds: float, spans: list[tuple[float, float]]) -> np.ndarray:
    middles = (np.arange(round(seconds / HOP)) + 0.5) * HOP
    heard = [(middles > onset) & (middles < offset) for onset, offset in spans]
    return np.any(heard, axis=0).astype(np.float32)[:, None]


def told(spans: list[tuple[float, float]], *, seconds: float, window_seconds: float = 4.0) -> list[tuple[float, float]]:
    """Slide a window over known sound, and return the events that were told, with when they were."""
    scores, track = spoken(seconds, spans), FrameTrack(["dog"], HOP)
    live = LiveEvents(EventSettings(interpolate=False))
    events = []
    for end in np.arange(1.0, seconds + 0.01, 0.5):
        start = max(0.0, end - window_seconds)
        track.add(start, scores[round(start / HOP) : round(end / HOP)])
        events += live.ended(track)
    return [(round(event.onset, 3), round(event.offset, 3)) for event in events + live.ended(track, everything=True)]


def test_an_event_is_told_once_with_its_times():
    spans = [(2.0, 3.0), (5.0, 9.0), (9.8, 10.2)]
    assert told(spans, seconds=20) == spans


def test_what_goes_on_at_the_end_is_told_then():
    assert told([(17.0, 20.0)], seconds=20) == [(17.0, 20.0)]


def test_an_event_longer_than_two_windows_stays_one():
    assert told([(3.0, 40.0)], seconds=50) == [(3.0, 40.0)]


def test_an_event_that_lasts_longer_than_what_is_kept_is_told_once():
    assert told([(3.0, 200.0)], seconds=210)[-1][1] == 200.0
