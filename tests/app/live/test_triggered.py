"""What a trigger began it ends; what a person began it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from earmark.live.trigger import Trigger
from earmark.live.triggered import Triggered


@dataclass
class Station:
    """Notes when it was told to record, and with how much pre-roll."""

    seconds: float = 10.0
    recorder: object | None = None
    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)

    def record(self, name_of, *, pre_roll=0.0, split_seconds=0.0) -> object:
        self.recorder = self.recorder or object()
        self.begun.append(self.seconds - pre_roll)
        return self.recorder

    def stop_recording(self) -> None:
        self.recorder = None
        self.ended.append(self.seconds)


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture
def triggered(station) -> Triggered:
    return Triggered(station, lambda begun, label: None, pre_roll=3.0, post_roll=4.0)  # type: ignore[arg-type]


def follow(station: Station, triggered: Triggered, until: float) -> None:
    while station.seconds < until:
        station.seconds += 0.5
        triggered.follow()


def test_a_recording_goes_from_the_pre_roll_until_what_began_it_has_been_gone_for_the_post_roll(station, triggered):
    trigger = Trigger("dog", on=True)
    triggered.fired(trigger)
    follow(station, triggered, 15.0)
    trigger.on = False
    follow(station, triggered, 25.0)
    assert (station.begun, station.ended) == ([7.0], [19.0])


def test_what_a_person_records_goes_on_when_a_trigger_falls_silent(station, triggered):
    station.record(None)
    triggered.fired(Trigger("dog"))
    follow(station, triggered, 30.0)
    assert station.ended == []


def test_a_person_who_wants_what_a_trigger_began_has_it_go_on(station, triggered):
    triggered.fired(Trigger("dog"))
    triggered.leave()
    follow(station, triggered, 30.0)
    assert station.ended == []


def test_it_records_again_when_it_fires_again(station, triggered):
    triggered.fired(Trigger("dog"))
    follow(station, triggered, 16.0)
    triggered.fired(Trigger("dog"))
    follow(station, triggered, 22.0)
    assert (station.begun, station.ended) == ([7.0, 13.0], [14.0, 20.0])
