"""Sounds laid into scenes: which part of a sound, where, and what is then heard when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from earmark.api import Float
from earmark_everyday import SAMPLE_RATE
from earmark_everyday.sounds import Sound

EDGE_SECONDS = 0.01
"""Sounds that are cut fade over this, so that no click gives the edge away."""


@dataclass(frozen=True)
class Placed:
    """A sound in a scene: `label` sounds from `onset` to `offset`, seconds; `level_db` beside the others."""

    label: str
    onset: float
    offset: float
    level_db: float = 0.0


def part_of(sound: Sound, rng: np.random.Generator, seconds: float) -> tuple[float, float]:
    """Return the part of a sound to use, in seconds: a crop of a continuous one, some of another's active parts."""
    if sound.continuous or sound.label == "music":
        onset, offset = sound.active[rng.integers(len(sound.active))]
        length = min(offset - onset, rng.uniform(0.5, seconds))
        onset += rng.random() * (offset - onset - length)
        return onset, onset + length
    first = int(rng.integers(len(sound.active)))
    last = first if rng.random() < 0.5 else int(rng.integers(first, len(sound.active)))
    before = sound.active[first - 1][1] if first else 0.0
    after = sound.active[last + 1][0] if last + 1 < len(sound.active) else sound.length / SAMPLE_RATE
    # the breath before and the tail after belong to the sound, as faintly as they are
    onset, offset = sound.active[first][0], sound.active[last][1]
    return max(before, onset - rng.uniform(0, 0.1)), min(after, offset + rng.uniform(0.02, 0.5))


def struck(samples: Float, *, depth_db: float = 20.0) -> tuple[float, float]:
    """Return when the first stroke begins and the last one ends, in seconds: where it is loud beside the loudest."""
    moment = SAMPLE_RATE // 100
    if len(samples) < moment:
        return 0.0, len(samples) / SAMPLE_RATE
    moments = np.square(samples[: len(samples) // moment * moment]).reshape(-1, moment).mean(1)
    loud = np.flatnonzero(moments >= moments.max() * 10 ** (-depth_db / 10))
    first, last = max(0, loud[0] - 1), min(len(moments), loud[-1] + 6)  # strokes ring on
    return first / 100, max(last / 100, first / 100 + 0.15)


def faded(samples: Float) -> Float:
    """Return `samples` with short fades at both ends."""
    length = min(round(EDGE_SECONDS * SAMPLE_RATE), len(samples) // 2)
    if length:
        ramp = np.linspace(0, 1, length, dtype=np.float32)
        samples[:length] *= ramp
        samples[-length:] *= ramp[::-1]
    return samples


def lay(scene: Float, samples: Float, start: int) -> None:
    """Add `samples` to `scene` from sample `start`, which may be before its beginning; what is outside is lost."""
    skipped = max(0, -start)
    end = min(len(scene), start + len(samples))
    if end > start + skipped:
        scene[start + skipped : end] += samples[skipped : end - start]


def merged(placed: Iterable[Placed], seconds: float, *, gap: float = 0.3, shortest: float = 0.15) -> list[Placed]:
    """Return events as a listener would list them: clipped to the scene, near ones of a label joined, by onset."""
    events: list[Placed] = []
    for event in sorted(placed, key=lambda event: (event.label, event.onset)):
        onset, offset = max(0.0, event.onset), min(seconds, event.offset)
        if events and events[-1].label == event.label and onset - events[-1].offset < gap and offset > 0:
            events[-1] = replace(events[-1], offset=max(offset, events[-1].offset))
        elif offset > onset:
            events.append(replace(event, onset=onset, offset=offset))
    return sorted((e for e in events if e.offset - e.onset >= shortest - 1e-6), key=lambda event: event.onset)
