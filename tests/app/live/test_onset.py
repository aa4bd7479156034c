"""What begins is noticed once, where it begins; what goes on and what grows slowly is not."""

from __future__ import annotations

import numpy as np
import pytest

from earmark.live.onset import OnsetWatch
from earmark.live.ring_buffer import RingBuffer

RATE = 1000


def onsets(levels: np.ndarray) -> list[int]:
    """Return the samples at which sound of such levels, one a sample, is said to begin; heard 50 ms at a time."""
    ring = RingBuffer(60 * RATE)
    watch = OnsetWatch(ring, RATE)
    samples = (levels * np.random.default_rng(1).choice([-1.0, 1.0], len(levels))).astype(np.float32)
    found = []
    for begin in range(0, len(samples), 50):
        ring.write(samples[begin : begin + 50, None])
        found += [onset] if (onset := watch.follow()) is not None else []
    return found


def levels(*stretches: tuple[float, float]) -> np.ndarray:
    return np.concatenate([np.full(round(seconds * RATE), level) for seconds, level in stretches])


def test_a_sound_after_silence_begins_once():
    assert onsets(levels((2.0, 0.0), (1.0, 0.2), (1.0, 0.0))) == [2000]


def test_a_sound_over_a_soft_ground_begins_where_it_does():
    assert onsets(levels((3.0, 0.01), (0.5, 0.3), (3.0, 0.01), (0.5, 0.3)))[1:] == [3000, 6500]


@pytest.mark.parametrize("sound", [levels((4.0, 0.0004)), np.geomspace(0.002, 0.5, 20 * RATE)])
def test_what_is_very_soft_or_grows_slowly_begins_nowhere(sound):
    assert onsets(sound)[1:] == []
