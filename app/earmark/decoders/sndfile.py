"""Decoding with libsndfile: exact seeking, and the fastest way to read what it knows."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from earmark.api import Float
from earmark.decoders import AudioInfo, Undecodable, Warn

CHUNK_SAMPLES = 1 << 19  # over all channels: 2 MB
TAIL_FRAMES = 4096  # the largest FLAC block in the streamable subset is 4608
EXACT_LENGTH = re.compile(r"PCM_|ULAW|ALAW|FLOAT|DOUBLE|DPCM")  # one sample, one fixed number of bytes


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open by descriptor, so that content decides and not the suffix, and any bytes may be in the name."""
    if sys.platform == "win32":  # libsndfile has a C run-time of its own there, which does not know our descriptors
        source = str(path)
    else:
        source = os.open(path, os.O_RDONLY)
    try:
        file = soundfile.SoundFile(source)
    except soundfile.LibsndfileError as error:  # libsndfile has closed the descriptor
        raise Undecodable(str(error)) from error
    with file:
        yield file


def inspect(path: Path, warn: Warn) -> AudioInfo:
    with opened(path) as file:
        _warn_of_missing_bytes(file.extra_info, warn)
        described = AudioInfo(
            path=path,
            sample_rate=file.samplerate,
            channels=file.channels,
            frames=file.frames,
            format=file.subtype,
            container=file.format,
        )
        if EXACT_LENGTH.match(file.subtype) and file.format != "FLAC":
            return described
        whole = _ends_where_it_says(file)
    return described if whole else _counted(described, warn)


def chunks(info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
    with opened(info.path) as file:
        if start:
            file.seek(start)
        yield from _read_on(file, end - start, warn)


def _read_on(file: soundfile.SoundFile, left: int, warn: Warn) -> Iterator[Float]:
    size = max(1, CHUNK_SAMPLES // file.channels)
    while left > 0:
        try:
            samples = file.read(min(size, left), dtype="float32", always_2d=True)  # [frames, channels]
        except soundfile.LibsndfileError:
            samples = ()
        if not len(samples):
            warn("The recording is damaged or ends early; what could be decoded was used.")
            return
        left -= len(samples)
        yield samples


def _ends_where_it_says(file: soundfile.SoundFile) -> bool:
    tail = min(TAIL_FRAMES, file.frames)
    try:
        file.seek(file.frames - tail)
        return len(file.read(tail, dtype="float32", always_2d=True)) == tail
    except (soundfile.LibsndfileError, MemoryError):
        return False


def _counted(info: AudioInfo, warn: Warn) -> AudioInfo:
    frames = sum(len(piece) for piece in chunks(info, 0, info.frames, warn))
    return AudioInfo(**{**info.__dict__, "frames": frames})


def _warn_of_missing_bytes(log: str, warn: Warn) -> None:
    """Read libsndfile's own log, the only place where it tells that a chunk ends before its length."""
    if re.search(r"^\s*data\s*:.*should be", log, re.MULTILINE):
        warn("The recording ends before its stated length; what is there was used.")
