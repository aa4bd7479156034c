"""Faster and slower at the same pitch, and which sample is heard."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.time_stretch import Piece, as_pieces, stretched

RATE = 16_000
SPEEDS = (0.25, 0.5, 0.8, 1.5, 2.0, 3.0, 4.0)


def in_blocks(samples: np.ndarray, size: int = 1600):
    for begin in range(0, len(samples), size):
        yield samples[begin : begin + size].reshape(-1, samples[0].size)


def tone(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE).astype(np.float32)


def joined(pieces: list[Piece]) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples, and for each the sample of the recording that it is said to be."""
    said = [piece.first + piece.pace * np.arange(len(piece.samples)) for piece in pieces]
    return np.concatenate([piece.samples for piece in pieces]), np.concatenate(said)


def test_at_normal_speed_samples_are_as_they_were():
    samples = tone(440, 1.0)
    heard, said = joined(list(as_pieces(in_blocks(samples))))
    assert np.array_equal(heard[:, 0], samples)
    assert np.array_equal(said, np.arange(len(samples)))


@pytest.mark.parametrize("speed", SPEEDS)
def test_it_takes_as_long_as_the_speed_says(speed):
    heard, _ = joined(list(stretched(in_blocks(tone(440, 4.0)), RATE, speed)))
    assert len(heard) == pytest.approx(4.0 * RATE / speed, abs=0.03 * RATE)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hertz", [100.0, 440.0, 3100.0])
def test_the_pitch_is_kept(speed, hertz):
    heard, _ = joined(list(stretched(in_blocks(tone(hertz, 4.0)), RATE, speed)))
    loud = heard[RATE // 10 : -RATE // 10, 0]
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(len(loud))))
    assert spectrum.argmax() * RATE / len(loud) == pytest.approx(hertz, rel=0.01, abs=2.0)
    assert loud.std() == pytest.approx(0.707, abs=0.05)


@pytest.mark.parametrize("speed", SPEEDS)
def test_every_click_is_heard_and_its_place_is_known_to_20_ms(speed):
    samples = np.zeros(RATE * 8, np.float32)
    places = np.cumsum(np.random.default_rng(0).integers(3000, 5000, 30))
    for place in places:
        samples[place : place + 32] = tone(2000, 32 / RATE)
    heard, said = joined(list(stretched(in_blocks(samples), RATE, speed)))
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 0.3)
    away = said[loud][:, None] - places
    assert np.abs(away).min(1).max() / RATE < 0.02
    assert len(np.unique(np.abs(away).argmin(1))) == len(places)


def test_it_begins_at_full_strength():
    heard, said = joined(list(stretched(in_blocks(np.ones(RATE, np.float32)), RATE, 0.5)))
    assert np.allclose(heard[:2000], 1.0, atol=1e-5)
    assert said[0] == 0


def test_both_channels_are_moved_alike():
    left = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    heard, _ = joined(list(stretched(in_blocks(np.stack([left, left * 0.5], 1)), RATE, 0.7)))
    assert np.allclose(heard[:, 0] * 0.5, heard[:, 1], atol=1e-6)


def test_silence_and_nothing_stay_what_they_are():
    heard, _ = joined(list(stretched(in_blocks(np.zeros(RATE, np.float32)), RATE, 2.0)))
    assert not heard.any()
    assert list(stretched(iter(()), RATE, 2.0)) == []
