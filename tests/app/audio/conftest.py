"""Recordings made on the spot: a tone whose pitch rises, so that every stretch of it can be told from every other."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from earmark.api import Float

MakeSweep = Callable[..., Float]


@pytest.fixture(scope="session")
def sweep() -> MakeSweep:
    """Return a maker of sweeps [samples] from 200 to 3000 Hz at half of full scale."""

    def make(seconds: float = 3.0, sample_rate: int = 22050) -> Float:
        times = np.arange(round(seconds * sample_rate)) / sample_rate
        top = min(3000.0, sample_rate * 0.4)
        return (0.5 * np.sin(2 * np.pi * (200 * times + (top - 200) * times**2 / (2 * seconds)))).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def encode() -> Callable[..., Path]:
    """Return a function that writes mono samples with one of FFmpeg's encoders."""

    def write(
        path: Path, samples: Float, sample_rate: int, codec: str, *, channels: int = 1, video: bool = False
    ) -> Path:
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[channels]
        with av.open(str(path), "w") as container:
            pictures = container.add_stream("mpeg4", rate=10) if video else None
            stream = container.add_stream(codec, rate=sample_rate, layout=layout)
            stream.bit_rate = 12200 if "amrnb" in codec else 128000
            if pictures:
                _film(container, pictures)
            frame = av.AudioFrame.from_ndarray(np.tile(samples, (channels, 1)), format="fltp", layout=layout)
            frame.sample_rate, frame.time_base, frame.pts = sample_rate, Fraction(1, sample_rate), 0
            size = stream.codec_context.frame_size or 1024
            resampler = av.AudioResampler(stream.codec_context.format, layout, sample_rate, frame_size=size)
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
        return path

    return write


def _film(container, video) -> None:
    video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
    for number in range(30):
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        picture.pts, picture.time_base = number, Fraction(1, 10)
        container.mux(video.encode(picture))
    container.mux(video.encode(None))


@pytest.fixture(scope="session")
def wave() -> Callable[..., bytes]:
    """Return a maker of 16-bit mono WAV files whose chunks may lie about themselves."""

    def make(
        samples: Float, sample_rate: int = 22050, *, stated: int | None = None, before=b"", after=b"", riff=None
    ) -> bytes:
        data = np.round(samples * 32767).astype("<i2").tobytes()
        form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, sample_rate, sample_rate * 2, 2, 16)
        size = len(data) if stated is None else stated
        body = b"WAVE" + before + form + b"data" + struct.pack("<I", size) + data + after
        return b"RIFF" + struct.pack("<I", len(body) if riff is None else riff) + body

    return make


@pytest.fixture(scope="session")
def likeness() -> Callable[[Float, Float], float]:
    """Return a function that gives the correlation of two recordings over the length of the shorter."""

    def correlate(one: Float, other: Float) -> float:
        length = min(len(one), len(other))
        return float(np.corrcoef(one[:length], other[:length])[0, 1])

    return correlate
