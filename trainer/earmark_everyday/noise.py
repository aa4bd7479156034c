"""Noise: what is none of the labels. Steady ones are backgrounds too; short ones are what a microphone meets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import signal

from earmark.api import Float
from earmark_everyday import FOLDS, NOISE, SAMPLE_RATE
from earmark_everyday.effects import in_room, resampled, staged
from earmark_everyday.music import NOT_MUSIC, recording
from earmark_everyday.sounds import Rendered, Sound, rendered

SECONDS = 5.0
LENGTH = round(SECONDS * SAMPLE_RATE)
TIMES = np.arange(LENGTH) / SAMPLE_RATE
TIMES_OVER = 3
"""Stretches of each recipe, a fold."""

Recipe = Callable[[np.random.Generator], Float]


def coloured(rng: np.random.Generator, slope: float, length: int = LENGTH) -> Float:
    """Return noise whose power goes as frequency to the `slope`: 0 white, −1 pink, −2 brown, 1 blue."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / SAMPLE_RATE), 15.0)
    return np.fft.irfft(spectrum * frequencies ** (slope / 2), length).astype(np.float32)


def white(rng: np.random.Generator) -> Float:
    """Return white noise, or nearly."""
    return coloured(rng, rng.uniform(-0.3, 0.3))


def pink(rng: np.random.Generator) -> Float:
    """Return pink noise, or nearly."""
    return coloured(rng, rng.uniform(-1.5, -0.7))


def brown(rng: np.random.Generator) -> Float:
    """Return rumbling noise."""
    return coloured(rng, rng.uniform(-2.8, -1.7))


def blue(rng: np.random.Generator) -> Float:
    """Return hissing noise."""
    return coloured(rng, rng.uniform(0.5, 1.5))


