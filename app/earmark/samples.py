"""Plain arithmetic on samples: mixing to mono, mending, resampling in a stream, cutting into blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import soxr

from earmark.api import Float

LOUDEST = 16.0  # 24 dB above full scale; anything beyond is damage, and overflows when squared
LONGEST_ANSWER = 1 << 20  # samples asked of soxr at once; it crashes on some gigabytes


def mono(frames: Float, channel: int | None, warn: Callable[[str], None]) -> Float:
    """Return one channel, or the mean for None, of [frames, channels]; what is not a number becomes 0."""
    samples = mended(frames if channel is None else frames[:, channel : channel + 1], warn)
    mixed = samples[:, 0]
    if samples.shape[1] == 1:
        return mixed
    mixed = mixed + samples[:, 1]
    for column in samples.T[2:]:  # numpy's mean over so short an axis is seven times slower
        mixed += column
    mixed *= np.float32(1 / samples.shape[1])
    return mixed


def mended(samples: Float, warn: Callable[[str], None]) -> Float:
    """Return samples that are numbers and no louder than sound can be."""
    if not len(samples) or max(samples.max(), -samples.min()) <= LOUDEST:  # not so where that is not a number
        return samples
    if not np.isfinite(samples).all():
        warn("Some samples are not numbers; they were taken as silence.")
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    if np.abs(samples).max() > LOUDEST:
        warn("Some samples are far beyond full scale; they were clipped.")
    return np.clip(samples, -LOUDEST, LOUDEST)


def at_rate(samples: int, own: int, wanted: int) -> int:
    """Return how many samples there are at another rate, as soxr rounds: half up."""
    return (2 * samples * wanted + own) // (2 * own)


def resampled(pieces: Iterable[Float], own: int, wanted: int) -> Iterator[Float]:
    """Yield the pieces [samples] or [samples, channels] at another rate, as if they had been resampled at once.

    Never nothing for something.
    """
    stream = None
    read, written, none = 0, 0, np.zeros(0, np.float32)
    for piece in _cut(pieces, max(1, LONGEST_ANSWER * own // wanted)):
        stream = stream or soxr.ResampleStream(own, wanted, piece[0].size, dtype="float32", quality="HQ")
        read, none = read + len(piece), piece[:0]
        yield (made := stream.resample_chunk(np.ascontiguousarray(piece)))
        written += len(made)
    if stream:
        yield (made := stream.resample_chunk(np.ascontiguousarray(none), last=True))
        if read and not written + len(made):
            yield np.zeros((1, *none.shape[1:]), np.float32)


def _cut(pieces: Iterable[Float], size: int) -> Iterator[Float]:
    for piece in pieces:
        for begin in range(0, len(piece), size):
            yield piece[begin : begin + size]


def regrouped(pieces: Iterable[Float], size: int) -> Iterator[Float]:
    """Yield the same samples in blocks of `size`, and what is left."""
    kept: list[Float] = []
    count = 0
    for piece in pieces:
        while count + len(piece) >= size:
            cut = size - count
            yield np.concatenate([*kept, piece[:cut]])
            piece, kept, count = piece[cut:], [], 0
        if len(piece):
            kept.append(piece)
            count += len(piece)
    if count:
        yield np.concatenate(kept)
