"""Decoding with FFmpeg's libraries: what libsndfile does not know, and MP3, whose true length only they tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import Float
from earmark.decoders import AudioInfo, Undecodable, Warn


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open through a file object: no name, so that no playlist or URL inside is ever followed."""
    import av

    with path.open("rb") as source:
        try:
            container = av.open(source, mode="r", metadata_errors="replace")
        except (av.FFmpegError, ValueError, UnicodeError) as error:
            raise Undecodable(str(error)) from error
        with container:
            if not container.streams.audio:
                raise Undecodable("no audio stream")
            yield container


def inspect(path: Path, warn: Warn) -> AudioInfo:
    frames, rate, channels = 0, 0, 0
    with opened(path) as container:
        for piece, rate in _decoded(container, warn):
            frames, channels = frames + len(piece), piece.shape[1]
        stream = container.streams.audio[0]
        if not frames:
            raise Undecodable("no audio frames")
        return AudioInfo(
            path=path,
            sample_rate=rate,
            channels=channels,
            frames=frames,
            format=stream.codec_context.name,
            container=container.format.name,
        )


def chunks(info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
    position = 0
    with opened(info.path) as container:
        for piece, _ in _decoded(container, warn):
            wanted = piece[max(0, start - position) : max(0, end - position)]
            position += len(piece)
            if len(wanted):
                yield wanted
            if position >= end:
                return


def _decoded(container: Any, warn: Warn) -> Iterator[tuple[Float, int]]:
    import av

    stream = container.streams.audio[0]
    stream.thread_type = "NONE"
    resampler = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            warn("Damaged pieces of the recording were skipped.")
            continue
        for frame in frames:
            if resampler is None:
                resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=frame.sample_rate)
                rate = frame.sample_rate
            for planar in resampler.resample(frame):
                yield np.ascontiguousarray(planar.to_ndarray().T), rate