def band(rng: np.random.Generator) -> Float:
    """Return noise in a band."""
    low = 10 ** rng.uniform(1.7, 3.6)
    sos = signal.butter(2, (low, min(low * 2 ** rng.uniform(0.3, 3), 15000)), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(signal.sosfilt(sos, rng.standard_normal(LENGTH)), np.float32)


def hum(rng: np.random.Generator) -> Float:
    """Return mains hum with harmonics, over a little noise."""
    base = float(rng.choice([50.0, 60.0])) * rng.uniform(0.998, 1.002)
    tones = [np.sin(2 * np.pi * (base * n * TIMES + rng.random())) * rng.uniform(0, 1) / n for n in range(1, 16)]
    return np.sum(tones, axis=0).astype(np.float32) + 10 ** rng.uniform(-3, -1) * _unit(pink(rng))


def buzz(rng: np.random.Generator) -> Float:
    """Return an electrical buzz: narrow pulses at twice the mains frequency."""
    phase = TIMES * float(rng.choice([100.0, 120.0])) % 1.0
    pulses = np.where(phase < rng.uniform(0.02, 0.3), 1.0, -0.1) + 0.1 * rng.standard_normal(LENGTH)
    return np.asarray(signal.lfilter([1, -1], [1, -rng.uniform(0.3, 0.95)], pulses), np.float32)


def fan(rng: np.random.Generator) -> Float:
    """Return air and blades: pink noise, gently modulated, with a few tones."""
    air = coloured(rng, rng.uniform(-2.0, -0.6)) * (1 + 0.1 * np.sin(2 * np.pi * rng.uniform(3, 30) * TIMES))
    tones = [np.sin(2 * np.pi * rng.uniform(60, 900) * TIMES) for _ in range(rng.integers(0, 4))]
    return np.asarray(_unit(air) + 0.15 * sum(tones, np.zeros(LENGTH)), np.float32)


def wind(rng: np.random.Generator) -> Float:
    """Return gusts: brown noise whose level wanders."""
    gusts = np.interp(TIMES, np.linspace(0, SECONDS, 14), 10 ** (rng.uniform(-20, 0, 14) / 20))
    return (coloured(rng, rng.uniform(-3.0, -1.5)) * gusts).astype(np.float32)


def room_tone(rng: np.random.Generator) -> Float:
    """Return a quiet room: brown noise, a trace of hum, a trace of hiss."""
    mixed = _unit(brown(rng)) + 0.2 * _unit(hum(rng)) + np.float32(10 ** rng.uniform(-2.5, -1.0)) * _unit(white(rng))
    return mixed.astype(np.float32)


def _unit(samples: np.ndarray) -> Float:
    return (samples / (np.sqrt(np.square(samples).mean()) + 1e-9)).astype(np.float32)


def _burst(rng: np.random.Generator, *, centre: float, octaves: float, decay: float) -> Float:
    length = round(decay * 6 * SAMPLE_RATE)
    edges = (centre * 2 ** (-octaves / 2), min(centre * 2 ** (octaves / 2), 15500.0))
    sos = signal.butter(2, edges, "bandpass", fs=SAMPLE_RATE, output="sos")
    shape = np.exp(-np.arange(length) / (decay * SAMPLE_RATE))
    return _unit(np.asarray(signal.sosfilt(sos, rng.standard_normal(length) * shape))) * rng.uniform(0.5, 1.0)


def _scattered(rng: np.random.Generator, bursts: list[Float], *, spacing: float, regular: bool) -> Float:
    mix = np.zeros(LENGTH, np.float32)
    at = rng.uniform(0.05, 2.0)
    for burst in bursts:
        start = round(at * SAMPLE_RATE)
        if start + len(burst) < LENGTH:
            mix[start : start + len(burst)] += burst
        at += spacing * (rng.uniform(0.92, 1.08) if regular else rng.exponential(1.0) + 0.03)
    return mix


def claps(rng: np.random.Generator) -> Float:
    """Return hands clapping, once to many times, in a room."""
    centre, decay = rng.uniform(800, 2500), rng.uniform(0.004, 0.02)
    count = int(rng.integers(1, 14))
    bursts = [_burst(rng, centre=centre * rng.uniform(0.85, 1.15), octaves=2.2, decay=decay) for _ in range(count)]
    dry = _scattered(rng, bursts, spacing=rng.uniform(0.18, 0.8), regular=True)
    return in_room(dry, rng, longest=0.7) if rng.random() < 0.85 else dry


def knocks(rng: np.random.Generator) -> Float:
    """Return knuckles on wood."""
    centre = rng.uniform(150, 700)
    bursts = [
        _burst(rng, centre=centre, octaves=1.5, decay=rng.uniform(0.008, 0.03)) for _ in range(rng.integers(1, 7))
    ]
    return in_room(_scattered(rng, bursts, spacing=rng.uniform(0.15, 0.5), regular=True), rng, longest=0.5)


def keys(rng: np.random.Generator) -> Float:
    """Return typing, and clicks of a mouse."""
    count = int(rng.integers(1, 30))
    bursts = [_burst(rng, centre=rng.uniform(1800, 6000), octaves=1.5, decay=0.003) for _ in range(count)]
    return staged(_scattered(rng, bursts, spacing=rng.uniform(0.08, 0.4), regular=False), rng)


def thuds(rng: np.random.Generator) -> Float:
    """Return footsteps, or things set down."""
    centre = rng.uniform(50, 220)
    bursts = [
        _burst(rng, centre=centre, octaves=2.0, decay=rng.uniform(0.015, 0.05)) for _ in range(rng.integers(1, 9))
    ]
    return in_room(_scattered(rng, bursts, spacing=rng.uniform(0.4, 0.8), regular=True), rng, longest=0.5)


def clicks(rng: np.random.Generator) -> Float:
    """Return single clicks, pops and crackles of a bad contact."""
    mix = np.zeros(LENGTH, np.float32)
    for at in rng.integers(0, LENGTH, rng.integers(1, 6)):
        mix[at : at + rng.integers(1, 40)] = rng.uniform(-1, 1)
    return staged(mix, rng)


def rustle(rng: np.random.Generator) -> Float:
    """Return cloth or paper at the microphone: broad noise that comes and goes."""
    level = np.interp(TIMES, np.linspace(0, SECONDS, 40), 10 ** (rng.uniform(-50, 0, 40) / 20))
    return (band(rng) * level).astype(np.float32)


def beeps(rng: np.random.Generator) -> Float:
    """Return one beep repeated, or a steady tone."""
    on = rng.uniform(0.05, 0.8) if rng.random() < 0.7 else SECONDS
    gate = (TIMES % (on * rng.uniform(1.3, 4)) < on).astype(np.float32)
    tone = np.sin(2 * np.pi * 10 ** rng.uniform(1.9, 3.9) * TIMES)
    return staged((tone * signal.lfilter([0.01], [1, -0.99], gate)).astype(np.float32), rng)


def sweep(rng: np.random.Generator) -> Float:
    """Return a tone that glides."""
    start, end = 10 ** rng.uniform(1.8, 4.1, 2)
    return signal.chirp(TIMES, start, SECONDS, end, "logarithmic").astype(np.float32)


def offset(rng: np.random.Generator) -> Float:
    """Return a constant: a microphone with a direct current, over faint noise."""
    return (1.0 + 10 ** rng.uniform(-4, -2) * rng.standard_normal(LENGTH)).astype(np.float32)


def silence(rng: np.random.Generator) -> Float:
    """Return digital silence, or its last bit flickering."""
    flicker = (rng.random(LENGTH) < 0.1) * rng.choice([0.0, 1e-9])
    return flicker.astype(np.float32)


STEADY: tuple[Recipe, ...] = (white, pink, brown, blue, band, hum, buzz, fan, wind, room_tone, room_tone)
SHORT: tuple[Recipe, ...] = (claps, claps, claps, knocks, keys, thuds, clicks, rustle, beeps, sweep, offset, silence)


def render_noises(fold: int) -> list[Rendered]:
    """Return `TIMES_OVER` stretches of every recipe, of this fold's own seeds."""
    stretches = []
    for number, recipe in enumerate((*STEADY, *SHORT)):
        kind = "steady" if recipe in STEADY else "short"
        for take in range(TIMES_OVER):
            samples = recipe(np.random.default_rng([5, fold, number, take]))
            source = f"noise {fold}.{number}.{take}"
            about = Sound(label=NOISE, kind=kind, fold=fold, source=source, file=recipe.__name__, cc="made here")
            stretches.append(rendered(samples, about))
    return stretches


def render_recorded_noises(folder: Path) -> list[Rendered]:
    """Return the recordings of the musical collection that are noises, each in one fold, at two speeds."""
    stretches = []
    for number, name in enumerate(NOT_MUSIC):
        samples, rate = recording(folder / f"{name}.flac")
        fold = FOLDS[number % len(FOLDS)]
        for variant, speed in enumerate((1.0, 0.85 if number % 2 else 1.17)):
            heard = resampled(samples, rate, speed=speed)[:LENGTH]
            about = Sound(label=NOISE, kind="short", fold=fold, source=name, file=name, variant=variant, cc="CC0")
            stretches.append(rendered(heard, about))
    return stretches
