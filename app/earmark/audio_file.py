"""Opening, decoding and resampling any recording, in blocks: soundfile first, PyAV second."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import soxr

from earmark.api import Float
from earmark.decoders import AudioInfo, Decoder, Undecodable, pyav, sndfile
from earmark.errors import AudioFileError

__all__ = ["SUFFIXES", "AudioInfo", "Recording", "blocks", "open_recording", "probe", "read", "walk"]

_LIBSNDFILE = (
    "wav wave bwf rf64 w64 aif aiff aifc caf au snd voc flac mp3 mp2 ogg oga opus ircam sf nist sph paf svx iff"
)
_FFMPEG = "m4a m4b aac mp4 m4v mov 3gp 3g2 webm mkv mka wma asf wmv alac amr ac3 eac3 dts wv ape tta tak mpc spx avi mpg mpeg ts flv"
SUFFIXES = frozenset(f".{name}" for name in f"{_LIBSNDFILE} {_FFMPEG}".split())
LOUDEST = 16.0  # 24 dB above full scale; anything beyond is damage, and overflows when squared
SETTLING_SECONDS = 1  # read before and after a span, so that resampling it gives the samples that the whole would give

Channel = str | int


class Recording:
    """A recording on disk: what it is, its samples in blocks, and the warnings that reading it gave.

    `warnings` grows while blocks are read.
    """

    def __init__(self, info: AudioInfo, decoder: Decoder, warnings: list[str]) -> None:
        self.info = info
        self.warnings = warnings
        self._decoder = decoder

    def warn(self, sentence: str) -> None:
        """Add a warning, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def blocks(
        self,
        *,
        sample_rate: int | None = None,
        channel: Channel = "mix",
        start: float = 0.0,
        end: float | None = None,
        seconds: float = 30.0,
    ) -> Iterator[Float]:
        """Yield mono samples, `seconds` long each but for the last.

        A span has exactly the samples that the whole recording has between `start` and `end`.

        Args:
            sample_rate: hertz; None is the recording's own.
            channel: "mix" (the mean), or a channel's number, counted from 1.
            start: seconds.
            end: seconds; None is the end.

        Raises:
            AudioFileError: there is no such channel.
        """
        rate = sample_rate or self.info.sample_rate
        pick = partial(_mono, channel=self._channel_index(channel), warn=self.warn)
        first, last = self._frames_between(start, end)
        size = max(1, round(seconds * rate))
        if rate == self.info.sample_rate:
            return _regrouped(map(pick, self._decoder.chunks(self.info, first, last, self.warn)), size)
        return _regrouped(self._resampled(pick, rate, start, end), size)

    def read(self, **span) -> Float:
        """Return the samples that `blocks` would yield, in one piece."""
        pieces = list(self.blocks(**span))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def _frames_between(self, start: float, end: float | None) -> tuple[int, int]:
        frames, rate = self.info.frames, self.info.sample_rate
        last = frames if end is None else min(frames, round(end * rate))
        return min(max(0, round(start * rate)), last), last

    def _channel_index(self, channel: Channel) -> int | None:
        if channel == "mix":
            return None
        if not 1 <= int(channel) <= self.info.channels:
            raise AudioFileError(
                f"{self.info.path.name} has no channel {channel}.",
                hint=f"It has {self.info.channels}, counted from 1.",
            )
        return int(channel) - 1

    def _resampled(self, pick, rate: int, start: float, end: float | None) -> Iterator[Float]:
        """Yield the span at another rate, from whole seconds on, where both grids have a sample."""
        own = self.info.sample_rate
        first, last = self._frames_between(start, end)
        begin = max(0, first // own - SETTLING_SECONDS)  # seconds
        stop = min(self.info.frames, last + SETTLING_SECONDS * own)
        skip = round(first * rate / own) - begin * rate
        left = round(last * rate / own) - round(first * rate / own)
        stream = soxr.ResampleStream(own, rate, 1, dtype="float32", quality="HQ")
        decoded = self._decoder.chunks(self.info, begin * own, stop, self.warn)
        for piece in _streamed(stream, map(pick, decoded)):
            wanted = piece[skip : skip + left]
            skip = max(0, skip - len(piece))
            left -= len(wanted)
            if len(wanted):
                yield wanted
            if left <= 0:
                return


def open_recording(path: str | os.PathLike[str]) -> Recording:
    """Open any recording; what it holds decides, not its name.

    Raises:
        AudioFileError: it is no file, may not be read, or holds no sound.
    """
    path = Path(path)
    _check_is_readable(path)
    warnings: list[str] = []
    for decoder in _decoders(path):
        warnings.clear()
        try:
            info = decoder.inspect(path, warnings.append)
        except Undecodable:
            continue
        if info.frames:
            return Recording(info, decoder, list(dict.fromkeys(warnings)))
    raise AudioFileError(
        f"{shown(path)} holds no sound that can be decoded.",
        hint="It is empty, damaged, or not a recording.",
    )


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """Return what a recording is. Raises as `open_recording` does."""
    return open_recording(path).info


def blocks(path: str | os.PathLike[str], **span) -> Iterator[Float]:
    """Yield a recording's samples; see `Recording.blocks`."""
    return open_recording(path).blocks(**span)


def read(path: str | os.PathLike[str], **span) -> Float:
    """Return a recording's samples [samples] in one piece; see `Recording.blocks`."""
    return open_recording(path).read(**span)


def walk(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the files named, and below each folder the files with a suffix of sound, sorted."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = (
            sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if path.is_dir()
            else [path]
        )
        found.update(dict.fromkeys(inside))
    return list(found)


def shown(path: Path) -> str:
    """Return the file's name as it can be printed, whatever bytes are in it."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _decoders(path: Path) -> tuple[Decoder, ...]:
    with path.open("rb") as file:
        head = file.read(3)
    # libsndfile believes the length in an MP3's header; a truncated one would end in silence.
    mpeg = head == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)
    return (pyav, sndfile) if mpeg else (sndfile, pyav)


def _check_is_readable(path: Path) -> None:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise AudioFileError(f"{shown(path)} is a folder, not a recording.")
        if not stat.S_ISREG(mode):
            raise AudioFileError(f"{shown(path)} is a device or a pipe, not a file.")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise AudioFileError(f"There is no file {shown(path)}.", hint=f"Looked in {path.parent}.") from error
    except PermissionError as error:
        raise AudioFileError(f"{shown(path)} may not be read.", hint="Check its permissions.") from error
    except (OSError, ValueError) as error:
        raise AudioFileError(f"{shown(path)} cannot be opened: {error}.") from error
    if empty:
        raise AudioFileError(f"{shown(path)} is empty.", hint="It has a length of 0 bytes.")


def _mono(frames: Float, *, channel: int | None, warn) -> Float:
    """Return one channel, or the mean, of [frames, channels]; what is not a number becomes 0."""
    samples = frames if channel is None else frames[:, channel : channel + 1]
    if not (samples.size == 0 or max(samples.max(), -samples.min()) <= LOUDEST):
        samples = _mended(samples, warn)
    return samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float32)


def _mended(samples: Float, warn) -> Float:
    if not np.isfinite(samples).all():
        warn("Some samples are not numbers; they were taken as silence.")
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    if np.abs(samples).max() > LOUDEST:
        warn("Some samples are far beyond full scale; they were clipped.")
    return np.clip(samples, -LOUDEST, LOUDEST)


def _streamed(stream: soxr.ResampleStream, pieces: Iterable[Float]) -> Iterator[Float]:
    for piece in pieces:
        yield stream.resample_chunk(np.ascontiguousarray(piece))
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _regrouped(pieces: Iterable[Float], size: int) -> Iterator[Float]:
    """Yield the same samples in blocks of `size`."""
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
