"""From frame scores to events: threshold, smoothing, hysteresis, gaps and shortest length.

They are found anew from stored scores whenever a setting moves; the model does not run again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from earmark.api import Float

DEFAULT_THRESHOLD = 0.35
AT_ONCE = 1 << 23  # scores looked at together: 32 MB
ROUNDING = 1e-6  # seconds; 3 × 0.05 s is to count as 0.15 s


@dataclass(frozen=True, kw_only=True)
class EventSettings:
    """How scores become events. Times are seconds.

    Attributes:
        threshold: score from which a label counts.
        thresholds: label → its own threshold, instead.
        smooth: length of the median filter over the scores; 0 is none.
        hysteresis: share of the threshold by which the score may fall below it while an event lasts. Steady sounds
            waver: on held-out scenes the event F1 of the bundled model is a quarter higher with 0.8 than with 0.
        close_gaps: a shorter pause belongs to the event around it.
        shortest: what is shorter is not an event.
        interpolate: an event begins and ends where the line between two scores crosses the threshold, instead of
            at the border between the frames.
    """

    threshold: float = DEFAULT_THRESHOLD
    thresholds: Mapping[str, float] = field(default_factory=dict)
    smooth: float = 0.0
    hysteresis: float = 0.8
    close_gaps: float = 0.3
    shortest: float = 0.15
    interpolate: bool = True

    def threshold_of(self, label: str) -> float:
        """Return the score from which a label counts."""
        return self.thresholds.get(label, self.threshold)


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch of sound, in seconds; `score` is its highest."""

    label: str
    onset: float
    offset: float
    score: float


