"""Labelled sounds that the doctor is shown: real files, a second or two long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earmark.dataset import Dataset, open_dataset

RATE = 16_000

Make = Callable[..., np.ndarray]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """Keep what was heard in a folder of the test's own."""
    monkeypatch.setenv("EARMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def noise() -> Make:
    """Return noise [samples] whose pitch and level wander, another for each seed."""

    def noise(seed: int, seconds: float = 2.0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        count = round(seconds * RATE)
        times = np.arange(count) / RATE
        pitch = np.interp(times, np.linspace(0, seconds, 12), rng.uniform(300, 3000, 12))
        tone = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
        return 0.2 * tone + 0.1 * rng.uniform(-1, 1, count)

    return noise


@pytest.fixture
def sounds(tmp_path) -> Path:
    return tmp_path / "sounds"


@pytest.fixture
def put(sounds) -> Callable[..., Path]:
    """Write a recording below the folder of sounds."""

    def put(name: str, samples: np.ndarray, rate: int = RATE, **how) -> Path:
        path = sounds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, **how)
        return path

    return put


@pytest.fixture
def opened(sounds) -> Callable[[], Dataset]:
    return lambda: open_dataset(sounds)
