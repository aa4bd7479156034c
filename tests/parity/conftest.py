"""The originals and the sounds that the fast tests of the plugins have, and clips enough for a table."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from earmark.windows import fit_clip, plan

_spec = spec_from_file_location("plugins_conftest", Path(__file__).parents[1] / "plugins" / "conftest.py")
assert _spec
assert _spec.loader
_fast = module_from_spec(_spec)
_spec.loader.exec_module(_fast)

one_thread = _fast.one_thread
strong_weights = _fast.strong_weights
original = _fast.original
save = _fast.save
sound = _fast.sound


@pytest.fixture
def clip():
    """Return one of twenty different sounds [samples]: chirps, bursts of noise and pulses over noise at −60 dB."""

    def make(number: int, *, seconds: float, sample_rate: int) -> np.ndarray:
        rng = np.random.default_rng(number)
        time = np.arange(int(seconds * sample_rate)) / sample_rate
        low, speed, beat = rng.uniform(80, 2000), rng.uniform(-50, 400), rng.uniform(0.3, 8)
        chirp = np.sin(2 * np.pi * (low + speed * (time % 3)) * time) * (np.sin(2 * np.pi * beat * time) > 0)
        noise = rng.normal(size=len(time)) * np.where(np.sin(2 * np.pi * beat / 3 * time) > 0.4, 0.2, 0.001)
        pulses = np.where((time * beat) % 1 < 0.002, 0.5, 0)
        mixed = chirp * rng.uniform(0, 0.5) + noise * rng.uniform(0.2, 1) + pulses * rng.integers(2)
        return mixed.astype(np.float32)

    return make


@pytest.fixture
def windows():
    """Cut a sound as the host does: windows [samples] that overlap by half, a short one fitted as the card says."""

    def cut(samples: np.ndarray, card) -> list[np.ndarray]:
        window = round(card.window_seconds * card.sample_rate)
        starts = plan(len(samples), window, window // 2)
        return [fit_clip(samples[start : start + window], window, card.short) for start in starts]

    return cut
