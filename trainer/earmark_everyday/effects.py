"""Rooms, bandwidths, speeds: what happens to a sound between its source and a microphone. Mono at `SAMPLE_RATE`."""

from __future__ import annotations

from functools import cache

import numpy as np
import soxr
from scipy import signal

from earmark.api import Float
from earmark_everyday import SAMPLE_RATE

BANDS: dict[str, tuple[float, float] | None] = {
    "full": None,
    "telephone": (300.0, 3400.0),
    "narrow": (60.0, 3900.0),
    "small loudspeaker": (350.0, 9000.0),
    "small microphone": (120.0, 7500.0),
}


def resampled(samples: Float, sample_rate: int, *, speed: float = 1.0) -> Float:
    """Return `samples` at `SAMPLE_RATE`, played `speed` times as fast: pitch and tempo change together."""
    return soxr.resample(samples, sample_rate * speed, SAMPLE_RATE).astype(np.float32)


@cache
def _band_filter(name: str) -> np.ndarray:
    edges = BANDS[name] or (20.0, 15900.0)
    return np.asarray(signal.butter(4, edges, "bandpass", fs=SAMPLE_RATE, output="sos"))


def band_limited(samples: Float, name: str) -> Float:
    """Return `samples` through one of `BANDS`."""
    if BANDS[name] is None:
        return samples
    return np.asarray(signal.sosfilt(_band_filter(name), samples), np.float32)


def room_response(rng: np.random.Generator, *, rt60: float, distance: float) -> Float:
    """Return the impulse response [samples] of a made-up room: the direct sound first, then reflections that decay.

    Args:
        rt60: seconds in which the reverberation falls by 60 dB.
        distance: how much of the energy is reverberation, 0 near to 1 far.
    """
    samples = round(rt60 * 0.9 * SAMPLE_RATE)
    times = np.arange(samples) / SAMPLE_RATE
    tail = rng.standard_normal(samples) * 10 ** (-3 * times / rt60)
    tail[: round(0.003 * SAMPLE_RATE)] = 0.0
    darkness = np.exp(-rng.uniform(0.2, 1.2))
    tail = signal.lfilter([1 - darkness], [1, -darkness], tail)  # high frequencies are absorbed first
    tail *= np.sqrt(distance / (np.square(tail).sum() + 1e-12))
    for _ in range(6):
        at = round(rng.uniform(0.003, 0.03) * SAMPLE_RATE)
        tail[min(at, samples - 1)] += rng.choice([-1, 1]) * np.sqrt(distance) * rng.uniform(0.05, 0.35)
    tail[0] = 1.0
    return tail.astype(np.float32)


def in_room(samples: Float, rng: np.random.Generator, *, longest: float = 0.9) -> Float:
    """Return `samples` [samples] as heard in a room of random size, cut to their old length."""
    response = room_response(rng, rt60=rng.uniform(0.12, longest), distance=rng.uniform(0.1, 0.9))
    return signal.fftconvolve(samples, response)[: len(samples)].astype(np.float32)


def staged(samples: Float, rng: np.random.Generator, *, plain: float = 0.35) -> Float:
    """Return `samples` in a random room and bandwidth; with chance `plain`, as they are."""
    if rng.random() < plain:
        return samples
    if rng.random() < 0.6:
        samples = in_room(samples, rng)
    if rng.random() < 0.5:
        samples = band_limited(samples, str(rng.choice(list(BANDS))))
    return samples