class Finder:
    """Finds events in the same scores again and again: what a moved setting does not change is kept.

    To find is for one thread; what was smoothed can be asked for from another. It holds on to the scores it was given
    last, and of the labels that reached their threshold to their smoothed scores, for the length of the filter that
    was asked for last.
    """

    def __init__(self) -> None:
        self._frames: Float = np.zeros((0, 0), np.float32)
        self._length = 0
        self._highest: Float = np.zeros(0, np.float32)  # [labels]
        self._rows: dict[int, Float] = {}  # label's place → its smoothed scores [frames]

    def find(
        self, frames: Float, hop: float, labels: Sequence[str], settings: EventSettings, *, duration: float
    ) -> list[Event]:
        """Return what `find_events` returns; the scores are taken as unchanged while they are the same array."""
        if frames.ndim != 2 or frames.shape[1] != len(labels):
            raise ValueError(f"Scores of shape {frames.shape} do not fit {len(labels)} labels.")
        self._keep(frames, _odd_length(settings.smooth, hop))
        thresholds = np.array([settings.threshold_of(label) for label in labels], np.float32)
        loud = np.flatnonzero(self._highest >= thresholds).tolist()  # no median is higher than the highest
        found: list[Event] = []
        together = max(1, AT_ONCE // max(1, len(frames)))
        for begin in range(0, len(loud), together):
            some = loud[begin : begin + together]
            found.extend(_events_of(self._taken(some), hop, tuple(labels[each] for each in some), settings, duration))
        return sorted(found, key=lambda event: (event.onset, event.offset, event.label))

    def smoothed(self, place: int) -> Float | None:
        """Return the scores of a label as events were found in them last, if they were smoothed and it was loud."""
        return self._rows.get(place)

    def _keep(self, frames: Float, length: int) -> None:
        if frames is not self._frames:
            self._highest = frames.max(0, initial=-1.0).astype(np.float32)
        if frames is not self._frames or length != self._length:
            self._frames, self._length, self._rows = frames, length, {}

    def _taken(self, places: Sequence[int]) -> Float:
        """Return [labels, frames] of some labels, smoothed."""
        if self._length < 2:
            return self._frames[:, places].T
        for place in places:
            if place not in self._rows:
                self._rows[place] = _smoothed(self._frames[:, place], self._length)
        return np.stack([self._rows[place] for place in places])


def find_events(
    frames: Float, hop: float, labels: Sequence[str], settings: EventSettings, *, duration: float
) -> list[Event]:
    """Return the events in order of onset.

    Args:
        frames: scores [frames, labels] in 0..1; frame 0 covers 0 to `hop`.
        hop: seconds between frames.
        duration: seconds; nothing lasts longer than the recording.
    """
    return Finder().find(frames, hop, labels, settings, duration=duration)


def _events_of(
    scores: Float, hop: float, labels: tuple[str, ...], settings: EventSettings, duration: float
) -> Iterator[Event]:
    thresholds = np.array([settings.threshold_of(label) for label in labels])
    runs = _runs(scores, thresholds, settings)
    if not len(runs.row):
        return
    onset, offset = (np.clip(times * hop, 0, duration) for times in (runs.onset, runs.offset))
    row, onset, offset, peak = _closed(runs.row, onset, offset, runs.peak, settings.close_gaps)
    length = offset - onset
    long = (length > 0) & (length >= settings.shortest - ROUNDING)
    columns = (row[long].tolist(), onset[long].tolist(), offset[long].tolist(), peak[long].tolist())
    for index, begin, end, score in zip(*columns, strict=True):
        yield Event(labels[index], begin, end, score)


def _odd_length(seconds: float, hop: float) -> int:
    """Return over how many frames to take the median; the middle of an odd number of frames is a frame."""
    return round(seconds / hop) | 1 if seconds > 0 else 1


def _smoothed(scores: Float, length: int) -> Float:
    """Return the median of `length` scores around each; a label by itself is 20 times as fast as all together."""
    from scipy.ndimage import median_filter  # not at the top: it takes 0.1 s, and smoothing is rarely on

    return median_filter(np.ascontiguousarray(scores), size=length, mode="nearest")


@dataclass
class _Runs:
    """Stretches above the threshold, by label and time; times in frames, `row` the label's place."""

    row: NDArray[np.intp]
    onset: NDArray[np.float64]
    offset: NDArray[np.float64]
    peak: Float


def _runs(labelled: Float, thresholds: NDArray[np.float64], settings: EventSettings) -> _Runs:
    """Find the stretches of all labels [labels, frames] in one row of numbers, with a silent frame between two."""
    low = (thresholds * (1 - settings.hysteresis)).astype(np.float32)
    width = labelled.shape[1] + 1
    scores = np.full((len(low), width), -1.0, np.float32)  # [labels, frames + 1]
    scores[:, :-1] = labelled
    above = (scores >= low[:, None]).ravel()
    above[width - 1 :: width] = False  # also where a threshold is 0
    edges = np.flatnonzero(np.diff(above, prepend=False))  # begin, end, begin, end, …; the last frame is silent
    begin, end = edges[::2], edges[1::2]
    if not len(begin):
        return _Runs(begin, begin.astype(float), end.astype(float), np.zeros(0, np.float32))
    peak = np.maximum.reduceat(scores.ravel(), edges)[::2]
    loud = peak >= thresholds.astype(np.float32)[begin // width]
    begin, end, peak = begin[loud], end[loud], peak[loud]
    row = begin // width
    onset, offset = (begin - row * width).astype(float), (end - row * width).astype(float)
    if settings.interpolate:
        flat, level = scores.ravel(), low[row].astype(float)
        onset += np.where(onset > 0, _crossing(flat[begin - 1], flat[begin], level) - 0.5, 0)
        offset += np.where(offset < width - 1, _crossing(flat[end - 1], flat[end], level) - 0.5, 0)
    return _Runs(row, onset, offset, peak)


def _crossing(before: Float, after: Float, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where between two frames' middles (0..1) the line between their scores crosses the level."""
    rise = after.astype(float) - before
    return np.clip((level - before) / np.where(rise == 0, 1, rise), 0, 1)


def _closed(
    row: NDArray[np.intp], onset: NDArray, offset: NDArray, peak: Float, gap: float
) -> tuple[NDArray[np.intp], NDArray, NDArray, Float]:
    """Join the stretches of a label that are less than `gap` seconds apart."""
    apart = (onset[1:] - offset[:-1] >= gap - ROUNDING) | (row[1:] != row[:-1])
    first = np.flatnonzero(np.concatenate([[True], apart]))
    last = np.append(first[1:], len(row)) - 1
    return row[first], onset[first], offset[last], np.maximum.reduceat(peak, first)
