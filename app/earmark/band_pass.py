"""Only the selected frequencies, without moving anything in time: a symmetric filter that looks ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.api import Float

EDGE = 0.2  # of the frequency at an edge: from what passes to what does not, within a third of an octave (0.206)
NARROWEST_EDGE = 8.0  # hertz; a sharper one would ring for longer than half a second
KAISER_BETA, KAISER_LENGTH = 5.65, 22.8  # 60 dB down: Kaiser's formulas give beta, and taps × edge in radians
Band = tuple[float, float]  # hertz


def band_taps(band: Band, sample_rate: int) -> Float:
    """Return a symmetric filter [odd] that passes a band; what is beyond half the sample rate has no edge."""
    low, high = band
    edge = max(EDGE * (low if low > 0 else high), NARROWEST_EDGE)
    half = int(np.ceil(KAISER_LENGTH * sample_rate / (2 * np.pi * edge) / 2))
    around = np.arange(-half, half + 1)
    taps = _low_pass(high + edge / 2, sample_rate, around) - _low_pass(low - edge / 2, sample_rate, around)
    return (taps * np.kaiser(len(around), KAISER_BETA)).astype(np.float32)


def _low_pass(cutoff: float, sample_rate: int, around: np.ndarray) -> np.ndarray:
    part = min(max(2 * cutoff / sample_rate, 0.0), 1.0)
    return part * np.sinc(part * around)


def band_passed(blocks: Iterable[Float], band: Band, sample_rate: int) -> Iterator[Float]:
    """Yield as many samples [samples, channels] as there are, each where it was, with nothing outside the band."""
    taps = band_taps(band, sample_rate)
    half = len(taps) // 2
    kept: Float | None = None
    for block in _with_silence_behind(blocks, half):
        kept = np.concatenate([np.zeros((half, block.shape[1]), np.float32) if kept is None else kept, block])
        if len(kept) > 2 * half:
            yield _convolved(kept, taps)
            kept = kept[len(kept) - 2 * half :]


def _with_silence_behind(blocks: Iterable[Float], count: int) -> Iterator[Float]:
    channels = 0
    for block in blocks:
        channels = block.shape[1]
        yield block
    if channels:
        yield np.zeros((count, channels), np.float32)


def _convolved(samples: Float, taps: Float) -> Float:
    """Return the part of the convolution for which all samples are there."""
    size = 1 << (len(samples) - 1).bit_length()
    spectrum = np.fft.rfft(samples, size, axis=0) * np.fft.rfft(taps, size)[:, None]
    return np.fft.irfft(spectrum, size, axis=0)[len(taps) - 1 : len(samples)].astype(np.float32)
