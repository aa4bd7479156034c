"""Decoding with FFmpeg's libraries: what libsndfile does not know, and MP3, whose true length only they tell."""

from __future__ import annotations

import io
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError, InvalidDataError

from earmark.api import Float
from earmark.decoders import AudioInfo, Undecodable, Warn

PREROLL_SECONDS = 0.5  # decoded and dropped before a span: codecs look back (Opus asks for 80 ms)
NEAR_SECONDS = 5.0  # a span that starts earlier is reached by decoding
TAIL_SECONDS = 10.0
GAP_SECONDS = 0.05  # time stamps may be rounded (to 1 ms in WebM); what jumps further is a gap
PADDING_SECONDS = 0.1  # the encoder's own padding is not always declared
LAST_PACKETS = 16  # more than any codec looks back
GATHERED_FRAMES = 1 << 16
INDEXED = ("mov", "matroska", "asf", "avi")  # containers in which seeking lands on exact time stamps
GUESSED = ("aac", "ac3", "eac3", "dts", "amr", "loas")  # bare streams state no length
SCALE = {"u1": 2.0**7, "i2": 2.0**15, "i4": 2.0**31}


def inspect(path: Path, warn: Warn) -> AudioInfo:
    with opened(path) as source:
        first, rate, channels = source.first_frame(warn)
        frames = source.length(first)
        if frames < 1:
            raise Undecodable("There are no audio frames.")
        if source.stated_seconds() > frames / rate + 1:
            warn("The recording ends before its stated length; what is there was used.")
        return AudioInfo(
            path=path,
            sample_rate=rate,
            channels=channels,
            frames=frames,
            format=source.stream.codec_context.name,
            container=source.container.format.name,
        )


def tags(path: Path) -> dict[str, str]:
    """Return what the file says about itself, by FFmpeg's names, in small letters; those of the sound count more."""
    with opened(path) as source:
        both = {**source.container.metadata, **source.stream.metadata}
    return {name.lower(): str(value) for name, value in both.items()}


def chunks(info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
    with opened(info.path) as source:
        yield from _gathered(_span(_timed(source.frames_from(start, warn), start, info, warn), start, end))


@dataclass
class Source:
    """An open container and its sound."""

    container: Any
    stream: Any
    path: Path

    def first_frame(self, warn: Warn) -> tuple[Any, int, int]:
        """Return the first frame that can be decoded, its sample rate, and its channels."""
        for frame in _decoded(self.container.demux(self.stream), warn):
            return frame, frame.sample_rate, frame.layout.nb_channels
        raise Undecodable("There are no audio frames.")

    def length(self, first: Any) -> int:
        """Return the samples from the first frame to the end of the last packet, without decoding them."""
        end = self._end_after_seeking() if self._is_indexed() else None
        if end is None:
            end = self._end_of_all()
        begin = first.pts * first.time_base if first.pts is not None else 0
        return round((end - begin) * first.sample_rate) if end is not None else 0

    def stated_seconds(self) -> float:
        """Return how long the file says it is; 0 where it does not, and FFmpeg has only guessed from its size."""
        name = self.container.format.name
        guessed = name in GUESSED or (name == "mp3" and not _has_length(self.path))
        return 0.0 if guessed else (self.container.duration or 0) / 1e6

    def frames_from(self, start: int, warn: Warn) -> Iterator[tuple[Any, int | None]]:
        """Yield decoded frames with their position in samples, beginning shortly before `start`."""
        frames = _decoded(self.container.demux(self.stream), warn)
        first = next(frames, None)
        if first is None:
            return
        rate, origin = first.sample_rate, (first.pts or 0) * first.time_base
        seconds = start / rate - PREROLL_SECONDS
        if seconds > NEAR_SECONDS:
            frames = _decoded(self._packets_from(origin + seconds), warn)
        else:
            frames = chain([first], frames)
        scale, shift = float(first.time_base * rate), float(origin * rate)
        for frame in frames:
            yield frame, None if frame.pts is None else round(frame.pts * scale - shift)

    def _packets_from(self, seconds: float) -> Iterator[Any]:
        """Yield packets from a time on: by the index where there is one, else by passing over those before it."""
        if self._is_indexed():
            self.container.seek(int(seconds / self.stream.time_base), stream=self.stream)
            return self.container.demux(self.stream)
        packets = self.container.demux(self.stream)
        return (p for p in packets if p.pts is None or p.pts * p.time_base >= seconds)

    def _is_indexed(self) -> bool:
        return self.container.format.name.startswith(INDEXED)

    def _end_after_seeking(self) -> Fraction | None:
        seconds = (self.container.duration or 0) / 1e6 - TAIL_SECONDS
        try:
            self.container.seek(max(0, int(seconds / self.stream.time_base)), stream=self.stream)
            return self._end()
        except FFmpegError:
            return None

    def _end_of_all(self) -> Fraction | None:
        with opened(self.path) as again:
            return again._end()

    def _end(self) -> Fraction | None:
        """Return when the last packet from here on ends, in seconds; None without packets."""
        last = _last(self.container.demux(self.stream))
        if last is None:
            return None
        late = _flushed(self.stream.codec_context)
        padding = 0 if self._is_indexed() else _padding(last)  # there the packet's duration is already shortened
        return (last.pts + last.duration) * last.time_base + Fraction(late - padding, self.stream.sample_rate or 1)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a file object, with no protocol allowed beside it: playlists and references lead nowhere."""
    with File(path) as file:
        try:
            with av.open(file, metadata_errors="replace", options={"protocol_whitelist": "none"}) as container:
                stream = container.streams.best("audio")
                if stream is None or stream.codec_context is None:
                    raise Undecodable("There is no audio stream.")
                yield Source(container, stream, path)
        except (FFmpegError, ValueError) as error:
            raise Undecodable(str(error)) from error


class File(io.FileIO):
    """A file that answers an impossible place, which a damaged header asks for, as FFmpeg expects it."""

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1


def _has_length(mp3: Path) -> bool:
    """Tell whether an MP3 begins with a frame that states its length: Xing's (also called Info), or VBRI."""
    with mp3.open("rb") as file:
        tag = file.read(10)
        if tag[:3] == b"ID3":  # its length is four bytes of seven bits
            file.seek(10 + sum((byte & 127) << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=False)))
        first = file.read(256)
    return any(name in tag + first for name in (b"Xing", b"Info", b"VBRI"))


