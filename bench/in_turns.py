"""Two or more sides that score the same sounds, timed in turns, so that neighbours on the machine disturb all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np
import torch

from bench.ceiling import ceilings, fractions
from earmark.api import Float

Scores = Callable[[Float], Float]
"""Scores [labels] of samples [samples]."""


def compare(sides: Mapping[str, Scores], sounds: list[Float], *, macs: float, rounds: int) -> dict[str, Any]:
    """Return what a bench reports of its sides, the first of which is the published arithmetic.

    A side named "bf16" is ours in reduced precision: bf16 where this processor is faster in it, else fp32.

    Args:
        sounds: of which scores are compared; the second is timed.
        macs: multiply-accumulates of the published arithmetic: what the machine's ceiling is compared with.
    """
    published = next(iter(sides))
    ceiling = ceilings()
    times = time_in_turns(sides, sounds[1], rounds=rounds)
    medians = {name: each["median"] for name, each in times.items()}
    return {
        "threads": torch.get_num_threads(),
        "rounds": rounds,
        "seconds": times,
        "times_faster": {name: times_faster(times[published], each) for name, each in times.items()},
        "scores_apart": {name: difference(sides[published], side, sounds) for name, side in sides.items()},
        "ceiling_gflops": ceiling,
        "fraction_of_ceiling": fractions(macs, medians, ceiling),
    }


def make_sounds(sample_rate: int, seconds: float) -> list[Float]:
    """Return noise, a sweep with bursts, and next to silence."""
    count = round(sample_rate * seconds)
    time_axis = np.arange(count) / sample_rate
    noise = np.random.default_rng(0).normal(size=(3, count))
    sweep = 0.3 * np.sin(2 * np.pi * (100 + 300 * time_axis) * time_axis)
    bursts = noise[1] * np.where(np.sin(5 * time_axis) > 0.3, 0.2, 0.001)
    return [each.astype(np.float32) for each in (0.1 * noise[0], sweep + bursts, 1e-4 * noise[2])]


def difference(one: Scores, other: Scores, sounds: list[Float]) -> float:
    """Return the largest difference of any score of any sound."""
    return max(float(np.abs(one(sound) - other(sound)).max()) for sound in sounds)


def time_in_turns(sides: Mapping[str, Scores], sound: Float, *, rounds: int) -> dict[str, dict[str, float]]:
    """Return the median and minimum of the seconds of each side, after a round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for counts in [False] + [True] * rounds:
        for name, side in sides.items():
            started = time.perf_counter()
            side(sound)
            if counts:
                seconds[name].append(time.perf_counter() - started)
    return {name: {"median": median(each), "minimum": min(each)} for name, each in seconds.items()}


def times_faster(published: Mapping[str, float], ours: Mapping[str, float]) -> float:
    """Return how many times as fast ours is: the smaller of the ratios of medians and of minima.

    The median is what a person gets, the minimum what neighbours on the machine disturb least.
    """
    return min(published[of] / ours[of] for of in ("median", "minimum"))
