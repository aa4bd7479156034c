"""How the spectrogram looks, as it is remembered."""

from __future__ import annotations

import json

import pytest

from earmark.gui.look import Look, as_plain, channel_names, from_plain, resolution_text
from earmark.spectrogram import Grid, SpectrogramSettings

CHOSEN = Look(
    scale="mel",
    colours="gray",
    decibels=(-90.0, -20.0),
    fft_size=2048,
    window="blackman",
    overlap=0.5,
    channel=2,
    lowest=200.0,
    highest=9000.0,
)


def test_a_look_survives_being_kept():
    assert from_plain(json.loads(json.dumps(as_plain(CHOSEN)))) == CHOSEN
    assert from_plain(json.loads(json.dumps(as_plain(Look())))) == Look()


@pytest.mark.parametrize(
    "odd",
    [
        {"scale": "bark"},
        {"colours": 7},
        {"decibels": [3, "x"]},
        {"decibels": [-20, -90]},
        {"decibels": [-90, 1e308]},
        {"highest": 1e308},
        {"lowest": float("nan")},
        {"fft_size": 1000},
        {"fft_size": [1]},
        {"window": ["hann"]},
        {"overlap": "much"},
        {"channel": 0},
        {"channel": True},
        {"lowest": -1},
        {"lowest": 5000, "highest": 10},
        {"highest": float("nan")},
        {"of a newer Earmark": 1},
    ],
)
def test_what_cannot_be_used_is_as_by_default(odd):
    assert from_plain(odd) == Look()


def test_the_resolution_is_said():
    grid = Grid(44_100, 10.0, SpectrogramSettings(fft_size=1024))
    assert resolution_text(grid) == "23 ms × 43 Hz, a column each 2.9 ms"


def test_channels_have_the_names_that_people_know():
    assert channel_names(1) == {"mix": "Mono"}
    assert channel_names(2) == {"mix": "Both mixed", 1: "Left", 2: "Right"}
    assert list(channel_names(4).values()) == ["All mixed", "Channel 1", "Channel 2", "Channel 3", "Channel 4"]
