"""Opening, decoding and resampling any recording, in blocks: soundfile first, PyAV second."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np

from earmark.api import Float
from earmark.decoders import AudioInfo, Decoder, Undecodable, sndfile
from earmark.errors import AudioFileError
from earmark.samples import at_rate, mended, mono, regrouped, resampled

__all__ = [
    "EACH",
    "SUFFIXES",
    "AudioInfo",
    "Recording",
    "Span",
    "blocks",
    "found",
    "open_recording",
    "probe",
    "read",
    "walk",
]

_LIBSNDFILE = "wav wave bwf rf64 w64 aif aiff aifc caf au snd voc flac mp3 ogg oga opus ircam sf nist sph paf svx iff"
_MUSIC = "m4a m4b aac mka wma amr ac3 eac3 dts wv ape tta tak mpc mp2 spx"
_FILMS = "mp4 m4v mov 3gp 3g2 webm mkv asf wmv avi mpg mpeg ts flv"
SUFFIXES = frozenset(f".{name}" for name in f"{_LIBSNDFILE} {_MUSIC} {_FILMS}".split())
EACH = "each"  # all channels, as they are
SETTLING_SECONDS = 1  # read before and after a span, so that resampling it gives the samples that the whole would give
POSSIBLE_RATES = range(100, 10_000_001)  # hertz; what claims less or more is a damaged header

Name = str | os.PathLike[str]
Channel = str | int


class Span(TypedDict, total=False):
    """Which samples are wanted.

    Attributes:
        sample_rate: hertz; None is the recording's own.
        channel: "mix" (the mean), a channel's number, counted from 1, or `EACH`: all of them, beside each other.
        start: seconds.
        end: seconds; None is the end.
    """

    sample_rate: int | None
    channel: Channel
    start: float
    end: float | None


class Recording:
    """A recording on disk: what it is, its samples in blocks, and the warnings that reading it gave.

    `warnings` grows while blocks are read. Nothing is kept open between calls.
    """

    def __init__(self, info: AudioInfo, decoder: Decoder, warnings: list[str]) -> None:
        self.info = info
        self.warnings = warnings
        self._decoder = decoder

    def blocks(self, *, seconds: float = 30.0, **span: Unpack[Span]) -> Iterator[Float]:
        """Yield mono samples [samples] in −1..1, `seconds` long each but for the last; [samples, channels] for `EACH`.

        A span has exactly the samples that the whole recording has between its ends. A recording whose rest cannot be
        decoded ends early, with a warning.

        Raises:
            AudioFileError: there is no such channel, or the file has gone.
        """
        rate = span.get("sample_rate") or self.info.sample_rate
        chosen = self._chosen(span.get("channel", "mix"))
        first, last = self._frames_between(span.get("start", 0.0), span.get("end"))
        as_it_is = rate == self.info.sample_rate
        pieces = self._heard(first, last, chosen) if as_it_is else self._resampled(first, last, chosen, rate)
        return regrouped(pieces, max(1, round(seconds * rate)))

    def read(self, **span: Unpack[Span]) -> Float:
        """Return the samples that `blocks` would yield, in one piece."""
        pieces = list(self.blocks(**span))
        shape = (0, self.info.channels) if span.get("channel") == EACH else (0,)
        return np.concatenate(pieces) if pieces else np.zeros(shape, np.float32)

    def frames(self, *, start: float = 0.0, end: float | None = None) -> Iterator[Float]:
        """Yield the samples [frames, channels] between two times, in seconds, in pieces of any length.

        Every channel, at the recording's own rate, and not mended: as exact as it was recorded.
        """
        return self._decoded(*self._frames_between(start, end))

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _frames_between(self, start: float, end: float | None) -> tuple[int, int]:
        frames, rate = self.info.frames, self.info.sample_rate
        last = frames if end is None else max(0, min(frames, round(end * rate)))
        return min(max(0, round(start * rate)), last), last

    def _chosen(self, channel: Channel) -> Callable[[Float], Float]:
        """Return what makes of [frames, channels] what is wanted."""
        if channel == EACH:
            return lambda frames: mended(frames, self._warn)
        number = self._channel_index(channel)
        return lambda frames: mono(frames, number, self._warn)

    def _channel_index(self, channel: Channel) -> int | None:
        if channel == "mix":
            return None
        if not str(channel).isdecimal() or not 1 <= int(channel) <= self.info.channels:
            raise AudioFileError(
                f"{shown(self.info.path)} has no channel {channel}.",
                hint=f'It has {self.info.channels}, counted from 1; "mix" is their mean.',
            )
        return int(channel) - 1

    def _heard(self, first: int, last: int, chosen: Callable[[Float], Float]) -> Iterator[Float]:
        return map(chosen, self._decoded(first, last))

    def _decoded(self, first: int, last: int) -> Iterator[Float]:
        """Yield [frames, channels]; where libsndfile gives up half-way, FFmpeg can often go on."""
        position = first
        try:
            for frames in self._decoder.chunks(self.info, first, last, self._warn):
                position += len(frames)
                yield frames
        except Undecodable:
            self._warn("The recording is damaged; what could be decoded was used.")
            if self._decoder is sndfile:
                with suppress(Undecodable):
                    yield from _ffmpeg().chunks(self.info, position, last, self._warn)
        except OSError as error:
            raise AudioFileError(f"{shown(self.info.path)} can no longer be read.", hint=str(error)) from error

    def _resampled(self, first: int, last: int, chosen: Callable[[Float], Float], rate: int) -> Iterator[Float]:
        """Yield the span at another rate, beginning at a whole second, where both grids have a sample."""
        own = self.info.sample_rate
        begin = max(0, first // own - SETTLING_SECONDS)  # seconds
        stop = min(self.info.frames, last + SETTLING_SECONDS * own)
        skip = at_rate(first, own, rate) - begin * rate
        left = max(at_rate(last, own, rate) - at_rate(first, own, rate), int(first < last))
        for piece in resampled(self._heard(begin * own, stop, chosen), own, rate):
            wanted = piece[skip : skip + left]
            skip = max(0, skip - len(piece))
            left -= len(wanted)
            yield wanted
            if left <= 0:
                return


def open_recording(path: Name) -> Recording:
    """Open any recording; what it holds decides, not its name.

    Raises:
        AudioFileError: it is no file, may not be read, or holds no sound.
    """
    path = Path(path)
    _check_is_readable(path)
    for decoder in _decoders(path):
        warnings: list[str] = []
        try:
            info = decoder.inspect(path, warnings.append)
        except Undecodable:
            continue
        except OSError as error:
            raise AudioFileError(f"{shown(path)} cannot be read.", hint=str(error)) from error
        if info.frames > 0 and info.sample_rate in POSSIBLE_RATES:
            return Recording(info, decoder, list(dict.fromkeys(warnings)))
    raise AudioFileError(
        f"{shown(path)} holds no sound that can be decoded.", hint="It is empty, damaged, or not a recording."
    )


def probe(path: Name) -> AudioInfo:
    """Return what a recording is. Raises as `open_recording` does."""
    return open_recording(path).info


def blocks(path: Name, *, seconds: float = 30.0, **span: Unpack[Span]) -> Iterator[Float]:
    """Yield a recording's samples; see `Recording.blocks`."""
    return open_recording(path).blocks(seconds=seconds, **span)


