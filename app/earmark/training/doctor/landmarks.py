"""Fingerprints of sound that outlive cropping, gain and lossy codecs: pairs of spectral peaks, and when they are.

Two recordings of which one was made of the other share many pairs at one time difference; unrelated ones share few, at
any. Source of the idea: Wang, An Industrial-Strength Audio Search Algorithm, 2003; the figures are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

FRAME_RADIUS, BIN_RADIUS = 6, 12  # a peak is the highest point so far around
DEPTH = 1e-7  # of the loudest power of its block: what is weaker does not outlive a codec
FAINTEST = 1e-11  # of full scale: below, there is nothing but rounding
FAN = 6  # each peak is paired with so many that follow it
LONGEST_STEP, WIDEST_STEP = 63, 127  # frames, bins, between the peaks of a pair
SHARED_BY = 24  # of those that have a pair in common, each is compared with so many that follow it

Hashes = NDArray[np.uint32]
Frames = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Two recordings that share pairs.

    Attributes:
        first, second: their numbers; first < second.
        offset: frames from a sound's place in the first to its place in the second.
        votes: pairs that agree on that offset.
        begin, end: where those are in the first, in frames.
    """

    first: int
    second: int
    offset: int
    votes: int
    begin: int
    end: int


def landmarks(powers: Float, begin: int) -> tuple[Hashes, Frames]:
    """Return the pairs of peaks in powers [frames, bins], and the frame of each, counted from `begin`."""
    times, bins = _peaks(powers)
    found = [_pairs(times, bins, step) for step in range(1, FAN + 1)]
    hashes = np.concatenate([hashes for hashes, _ in found])
    frames = np.concatenate([frames for _, frames in found])
    return hashes, (frames + begin).astype(np.int32)


def _peaks(powers: Float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    from scipy.ndimage import maximum_filter

    highest = maximum_filter(powers, (2 * FRAME_RADIUS + 1, 2 * BIN_RADIUS + 1), mode="constant")
    least = max(DEPTH * float(powers.max(initial=0.0)), FAINTEST)
    times, bins = np.nonzero((powers == highest) & (powers > least))
    inside = (bins > 2) & (bins < powers.shape[1] - 2)  # not the offset, not the filter's edge
    return times[inside], bins[inside]


def _pairs(times: NDArray[np.intp], bins: NDArray[np.intp], step: int) -> tuple[Hashes, Frames]:
    """Return the pairs of each peak with the one that is `step` later in the order of time."""
    apart, up = times[step:] - times[:-step], bins[step:] - bins[:-step]
    near = (apart > 0) & (apart <= LONGEST_STEP) & (np.abs(up) <= WIDEST_STEP)
    hashes = (bins[:-step] << 14) | ((up + WIDEST_STEP + 1) << 6) | apart
    return hashes[near].astype(np.uint32), times[:-step][near].astype(np.int32)


def matches(prints: list[tuple[Hashes, Frames]], *, least: int) -> list[Match]:
    """Return the recordings that share at least so many pairs at one offset, the most alike first.

    A pair that very many have in common is not compared with all of them; near neighbours lead from one to the next.
    """
    order, owners, frames = _sorted(prints)
    found: list[NDArray[np.int64]] = []
    for step in range(1, SHARED_BY + 1):
        same = np.flatnonzero((order[step:] == order[:-step]) & (owners[step:] != owners[:-step]))
        rows = (owners[same], owners[same + step], frames[same + step] - frames[same], frames[same])
        found.append(np.stack(rows, axis=1).astype(np.int64))
    agreeing = _agreeing(np.concatenate(found), least)
    return sorted(agreeing, key=lambda match: -match.votes)


def _sorted(prints: list[tuple[Hashes, Frames]]) -> tuple[Hashes, NDArray[np.int32], Frames]:
    """Return all hashes in order, whose each is, and its frame; within a hash in the order of recordings."""
    counts = [len(hashes) for hashes, _ in prints]
    owners = np.repeat(np.arange(len(prints), dtype=np.int32), counts)
    hashes = np.concatenate([np.zeros(0, np.uint32), *(hashes for hashes, _ in prints)])
    frames = np.concatenate([np.zeros(0, np.int32), *(frames for _, frames in prints)])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], owners[order], frames[order]


def _agreeing(votes: NDArray[np.int64], least: int) -> list[Match]:
    """Return the best offset of each two, from rows of first, second, offset, frame; neighbouring offsets are one."""
    votes = votes[np.lexsort((votes[:, 2], votes[:, 1], votes[:, 0]))]
    apart = np.any(votes[1:, :2] != votes[:-1, :2], axis=1)
    bounds = np.concatenate(([0], np.flatnonzero(apart) + 1, [len(votes)]))
    enough = np.flatnonzero(np.diff(bounds) >= least)
    every = (_best(votes[bounds[at] : bounds[at + 1]]) for at in enough)
    return [match for match in every if match.votes >= least]


def _best(votes: NDArray[np.int64]) -> Match:
    offsets = votes[:, 2]  # sorted
    reach = np.searchsorted(offsets, offsets + 1, "right")  # one frame on is as good: frames are not cut alike
    first = int(np.argmax(reach - np.arange(len(offsets))))
    chosen = votes[first : reach[first]]
    return Match(
        first=int(chosen[0, 0]),
        second=int(chosen[0, 1]),
        offset=int(np.median(chosen[:, 2])),
        votes=len(chosen),
        begin=int(chosen[:, 3].min()),
        end=int(chosen[:, 3].max()),
    )
