"""Faster or slower at the same pitch, and knowing which sample is heard at every moment.

Waveform-similarity overlap-add: pieces of the recording follow each other closer or wider than they were, each moved a
little to where it fits best to the one before. FFmpeg's `atempo` does the same, but does not tell where its pieces come
from, and the playhead would be wrong by as much as they were moved.

Source: W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from earmark.api import Float

WINDOW_SLOWER, WINDOW_FASTER = 0.025, 0.02  # seconds
SEARCH = 0.01  # seconds, either way: a period of 50 Hz in all
LOUDNESS = 1.0  # against likeness: above normal speed, what is left out should be what is quiet
SLOWEST, FASTEST = 0.25, 4.0
ALL_IS_HEARD = (
    2.0  # the speed up to which two pieces at a time leave nothing of the recording out; above, it takes four
)


@dataclass(frozen=True)
class Piece:
    """Samples for the loudspeaker, and what of the recording they are.

    Attributes:
        samples: [samples, channels] in −1..1.
        first: the sample of the recording, counted from where playing began, that is heard first.
        pace: samples of the recording for each of these.
    """

    samples: Float
    first: float
    pace: float


def as_pieces(blocks: Iterable[Float]) -> Iterator[Piece]:
    """Yield samples as they are."""
    first = 0
    for block in blocks:
        yield Piece(block, first, 1.0)
        first += len(block)


def stretched(blocks: Iterable[Float], sample_rate: int, speed: float) -> Iterator[Piece]:
    """Yield samples [samples, channels] at another speed, `SLOWEST` to `FASTEST`, at the same pitch."""
    return _Stretch(_Reader(iter(blocks)), sample_rate, speed).pieces()


class _Reader:
    """Samples by their number, read as they are wanted; silence before and behind."""

    def __init__(self, blocks: Iterator[Float]) -> None:
        self._blocks = blocks
        self._kept = next(blocks, np.zeros((0, 1), np.float32))
        self._before = 0  # samples that were forgotten
        self.ended = False

    @property
    def read(self) -> int:
        """Return how many samples have been read."""
        return self._before + len(self._kept)

    def samples(self, first: int, count: int) -> Float:
        """Return [count, channels]."""
        self._read_until(first + count)
        begin = first - self._before
        there = self._kept[max(begin, 0) : max(begin + count, 0)]
        if len(there) == count:
            return there
        whole = np.zeros((count, self._kept.shape[1]), np.float32)
        whole[max(-begin, 0) :][: len(there)] = there
        return whole

    def forget(self, before: int) -> None:
        """Keep nothing from before a sample."""
        gone = min(max(before - self._before, 0), len(self._kept))
        self._kept, self._before = self._kept[gone:], self._before + gone

    def _read_until(self, last: int) -> None:
        while not self.ended and self.read < last:
            block = next(self._blocks, None)
            self.ended = block is None
            if block is not None:
                self._kept = np.concatenate([self._kept, block])


class _Stretch:
    def __init__(self, reader: _Reader, sample_rate: int, speed: float) -> None:
        self._reader, self._speed = reader, speed
        self._overlap = 2 if speed <= ALL_IS_HEARD else 4  # pieces that sound at a time
        window = WINDOW_SLOWER if speed < 1 else WINDOW_FASTER
        self._hop = max(1, round(window * sample_rate / self._overlap))
        self._window = self._hop * self._overlap
        self._search = round(SEARCH * sample_rate)
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._window) / self._window)
        self._weights = (hann * 2 / self._overlap).astype(np.float32)[:, None]  # their overlapped sum is 1
        self._starts = [-lap * self._hop for lap in range(self._overlap, 0, -1)]  # of the last pieces, as if at speed 1

    def pieces(self) -> Iterator[Piece]:
        mixed = self._before_the_first()
        for number in count():
            if self._is_over(number):
                return
            start = self._fitting(round((number * self._hop + self._window / 2) * self._speed - self._window / 2))
            self._starts = [*self._starts[1:], start]
            mixed += self._weights * self._reader.samples(start, self._window)
            yield from self._told(mixed[: self._hop])
            mixed = np.pad(mixed[self._hop :], ((0, self._hop), (0, 0)))
            self._reader.forget(start - self._search)

    def _is_over(self, number: int) -> bool:
        reached = round(number * self._hop * self._speed)
        self._reader.samples(reached, 1)
        return reached >= self._reader.read

    def _before_the_first(self) -> Float:
        """Return what pieces before the first would have left, so that it begins at full strength."""
        weights = np.zeros((self._window, 1), np.float32)
        for lap in range(1, self._overlap):
            weights[: self._window - lap * self._hop] += self._weights[lap * self._hop :]
        return self._reader.samples(0, self._window) * weights

    def _fitting(self, wanted: int) -> int:
        """Return the start near the wanted one that goes on most like the piece before."""
        length = self._window - self._hop
        first = max(0, wanted - self._search)
        region = self._reader.samples(first, 2 * self._search + length).sum(1)
        model = self._reader.samples(self._starts[-1] + self._hop, length).sum(1)
        score = _likeness(region, model)
        if self._speed > 1:
            score += LOUDNESS * _loudness(region, self._weights[:length, 0])
        return first + int(score.argmax()) if score.max() > 0 else max(0, wanted)

    def _told(self, samples: Float) -> Iterator[Piece]:
        """Yield samples with their place: from the middle of one piece to the middle of the next."""
        older = self._starts[self._overlap // 2 - 1] + self._window / 2
        newer = self._starts[self._overlap // 2] + self._window / 2
        if self._speed < 1:  # the same is heard more than once: the mean way through it
            yield Piece(samples, older, (newer - older) / self._hop)
            return
        half = self._hop // 2
        yield Piece(samples[:half], older, 1.0)
        yield Piece(samples[half:], newer - (self._hop - half), 1.0)


def _likeness(region: Float, model: Float) -> Float:
    """Return how alike `model` and each stretch of `region` are, −1..1."""
    products = _products(region, model)
    strength = np.sqrt(np.maximum(_products(np.square(region), np.ones_like(model)), 0))
    return products / np.maximum(strength * np.sqrt(np.square(model).sum()), 1e-6)


def _loudness(region: Float, weights: Float) -> Float:
    """Return how loud each stretch of `region` is under these weights, against the loudest."""
    energy = np.maximum(_products(np.square(region), weights), 0)
    return np.sqrt(energy / max(energy.max(), 1e-12))


def _products(region: Float, model: Float) -> Float:
    """Return the sum of products of `model` and each stretch of `region` that is as long."""
    size = 1 << (len(region) - 1).bit_length()
    spectrum = np.fft.rfft(region, size) * np.fft.rfft(model, size).conj()
    return np.fft.irfft(spectrum, size)[: len(region) - len(model) + 1].astype(np.float32)