def _last(packets: Iterator[Any]) -> Any:
    """Return the last packet that can be decoded, or None: where a file was cut, the very last often cannot."""
    last = None
    for packet in deque((packet for packet in packets if packet.pts is not None), maxlen=LAST_PACKETS):
        with suppress(FFmpegError):
            packet.decode()
            last = packet
    return last


def _flushed(decoder: Any) -> int:
    """Return the samples that the decoder still held, beyond the time stamps: WMA's runs one packet behind."""
    with suppress(FFmpegError):
        return sum(frame.samples for frame in decoder.decode(None) if frame.pts is None)
    return 0


def _padding(packet: Any) -> int:
    """Return the samples at the packet's end that the encoder added, from FFmpeg's AV_PKT_DATA_SKIP_SAMPLES."""
    if not packet.has_sidedata("skip_samples"):
        return 0
    _, padding = struct.unpack_from("<II", bytes(packet.get_sidedata("skip_samples")))
    return padding


def _decoded(packets: Iterator[Any], warn: Warn) -> Iterator[Any]:
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            yield from packet.decode()
        except InvalidDataError:
            warn("Damaged pieces of the recording were skipped.")
        except FFmpegError as error:
            warn(f"The recording could not be decoded to its end ({error.strerror}).")
            return


def _timed(
    frames: Iterator[tuple[Any, int | None]], start: int, info: AudioInfo, warn: Warn
) -> Iterator[tuple[Float, int]]:
    """Yield (samples [frames, channels], position), gapless from `start` on: silence where time stamps jump."""
    position = None
    for frame, stamp in frames:
        samples = _floats(frame, info)
        if position is None:
            position = min(stamp or 0, start)
        missing = 0 if stamp is None else stamp - position
        if missing > GAP_SECONDS * info.sample_rate:
            warn("Damaged pieces of the recording were taken as silence.")
            yield from _silence(missing, position, info)
            position += missing
        yield samples, position
        position += len(samples)
    if position is not None and 0 < info.frames - position <= PADDING_SECONDS * info.sample_rate:
        yield from _silence(info.frames - position, position, info)


def _silence(frames: int, position: int, info: AudioInfo) -> Iterator[tuple[Float, int]]:
    end = min(position + frames, info.frames)
    for begin in range(position, end, GATHERED_FRAMES):
        yield np.zeros((min(GATHERED_FRAMES, end - begin), info.channels), np.float32), begin


def _span(pieces: Iterator[tuple[Float, int]], start: int, end: int) -> Iterator[Float]:
    for samples, position in pieces:
        wanted = samples[max(0, start - position) : max(0, end - position)]
        if len(wanted):
            yield wanted
        if position + len(samples) >= end:
            return


def _gathered(pieces: Iterator[Float]) -> Iterator[Float]:
    """Yield the same samples in fewer, longer pieces."""
    kept, count = [], 0
    for piece in pieces:
        kept.append(piece)
        count += len(piece)
        if count >= GATHERED_FRAMES:
            yield np.concatenate(kept)
            kept, count = [], 0
    if kept:
        yield np.concatenate(kept)


def _floats(frame: Any, info: AudioInfo) -> Float:
    """Return a frame's samples [frames, channels] in −1..1, at the recording's rate and number of channels."""
    channels = frame.layout.nb_channels
    if frame.sample_rate != info.sample_rate:
        samples = _converted(frame, info.sample_rate)
    else:
        values = frame.to_ndarray()  # [channels, frames], or [1, frames × channels] where interleaved
        samples = _scaled(values.T if frame.format.is_planar else values.reshape(-1, channels))
    if channels == info.channels:
        return samples
    return np.repeat(samples.mean(axis=1, keepdims=True), info.channels, axis=1)


def _scaled(values: np.ndarray) -> Float:
    scale = SCALE.get(values.dtype.str[1:])
    samples = np.ascontiguousarray(values, np.float32)
    if scale is None:
        return samples
    samples = samples / np.float32(scale)
    return samples - 1 if values.dtype == np.uint8 else samples


def _converted(frame: Any, sample_rate: int) -> Float:
    """Return a frame's samples [frames, channels] at another rate: in chained streams it can change on the way."""
    resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=sample_rate)
    pieces = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([np.asarray(piece.to_ndarray(), np.float32).T for piece in pieces])
