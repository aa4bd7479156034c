"""Decoding with libsndfile: exact seeking, and the fastest way to read what it knows."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import Float
from earmark.decoders import AudioInfo, Undecodable, Warn

CHUNK_SAMPLES = 1 << 19  # over all channels: 2 MB
TAIL_FRAMES = 65536  # the longest block that FLAC allows is 65535 samples
LONGEST_SECONDS = 1e7  # a FLAC from a pipe has 2^63 − 1 frames: it does not know its length
# Every sample takes the same number of bytes, so that the file's size tells the length.
PLAIN = re.compile(r"PCM_|ULAW|ALAW|FLOAT|DOUBLE")
CODED = {"FLAC", "OGG", "MPEG"}
OGG_SERIAL = slice(14, 18)  # bytes of a page's header: the number of its stream, RFC 3533
LONGEST_OGG_PAGE = 65307


def inspect(path: Path, warn: Warn) -> AudioInfo:
    with opened(path) as file:
        _warn_of_missing_bytes(file.extra_info, warn)
        if _is_chained(path):
            warn("The recording holds several streams, one after another; only the first was used.")
        return AudioInfo(
            path=path,
            sample_rate=file.samplerate,
            channels=file.channels,
            frames=_length(path, file),
            format=file.subtype,
            container=file.format,
        )


def chunks(info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
    with opened(info.path) as file:
        try:
            _go_to(file, start)
            for frames in _read_on(file, end - start):
                start += len(frames)
                yield frames
        except soundfile.LibsndfileError as error:
            raise Undecodable(str(error)) from error
    if start < end:
        raise Undecodable("It ended before its stated length.")


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open by descriptor, so that content decides and not the suffix, and any bytes may be in the name."""
    if sys.platform == "win32":  # libsndfile has a C run-time of its own there, which does not know our descriptors
        source = str(path)
    else:
        source = os.open(path, os.O_RDONLY)
    try:
        file = soundfile.SoundFile(source)
    except (soundfile.LibsndfileError, TypeError) as error:  # libsndfile has closed the descriptor
        raise Undecodable(str(error)) from error
    with file:
        yield file


def _length(path: Path, file: soundfile.SoundFile) -> int:
    """Return the frames that can really be read.

    Raises:
        Undecodable: fewer than the file says; FFmpeg knows better how to go on.
    """
    if PLAIN.match(file.subtype) and file.format not in CODED:
        return file.frames
    if not file.seekable():  # codecs of the 1980s: their files are short
        with opened(path) as again:
            return sum(map(len, _read_on(again, file.frames)))
    if not _ends_where_it_says(file):
        raise Undecodable("It ends before its stated length.")
    return file.frames


def _ends_where_it_says(file: soundfile.SoundFile) -> bool:
    tail = min(TAIL_FRAMES, file.frames)
    if file.frames > LONGEST_SECONDS * file.samplerate:
        return False
    try:
        file.seek(file.frames - tail)
        return sum(map(len, _read_on(file, tail))) == tail
    except soundfile.LibsndfileError:
        return False


def _is_chained(path: Path) -> bool:
    """Tell whether an Ogg file holds one stream after another, of which libsndfile reads the first only."""
    with path.open("rb") as file:
        first = file.read(OGG_SERIAL.stop)
        if not first.startswith(b"OggS"):
            return False
        file.seek(max(0, path.stat().st_size - LONGEST_OGG_PAGE))
        end = file.read()
    last = end[end.rfind(b"OggS") :]
    return len(last) >= OGG_SERIAL.stop and last[OGG_SERIAL] != first[OGG_SERIAL]


def _go_to(file: soundfile.SoundFile, start: int) -> None:
    if file.seekable():
        file.seek(start)
    else:
        for _ in _read_on(file, start):
            pass


def _read_on(file: soundfile.SoundFile, left: int) -> Iterator[Float]:
    size = max(1, CHUNK_SAMPLES // file.channels)
    while left > 0 and len(frames := file.read(min(size, left), dtype="float32", always_2d=True)):
        left -= len(frames)
        yield np.asarray(frames, np.float32)  # [frames, channels]


def _warn_of_missing_bytes(log: str, warn: Warn) -> None:
    """Read libsndfile's own log, the only place where it tells that the sound ends before its stated length."""
    if re.search(r"^\s*(data|SSND|Data Size|riff)\s*:.*should be", log, re.MULTILINE):
        warn("The recording's header does not fit its length; all that is there was used.")
