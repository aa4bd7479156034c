"""Playing, with a sound card that only counts: the one thing that a machine without sound cannot have."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import soundfile

from earmark.api import AudioDeviceError, AudioFileError
from earmark.playback import Playback
from earmark.playback_sound import Manner
from earmark.playing_clock import Clock, Given
from earmark.route import Passage, Route
from earmark.sound import outlet
from earmark.stage import LATENCY


class Times:
    def __init__(self, heard_at: float) -> None:
        self.outputBufferDacTime = heard_at
        self.currentTime = heard_at


class Card:
    """A sound card whose stream is played by the test: `pull` takes samples and lets time pass."""

    class CallbackStop(Exception):  # noqa: N818 - sounddevice's name
        pass

    def __init__(self, *, rates: tuple[int, ...] = (), present: bool = True) -> None:
        self.rates, self.present = rates, present
        self.started = threading.Event()
        self.time, self.active = 1.0, False
        self.heard: list[np.ndarray] = []
        self.opened: list[float] = []

    def query_devices(self, device=None, kind=None):
        if kind is None:
            return [self.query_devices(None, "output")] if self.present else []
        if not self.present:
            raise ValueError("Error querying device -1")
        return {"name": "Card", "max_output_channels": 2, "default_samplerate": 48_000.0}

    def check_output_settings(self, *, device, samplerate, channels):
        if self.rates and samplerate not in self.rates:
            raise ValueError("Invalid sample rate")

    def OutputStream(self, *, samplerate, channels, callback, finished_callback, **_):  # noqa: N802
        self.rate, self.channels = samplerate, channels
        self.callback, self.finished = callback, finished_callback
        self.opened.append(samplerate)
        return self

    def start(self) -> None:
        self.active = True
        self.started.set()

    def abort(self) -> None:
        self.active = False

    close = abort

    def pull(self, samples: int, *, heard_later: float = 0.0) -> np.ndarray:
        assert self.started.wait(5)
        out = np.zeros((samples, self.channels), np.float32)
        try:
            self.callback(out, samples, Times(self.time + heard_later), None)
        except Card.CallbackStop:
            self.active = False
            self.finished()
        self.time += samples / self.rate
        self.heard.append(out)
        return out

    def vanish(self) -> None:
        self.active = False
        self.finished()


def heard_until(card: Card, comes) -> np.ndarray:
    """Play on in blocks of 1000 until one is as wanted; return all that was heard meanwhile [samples]."""
    blocks = []
    for _ in range(200):
        blocks.append(card.pull(1000)[:, 0])
        if comes(blocks[-1]):
            return np.concatenate(blocks)
        time.sleep(0.02)  # nearly as fast as a card: what is not decoded by then is a gap
    raise AssertionError("It never came.")


@pytest.fixture
def noise(tmp_path):
    path = tmp_path / "noise.wav"
    samples = np.random.default_rng(0).uniform(-1, 1, 32_000).astype(np.float32)
    soundfile.write(path, samples, 32_000, subtype="FLOAT")
    return path, samples


class Ending:
    def __init__(self, playback: Playback) -> None:
        self.came, self.error = threading.Event(), None
        playback.on_ended = self._note

    def _note(self, error) -> None:
        self.error = error
        self.came.set()


@pytest.fixture
def play():
    """Play on a card; returns playback and ending."""
    playing = []

    def start(card, path, **span):
        playback = Playback(sound=lambda look_again=False: card)
        ending = Ending(playback)
        playback.play(path, **span)
        playing.append(playback)
        return playback, ending

    yield start
    for playback in playing:
        playback.close()


def test_every_sample_is_played_once_and_in_order(noise, play):
    path, samples = noise
    card = Card()
    _, ending = play(card, path)
    while not ending.came.wait(0.02):
        card.pull(1000)
    heard = np.concatenate(card.heard)
    assert np.array_equal(heard[:32_000, 0], samples)
    assert np.array_equal(heard[:, 0], heard[:, 1])
    assert not heard[32_000:].any()
    assert len(heard) - 32_000 >= LATENCY * 32_000  # else the device would cut the end off
    assert ending.error is None


def test_a_stretch_is_played_from_its_start_to_its_end(noise, play):
    path, samples = noise
    card = Card()
    _, ending = play(card, path, start=0.25, end=0.5)
    while not ending.came.wait(0.02):
        card.pull(1000)
    heard = np.concatenate(card.heard)[:, 0]
    assert np.array_equal(heard[:8000], samples[8000:16_000])
    assert not heard[8000:].any()


def test_the_position_is_what_is_heard_not_what_was_handed_out(noise, play):
    path, _ = noise
    card = Card()
    playback, _ = play(card, path, start=0.1)
    card.pull(3200, heard_later=0.05)
    assert playback.position == pytest.approx(0.1 + 0.05)  # 0.1 s later, of which 0.05 s were still on the way
    card.time += 0.02
    assert playback.position == pytest.approx(0.17)


def test_an_empty_buffer_holds_the_position_instead_of_running_ahead():
    clock, route = Clock(100), Route(Passage(), 100)
    clock.give(Given(heard_at=1.0, samples=100, route=route, first=0))
    clock.give(Given(heard_at=3.0, samples=100, route=route, first=100))
    assert clock.place(0.5) is None
    assert [clock.place(now).seconds for now in (1.5, 2.9, 3.25)] == [0.5, 1.0, 1.25]


def test_a_device_that_refuses_the_rate_gets_its_own_and_the_position_stays_in_seconds(noise, play):
    path, _ = noise
    card = Card(rates=(48_000,))
    playback, _ = play(card, path)
    card.pull(9600)
    assert card.rate == 48_000
    assert playback.position == pytest.approx(0.2)


def test_no_device_is_an_error_with_a_hint(noise, play):
    path, _ = noise
    _, ending = play(Card(present=False), path)
    assert ending.came.wait(5)
    assert isinstance(ending.error, AudioDeviceError)
    assert ending.error.sentence == "No sound device was found."
    assert ending.error.hint


def test_a_device_that_vanishes_is_an_error(noise, play):
    path, _ = noise
    card = Card()
    playback, ending = play(card, path)
    card.pull(1000)
    card.vanish()
    assert ending.came.wait(5)
    assert isinstance(ending.error, AudioDeviceError)
    assert not playback.playing


def test_a_file_that_vanishes_is_an_error(tmp_path, play):
    _, ending = play(Card(), tmp_path / "gone.wav")
    assert ending.came.wait(5)
    assert isinstance(ending.error, AudioFileError)


def test_stopping_says_nothing_and_frees_the_device(noise, play):
    path, _ = noise
    card = Card()
    playback, ending = play(card, path)
    card.pull(1000)
    playback.close()
    assert not card.active
    assert not ending.came.is_set()
    assert playback.position is None


def test_another_place_is_faded_to_without_letting_go_of_the_device(noise, play):
    path, samples = noise
    card = Card()
    playback, _ = play(card, path)
    card.pull(1000)
    playback.play(path, start=0.5)
    assert playback.position == 0.5  # at once, although what was before is still in the device
    heard_until(card, lambda block: np.array_equal(block[-500:], samples[16_500:17_000]))
    assert len(card.opened) == 1


def test_a_loop_repeats_every_sample_and_leaves_none_out(noise, play):
    path, samples = noise
    card = Card()
    play(card, path, start=0.2, loop=(0.25, 0.3125))
    heard_until(card, lambda block: len(card.heard) == 20)
    heard, lap = np.concatenate(card.heard)[:, 0], samples[8000:10_000]
    assert np.array_equal(heard[:1600], samples[6400:8000])
    assert np.array_equal(heard[1600:19_600], np.tile(lap, 9))


def test_a_loop_can_be_left_and_another_end_set_while_it_plays(noise, play):
    path, _ = noise
    card = Card()
    playback, ending = play(card, path, start=0.25, loop=(0.25, 0.3125))
    card.pull(5000)
    playback.change_passage(end=0.5)
    heard_until(card, lambda block: ending.came.is_set())
    assert ending.error is None


def test_another_speed_goes_on_from_where_it_is(noise, play):
    path, _ = noise
    card = Card()
    playback, _ = play(card, path)
    card.pull(8000)
    playback.manner = Manner(speed=0.5)
    places = []
    heard_until(card, lambda block: places.append(playback.position) or len(places) > 20)
    assert places == sorted(places)
    assert places[-1] - places[-11] == pytest.approx(10_000 / 32_000 * 0.5, abs=0.02)


def test_a_speed_that_cannot_be_played_is_refused():
    with pytest.raises(ValueError, match=r"0\.25 to 4"):
        Manner(speed=5.0)


def test_another_device_goes_on_from_the_same_place(noise, play):
    path, _ = noise
    card = Card()
    playback, _ = play(card, path)
    card.pull(8000)
    card.started.clear()
    playback.device = "Card"
    card.pull(1000)
    assert len(card.opened) == 2
    assert playback.position == pytest.approx(0.25 + 1000 / 32_000, abs=0.01)


def test_mono_devices_get_one_channel():
    class MonoCard(Card):
        def query_devices(self, device=None, kind=None):
            return {"max_output_channels": 1, "default_samplerate": 44_100.0}

    assert outlet(MonoCard(), 8000).channels == 1
