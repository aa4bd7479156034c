"""Models are of fixed length, recordings are not: cutting windows, fitting short sounds, stitching the answers.

Windows overlap by half, the last one is moved back to the end of the recording, and nothing is padded but a recording
that is shorter than one window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

_SLACK = 1e-6  # of a frame: what rounding of times in seconds may cost
_LEAST_WEIGHT = 1e-3  # a frame on the very edge of its only window still counts


def plan(duration_samples: int, window_samples: int, hop_samples: int) -> list[int]:
    """Return the first sample of each window; the last window ends with the recording."""
    if duration_samples <= 0:
        return []
    if duration_samples <= window_samples:
        return [0]
    starts = list(range(0, duration_samples - window_samples + 1, hop_samples))
    if starts[-1] + window_samples < duration_samples:
        starts.append(duration_samples - window_samples)
    return starts


def hop_of_window(window_seconds: float, frame_hop: float | None) -> float:
    """Return half a window in seconds, rounded down to whole frames where the model has frames."""
    half = window_seconds / 2
    if not frame_hop or frame_hop > half:
        return half
    return math.floor(half / frame_hop + _SLACK) * frame_hop


class Cutter:
    """Cuts a stream of blocks as `plan` does, without knowing how long it is; holds one block and one window.

    `hop_samples` may be set after the first window was taken: only then is the model's frame hop known.
    """

    def __init__(self, blocks: Iterable[Float], window_samples: int) -> None:
        self.hop_samples = max(1, window_samples // 2)
        self.seen = 0
        self._blocks = blocks
        self._window = window_samples

    def __iter__(self) -> Iterator[tuple[int, Float]]:
        """Yield (first sample, samples [window]) in order; a recording shorter than a window comes as it is."""
        held = np.zeros(0, np.float32)  # the samples from seen - len(held) to seen
        position = 0
        for block in self._blocks:
            held = np.concatenate([held[-self._window :], block]) if len(held) else block
            self.seen += len(block)
            while position + self._window <= self.seen:
                at = position - (self.seen - len(held))
                yield position, held[at : at + self._window]
                position += self.hop_samples
        if 0 < self.seen < self._window:
            yield 0, held
        elif self.seen and position - self.hop_samples + self._window < self.seen:
            yield self.seen - self._window, held[-self._window :]


def fit_clip(samples: Float, window_samples: int, short: str) -> Float:
    """Return [window_samples]: a shorter clip as its model's card says (`ModelCard.short`)."""
    if len(samples) >= window_samples or short == "leave":
        return samples[:window_samples]
    if short == "repeat":
        return np.resize(samples, window_samples)
    if short == "repeat_pad":
        samples = np.tile(samples, window_samples // max(1, len(samples)))
    if short == "stretch":
        places = np.linspace(0, len(samples) - 1, window_samples)
        return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return np.pad(samples, (0, window_samples - len(samples)))


def first_copy(frames: Float, frame_hop: float, duration: float, short: str) -> Float:
    """Return the frames of a fitted clip that belong to its own `duration` seconds, at the same hop; one at least."""
    count = max(1, math.floor(duration / frame_hop + 0.5))
    if short != "stretch":
        return frames[:count]
    places = (np.arange(count) + 0.5) * len(frames) / count - 0.5
    return between(frames, places)


class Stitcher:
    """Averages the frames of overlapping windows with triangular weights; holds only what is not final yet.

    Frame k of the recording covers k·hop to (k + 1)·hop. A window that does not start on this grid (the last one, as it
    is moved back) is brought onto it by linear interpolation.

    Args:
        labels: how many.
        window_seconds: the length of each window.
        hop: seconds between frames.
    """

    def __init__(self, labels: int, window_seconds: float, hop: float) -> None:
        self.hop = hop
        self._window = window_seconds
        self._taken = 0  # frames given away: the first one held is this one
        self._sums = np.zeros((0, labels), np.float64)
        self._weights = np.zeros(0, np.float64)

    def add(self, start_seconds: float, frames: Float) -> None:
        """Add the frames [frames, labels] of the window at `start_seconds`; windows come in order."""
        first = max(self._taken, math.ceil(start_seconds / self.hop - 0.5 - _SLACK))
        last = math.floor((start_seconds + self._window) / self.hop - 0.5 + _SLACK)
        middles = (np.arange(first, max(last, first) + 1) + 0.5) * self.hop - start_seconds  # within the window
        weights = np.maximum(1 - np.abs(2 * middles / self._window - 1), _LEAST_WEIGHT)
        rows = self._rows(first - self._taken, len(middles))
        self._sums[rows] += weights[:, None] * between(frames, middles / self.hop - 0.5)
        self._weights[rows] += weights

    def take(self, before: float = math.inf) -> Float:
        """Return the frames [frames, labels] that no window from `before` seconds on can change, and let go of them."""
        count = len(self._weights)
        if before < math.inf:
            count = min(count, max(0, math.ceil(before / self.hop - 0.5 - _SLACK) - self._taken))
        frames = self._sums[:count] / np.maximum(self._weights[:count, None], _LEAST_WEIGHT / 2)
        self._sums, self._weights = self._sums[count:], self._weights[count:]
        self._taken += count
        return frames.astype(np.float32)

    def frames(self) -> Float:
        """Return all frames [frames, labels] that were not taken before."""
        return self.take()

    def _rows(self, first: int, count: int) -> slice:
        """Return where the frames go, after making room for them."""
        missing = first + count - len(self._weights)
        if missing > 0:
            self._sums = np.concatenate([self._sums, np.zeros((missing, self._sums.shape[1]))])
            self._weights = np.concatenate([self._weights, np.zeros(missing)])
        return slice(first, first + count)


def between(frames: Float, places: NDArray[np.floating]) -> Float:
    """Return `frames` [frames, labels] at fractional `places`, linearly interpolated, the ends held."""
    places = np.clip(places, 0, len(frames) - 1)
    lower = np.floor(places + _SLACK).astype(int)
    upper = np.minimum(lower + 1, len(frames) - 1)
    share = np.clip(places - lower, 0, 1)[:, None]
    return (frames[lower] * (1 - share) + frames[upper] * share).astype(np.float32)