def read(path: Name, **span: Unpack[Span]) -> Float:
    """Return a recording's samples [samples] in one piece; see `Recording.blocks`."""
    return open_recording(path).read(**span)


def walk(paths: Iterable[Name]) -> list[Path]:
    """Return the files named, and from inside each folder those with a suffix of sound, sorted; each once."""
    return list(dict.fromkeys(found(paths)))


def found(paths: Iterable[Name]) -> Iterator[Path]:
    """Yield what `walk` returns as it is found, so that a large folder can be given up; one may come twice."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from _inside(path)
        else:
            yield path


def tags_of(path: Name) -> dict[str, str]:
    """Return what a file says about itself, by FFmpeg's names in small letters; nothing where it cannot be read."""
    from earmark.decoders import pyav  # lazily, as below

    with suppress(Undecodable, OSError, ValueError):
        return pyav.tags(Path(path))
    return {}


def shown(path: Path) -> str:
    """Return the file's name as it can be printed, whatever bytes are in it."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _inside(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # what may not be read is left out
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):  # a link may lead back to where it stands
            yield from _inside(Path(entry.path))
        elif Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file():
            yield Path(entry.path)


def _decoders(path: Path) -> Iterator[Decoder]:
    """Yield the decoders in the order in which they are to be asked."""
    with path.open("rb") as file:
        head = file.read(3)
    # libsndfile believes the length in an MP3's header; a truncated one would end in silence.
    mpeg = head == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)
    if mpeg:
        yield _ffmpeg()
    yield sndfile
    if not mpeg:
        yield _ffmpeg()


def _ffmpeg() -> Decoder:
    from earmark.decoders import pyav  # not at the top: it takes 70 ms, and most recordings do without

    return pyav


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
        raise AudioFileError(f"{shown(path)} cannot be opened.", hint=str(error)) from error
    if empty:
        raise AudioFileError(f"{shown(path)} is empty.", hint="It has a length of 0 bytes.")
