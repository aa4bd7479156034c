"""What dragging does to the selection: begin one, move its edges, move all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from earmark.frequency_scale import FrequencyScale
from earmark.gui.selection import Stretch

REACH = 6.0  # pixels around an edge that still mean the edge
FLAT = 8.0  # pixels: a drag that is no higher selects time only


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The recording that is selected in: its length in seconds, its sample rate, its frequency axis."""

    duration: float
    sample_rate: float
    scale: FrequencyScale

    def instant(self, seconds: float) -> float:
        """Return the nearest sample's time, within the recording."""
        return min(max(round(seconds * self.sample_rate) / self.sample_rate, 0.0), self.duration)

    def hertz(self, height: float) -> float:
        """Return the frequency at a height, within the axis."""
        return float(self.scale.hertz(min(max(height, 0.0), 1.0)))

    def between(self, a: Place, b: Place, *, time_only: bool) -> Stretch | None:
        """Return the stretch with these two corners; None where it has no length."""
        start, end = sorted((self.instant(a.seconds), self.instant(b.seconds)))
        if end <= start:
            return None
        low, high = sorted((self.hertz(a.height), self.hertz(b.height)))
        if time_only or high <= low:
            return Stretch(start=start, end=end)
        return Stretch(start=start, end=end, low=low, high=high)


@dataclass(frozen=True)
class Place:
    """A point of the spectrogram: seconds, and the height on the frequency axis in 0..1."""

    seconds: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Grip:
    """What of a selection is under the pointer: edges, a corner (both), its inside, or nothing."""

    time: str = ""  # "start", "end"
    frequency: str = ""  # "low", "high"
    inside: bool = False

    @property
    def is_edge(self) -> bool:
        """Return whether a drag would move an edge or a corner."""
        return bool(self.time or self.frequency)


NOTHING = Grip()


def grip(stretch: Stretch | None, at: Place, *, pixel: Place, scale: FrequencyScale) -> Grip:
    """Return what of the selection is at a place.

    Args:
        pixel: how many seconds and how much height a pixel is.
    """
    if stretch is None:
        return NOTHING
    bottom, top = heights(stretch, scale)
    wide, high = REACH * pixel.seconds, REACH * pixel.height
    if not (stretch.start - wide <= at.seconds <= stretch.end + wide and bottom - high <= at.height <= top + high):
        return NOTHING
    time = _nearest(at.seconds, {"start": stretch.start, "end": stretch.end}, wide)
    has_frequencies = stretch.low is not None
    frequency = _nearest(at.height, {"low": bottom, "high": top}, high) if has_frequencies else ""
    return Grip(time=time, frequency=frequency, inside=True)


def resized(stretch: Stretch, held: Grip, to: Place, ground: Ground) -> Stretch | None:
    """Return the selection with what is held at another place; edges may pass each other."""
    bottom, top = heights(stretch, ground.scale)
    fixed = Place(stretch.end if held.time == "start" else stretch.start, top if held.frequency == "low" else bottom)
    free = Place(
        to.seconds if held.time else stretch.end,
        to.height if held.frequency else top,
    )
    return ground.between(fixed, free, time_only=stretch.low is None)


def shifted(stretch: Stretch, by: Place, ground: Ground) -> Stretch:
    """Return the selection moved, as far as the recording and its frequencies reach."""
    length = stretch.end - stretch.start
    start = ground.instant(min(max(stretch.start + by.seconds, 0.0), ground.duration - length))
    moved = replace(stretch, start=start, end=start + length)
    if stretch.low is None:
        return moved
    bottom, top = heights(stretch, ground.scale)
    rise = min(max(by.height, -bottom), 1.0 - top)
    return replace(moved, low=ground.hertz(bottom + rise), high=ground.hertz(top + rise))


def extended(stretch: Stretch | None, seconds: float, *, playhead: float, ground: Ground) -> Stretch | None:
    """Return the selection with its nearer edge at a time; without one, from the playhead to there."""
    if stretch is None:
        return ground.between(Place(playhead, 0.0), Place(seconds, 0.0), time_only=True)
    start_is_nearer = abs(seconds - stretch.start) < abs(seconds - stretch.end)
    start, end = sorted((stretch.end if start_is_nearer else stretch.start, ground.instant(seconds)))
    return replace(stretch, start=start, end=end) if end > start else stretch


def heights(stretch: Stretch, scale: FrequencyScale) -> tuple[float, float]:
    """Return where a selection begins and ends on the frequency axis; all of it where it is of time only."""
    if stretch.low is None or stretch.high is None:
        return 0.0, 1.0
    return float(scale.height(stretch.low)), float(scale.height(stretch.high))


def _nearest(at: float, edges: dict[str, float], reach: float) -> str:
    name = min(edges, key=lambda each: abs(edges[each] - at))
    return name if abs(edges[name] - at) <= reach else ""
