"""Which clips are copies or parts of one recording: by landmarks, and heard side by side to be sure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.api import Cancelled, Example, Float
from earmark.audio_file import read
from earmark.errors import AudioFileError
from earmark.training.doctor.hearing import HOP, RATE, Heard, Told
from earmark.training.doctor.landmarks import Match, matches

FEWEST_VOTES = 4  # unrelated clips of ESC-10 reach 3
COPIED = 0.35  # likeness; on ESC-10 copies through the poorest MP3 and Vorbis reach 0.66, unrelated clips 0.08
MARGIN = 64  # frames around what agrees that are compared too
LONGEST = 8.0  # seconds compared
BAND = (100.0, 7000.0)  # hertz
SMOOTHING = 40.0  # hertz, of the spectrum that is made flat
DEPTH = 1e-6  # of the strongest power: what is weaker does not count


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Two clips that share sound.

    Attributes:
        first, second: their numbers.
        in_first, in_second: where it is, in seconds from the beginning of the clip.
        likeness: 0..1.
    """

    first: int
    second: int
    in_first: tuple[float, float]
    in_second: tuple[float, float]
    likeness: float


class Clusters:
    """Numbers that belong together, directly or through others."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._parents: dict[int, int] = {}
        for first, second in pairs:
            self.join(first, second)

    def root(self, number: int) -> int:
        """Return the one number by which a cluster is known."""
        while (parent := self._parents.setdefault(number, number)) != number:
            self._parents[number] = self._parents[parent]
            number = parent
        return number

    def join(self, first: int, second: int) -> None:
        """Make one of two clusters."""
        lower, upper = sorted((self.root(first), self.root(second)))
        self._parents[upper] = lower

    def groups(self) -> list[list[int]]:
        """Return the clusters of several, each in order."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number in sorted(self._parents):
            found[self.root(number)].append(number)
        return [members for members in found.values() if len(members) > 1]


def exact_copies(heard: Sequence[Heard]) -> list[list[int]]:
    """Return the clips that hold the very same samples, together; silence is nobody's copy."""
    same: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(heard):
        if each.content and len(each.hashes):
            same[each.content].append(number)
    return [numbers for numbers in same.values() if len(numbers) > 1]


def near_copies(
    examples: Sequence[Example],
    heard: Sequence[Heard],
    exact: Sequence[Sequence[int]],
    told: Told,
    cancelled: Callable[[], bool],
) -> list[Copy]:
    """Return enough pairs of copies that everything made of one recording is connected, exact copies among them.

    Raises:
        Cancelled: `cancelled` said so.
    """
    again = {number for numbers in exact for number in numbers[1:]}
    nothing = (np.zeros(0, np.uint32), np.zeros(0, np.int32))
    prints = [nothing if number in again else (each.hashes, each.frames) for number, each in enumerate(heard)]
    likely = matches(prints, least=FEWEST_VOTES)
    clusters, found = Clusters(), []
    for done, match in enumerate(likely, 1):
        if cancelled():
            raise Cancelled
        if clusters.root(match.first) != clusters.root(match.second):
            for copy in _compared(match, examples, heard):
                clusters.join(match.first, match.second)
                found.append(copy)
        told(done, len(likely), "Comparing")
    return found


def _compared(match: Match, examples: Sequence[Example], heard: Sequence[Heard]) -> Iterator[Copy]:
    """Yield the copy, if it is one: the stretch where both have landmarks, as it sounds in each."""
    shift = match.offset * HOP / RATE
    begin = max(0.0, -shift, (match.begin - MARGIN) * HOP / RATE)
    end = min(heard[match.first].seconds, heard[match.second].seconds - shift, (match.end + MARGIN) * HOP / RATE)
    if end <= begin:
        return
    compared_end = min(end, begin + LONGEST)
    pieces = []
    with suppress(AudioFileError):  # gone since it was heard: then it is nobody's copy
        for number, moved in ((match.first, 0.0), (match.second, shift)):
            start = examples[number].start + moved
            pieces.append(read(examples[number].path, start=begin + start, end=compared_end + start, sample_rate=RATE))
    if len(pieces) == 2 and (likeness := likeness_of(*pieces)) >= COPIED:
        yield Copy(
            first=match.first,
            second=match.second,
            in_first=(begin, end),
            in_second=(begin + shift, end + shift),
            likeness=likeness,
        )


def likeness_of(first: Float, second: Float) -> float:
    """Return how alike two stretches are, 0..1, that begin within a few frames of each other.

    The correlation of both, every frequency counting alike: two hums of one pitch are not alike, two recodings of one
    sound are. Gain makes no difference.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(len(first) + len(second), real=True) or 1
    spectra: Any = [rfft(samples, size) for samples in (first, second)]
    powers = [_smoothed(np.abs(spectrum) ** 2, size) for spectrum in spectra]
    hertz = np.arange(len(powers[0])) * RATE / size
    there = (hertz > BAND[0]) & (hertz < BAND[1])
    for power in powers:
        there &= power > max(DEPTH * float(power.max()), 1e-12)
    if not there.any():
        return 0.0
    flat = [
        np.where(there, spectrum / np.sqrt(power + 1e-20), 0) for spectrum, power in zip(spectra, powers, strict=True)
    ]
    correlation: Any = irfft(flat[0] * flat[1].conj(), size)
    most = np.sqrt(np.prod([np.sum(np.abs(spectrum) ** 2) for spectrum in flat])) * 2 / size
    near = np.concatenate((correlation[: 4 * HOP], correlation[-4 * HOP :]))
    return float(min(1.0, np.abs(near).max() / most))


def _smoothed(power: Float, size: int) -> Float:
    from scipy.ndimage import uniform_filter1d

    smoothed: Any = uniform_filter1d(power, max(3, round(SMOOTHING * size / RATE)))
    return smoothed
