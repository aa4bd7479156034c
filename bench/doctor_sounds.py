"""Sounds that a computer makes up, eight labels, no two alike: something to plant faults into."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

RATE = 22_050

Samples = np.ndarray
Make = Callable[[np.random.Generator, int], Samples]


def sound(label: str, rng: np.random.Generator, seconds: float) -> Samples:
    """Return a sound of a label [samples] in −1..1 at `RATE`, on some noise of the place, at any level."""
    count = round(seconds * RATE)
    samples = MAKERS[label](rng, count)
    place = _band(rng.normal(size=count), 60, rng.uniform(1500, 8000))
    samples = samples / np.abs(samples).max() + place / np.abs(place).max() * 10 ** rng.uniform(-2.2, -1.2)
    return (samples / np.abs(samples).max() * 10 ** rng.uniform(-1.0, -0.1)).astype(np.float32)


def _clock(rng: np.random.Generator, count: int) -> Samples:
    """Clicks at an even pace, each ringing."""
    tick = _ringing(rng, rng.uniform(1500, 6000), decay=rng.uniform(0.003, 0.012))
    return _strewn(tick, np.arange(rng.uniform(0, 0.4), count / RATE, rng.uniform(0.2, 0.7)), rng, count, spread=0.2)


def _rain(rng: np.random.Generator, count: int) -> Samples:
    """Hiss, and drops."""
    hiss = _band(rng.normal(size=count), rng.uniform(700, 2000), rng.uniform(6000, 10_000))
    drop = _ringing(rng, rng.uniform(1500, 5000), decay=0.004)
    drops = rng.uniform(0, count / RATE, int(rng.integers(50, 200)))
    return hiss / hiss.std() * 0.2 + _strewn(drop, drops, rng, count, spread=0.8)


def _engine(rng: np.random.Generator, count: int) -> Samples:
    """Harmonics of a pitch that wanders."""
    pitch = rng.uniform(40, 110) * (1 + 0.05 * _wander(rng, count, 0.5))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    strengths = rng.uniform(0.2, 1, 24) / np.arange(1, 25) ** 0.7
    tones = sum(strength * np.sin((n + 1) * phase + rng.uniform(0, 6)) for n, strength in enumerate(strengths))
    return tones + 0.3 * _band(rng.normal(size=count), 100, 1500)


def _bird(rng: np.random.Generator, count: int) -> Samples:
    """Chirps that glide."""
    chirps = []
    for _ in range(int(rng.integers(2, 5))):
        times = np.arange(round(rng.uniform(0.06, 0.25) * RATE)) / RATE
        begin, end = rng.uniform(2000, 7000, 2)
        glide = begin + (end - begin) * times / times[-1] + rng.uniform(0, 300) * np.sin(2 * np.pi * 30 * times)
        chirps.append(np.sin(2 * np.pi * np.cumsum(glide) / RATE) * np.hanning(len(times)))
    samples = np.zeros(count)
    for chirp in chirps:
        samples += _strewn(chirp, rng.uniform(0, count / RATE, int(rng.integers(3, 9))), rng, count, spread=0.4)
    return samples


def _dog(rng: np.random.Generator, count: int) -> Samples:
    """Barks: a falling buzz through two resonances."""
    times = np.arange(round(rng.uniform(0.12, 0.25) * RATE)) / RATE
    pitch = rng.uniform(250, 550) * (1 - 1.5 * times)
    buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) + 0.6 * rng.normal(size=len(times))
    first = rng.uniform(500, 1000)
    bark = (_band(buzz, first * 0.8, first * 1.3) + 0.5 * _band(buzz, first * 2, first * 2.6)) * np.hanning(len(times))
    return _strewn(bark, rng.uniform(0, count / RATE, int(rng.integers(3, 9))), rng, count, spread=0.5)


def _wind(rng: np.random.Generator, count: int) -> Samples:
    """Low noise that swells."""
    noise = _band(rng.normal(size=count), 30, rng.uniform(200, 500))
    return noise * np.exp(1.2 * _wander(rng, count, 1.5))


def _siren(rng: np.random.Generator, count: int) -> Samples:
    """A tone that goes up and down."""
    times = np.arange(count) / RATE
    sweep = np.sin(2 * np.pi * rng.uniform(0.3, 2.5) * times + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(rng.uniform(700, 1100) + rng.uniform(150, 400) * sweep) / RATE
    return np.sin(phase) + rng.uniform(0.1, 0.5) * np.sin(2 * phase) + rng.uniform(0, 0.4) * np.sin(3 * phase)


def _fire(rng: np.random.Generator, count: int) -> Samples:
    """Crackles of all sizes over a rumble."""
    crackle = rng.normal(size=round(0.004 * RATE)) * np.exp(-np.linspace(0, 5, round(0.004 * RATE)))
    crackles = rng.uniform(0, count / RATE, int(rng.integers(30, 120)))
    rumble = _band(rng.normal(size=count), 60, 400)
    return _strewn(crackle, crackles, rng, count, spread=1.2) + rumble / rumble.std() * rng.uniform(0.05, 0.15)


MAKERS: dict[str, Make] = {
    "bird": _bird,
    "clock": _clock,
    "dog": _dog,
    "engine": _engine,
    "fire": _fire,
    "rain": _rain,
    "siren": _siren,
    "wind": _wind,
}
LABELS = tuple(MAKERS)


def _strewn(piece: Samples, onsets: Samples, rng: np.random.Generator, count: int, *, spread: float) -> Samples:
    """Return a piece at some onsets, in seconds, its level spread over so many powers of e."""
    samples = np.zeros(count)
    for onset in onsets:
        begin = int(onset * RATE)
        part = piece[: max(0, count - begin)]
        samples[begin : begin + len(part)] += part * np.exp(rng.normal(0, spread))
    return samples


def _ringing(rng: np.random.Generator, hertz: float, *, decay: float) -> Samples:
    times = np.arange(round(8 * decay * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * hertz * each * times + rng.uniform(0, 6)) for each in (1, rng.uniform(1.3, 1.9)))
    return tones * np.exp(-times / decay)


def _wander(rng: np.random.Generator, count: int, hertz: float) -> Samples:
    """Return a slow random line of deviation 1."""
    points = rng.normal(size=max(4, round(count / RATE * 2 * hertz)))
    return np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points)


def _band(samples: Samples, low: float, high: float) -> Samples:
    return sosfilt(butter(2, (low, min(high, 0.45 * RATE)), "bandpass", fs=RATE, output="sos"), samples)
