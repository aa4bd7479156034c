"""Finding devices by their names, whatever these are."""

from __future__ import annotations

import pytest

from earmark.api import AudioDeviceError
from earmark.sound import device_names, in_utf8, outlet


class TwoCards:
    """A sound system with a microphone, a loudspeaker and headphones, one of them listed twice."""

    NAMES = ("Microphone", "Speaker", "Café", "Speaker")

    def query_devices(self, device=None, kind=None):
        every = [
            {"name": name, "max_output_channels": 0 if name == "Microphone" else 8, "default_samplerate": 48_000.0}
            for name in self.NAMES
        ]
        return every if kind is None else every[1 if device is None else device]

    def check_output_settings(self, *, device, samplerate, channels):
        if device == 2 and samplerate != 48_000:
            raise ValueError("Invalid sample rate")


def test_only_what_plays_is_offered_and_each_name_once():
    assert device_names(TwoCards()) == ["Speaker", "Café"]


def test_a_device_is_found_by_its_name_and_the_systems_choice_has_none():
    assert outlet(TwoCards(), 44_100, device="Speaker").device == 1
    assert outlet(TwoCards(), 44_100).device is None


def test_the_rate_is_that_of_the_device_that_was_chosen():
    assert outlet(TwoCards(), 44_100, device="Café").sample_rate == 48_000
    assert outlet(TwoCards(), 44_100, device="Speaker").sample_rate == 44_100


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(AudioDeviceError) as caught:
        outlet(TwoCards(), 44_100, device="Headset")
    assert "“Headset” is not there" in caught.value.sentence
    assert "Output device" in caught.value.hint


@pytest.mark.parametrize(("name", "read"), [(b"Speaker", "Speaker"), ("Café".encode(), "Café"), (b"Caf\xe9", "Café")])
def test_a_name_in_any_coding_can_be_read(name, read):
    assert in_utf8(name).decode() == read
