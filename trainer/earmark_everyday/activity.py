"""Where a clip sounds: its active parts, found from the energy beside the clip's own peak and floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earmark.api import Float

HOP = 0.01
"""Seconds between energy frames."""

SHORTEST = 0.15
"""Nothing shorter than this is an event; a shorter sound is counted as that long."""


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How the active parts of one kind of sound are told from its pauses.

    Attributes:
        depth_db: a frame is active down to this far below the clip's peak.
        core_db: a part counts if it reaches this far below the peak.
        above_floor_db: and it stands this far above the clip's own noise floor.
        bridge: pauses shorter than this belong to the sound, seconds.
        continuous: the sound goes on where its level sinks; only silence ends it.
    """

    depth_db: float = 32.0
    core_db: float = 20.0
    above_floor_db: float = 9.0
    bridge: float = 0.3
    continuous: bool = False


CONTINUOUS = Hearing(depth_db=50.0, core_db=50.0, above_floor_db=0.0, bridge=0.5, continuous=True)
HEARINGS = {
    "crying_baby": Hearing(depth_db=30.0, core_db=20.0, above_floor_db=8.0),
    "rooster": Hearing(depth_db=30.0, core_db=18.0),
    "dog_bark": Hearing(depth_db=30.0, core_db=18.0),
    "sneezing": Hearing(depth_db=34.0, core_db=22.0),
    "speech": Hearing(depth_db=34.0, core_db=26.0),
    # engines stall between pulls of the cord; the wood goes on ringing far below the saw
    "chainsaw": Hearing(depth_db=36.0, core_db=26.0, above_floor_db=0.0, bridge=0.4, continuous=True),
    # ticks and crackles are the sound, and so is the pause between them
    "clock_tick": Hearing(depth_db=62.0, core_db=40.0, above_floor_db=0.0, bridge=1.3, continuous=True),
    "crackling_fire": Hearing(depth_db=62.0, core_db=50.0, above_floor_db=0.0, bridge=1.0, continuous=True),
}


def hearing_of(label: str) -> Hearing:
    """Return how the active parts of a label are found."""
    return HEARINGS.get(label, CONTINUOUS)


def levels_db(samples: Float, sample_rate: int) -> Float:
    """Return the energy of the clip without its rumble, [frames] in dB re full scale, one each `HOP` seconds."""
    hop = round(HOP * sample_rate)
    frames = max(1, len(samples) // hop)
    differences = np.diff(samples[: frames * hop], prepend=samples[:1])  # +6 dB/octave: thuds and hum count less
    mixed = samples[: frames * hop] * 0.5 + differences
    power = (
        np.square(mixed).reshape(frames, -1).mean(1) if len(samples) >= hop else np.square(mixed).mean(keepdims=True)
    )
    return (10.0 * np.log10(power + 1e-12)).astype(np.float32)


def active_parts(samples: Float, sample_rate: int, hearing: Hearing) -> list[tuple[float, float]]:
    """Return the sounding parts of a clip as (onset, offset) in seconds, in order, apart by `hearing.bridge` or more.

    Digital silence, with which short clips are padded, is never active.
    """
    levels = levels_db(samples, sample_rate)
    peak = float(np.percentile(levels, 99.7))
    sounding = levels > max(-100.0, peak - 80.0)
    if peak < -90.0 or not sounding.any():
        return []
    floor = float(np.percentile(levels[sounding], 8))
    lowest = peak - hearing.depth_db
    if not hearing.continuous:
        lowest = max(lowest, min(floor + hearing.above_floor_db, peak - 10.0))
    parts = _runs(levels > lowest)
    parts = [part for part in parts if levels[part[0] : part[1]].max() >= peak - hearing.core_db]
    bridged = _bridge(parts, round(hearing.bridge / HOP))
    return _in_seconds(bridged, len(samples) / sample_rate)


def _runs(active: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _bridge(parts: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    bridged: list[tuple[int, int]] = []
    for start, end in parts:
        if bridged and start - bridged[-1][1] < gap:
            bridged[-1] = (bridged[-1][0], end)
        else:
            bridged.append((start, end))
    return bridged


def _in_seconds(parts: list[tuple[int, int]], duration: float) -> list[tuple[float, float]]:
    seconds = []
    for start, end in parts:
        onset = start * HOP
        offset = min(max(end * HOP, onset + SHORTEST), duration)
        seconds.append((round(max(0.0, min(onset, offset - SHORTEST)), 3), round(offset, 3)))
    return seconds
