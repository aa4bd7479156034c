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
PLAIN = re.compile(
    r"PCM_|ULAW|ALAW|FLOAT|DOUBLE"
)  # every sample takes the same bytes, so the file's size tells the length
CODED = {"FLAC", "OGG", "MPEG"}


def inspect(path: Path, warn: Warn) -> AudioInfo:
    with opened(path) as file:
        info = AudioInfo(
            path=path,
            sample_rate=file.samplerate,
            channels=file.channels,
            frames=file.frames,
            format=file.subtype,
            container=file.format,
        )
        plain = PLAIN.match(file.subtype) and file.format not in CODED
        if not plain and not _ends_where_it_says(file):
            raise Undecodable("It ends before its stated length.")
        _warn_of_missing_bytes(file.extra_info, warn)
    return info


def chunks(info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
    with opened(info.path) as file:
        size = max(1, CHUNK_SAMPLES // file.channels)
        try:
            if start:
                file.seek(start)
            while start < end and len(frames := _floats(file, min(size, end - start))):
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


def _floats(file: soundfile.SoundFile, frames: int) -> Float:
    return np.asarray(file.read(frames, dtype="float32", always_2d=True), np.float32)  # [frames, channels]


def _ends_where_it_says(file: soundfile.SoundFile) -> bool:
    tail = min(TAIL_FRAMES, file.frames)
    if file.frames > LONGEST_SECONDS * file.samplerate:
        return False
    try:
        file.seek(file.frames - tail)
        return len(_floats(file, tail)) == tail
    except soundfile.LibsndfileError:
        return False


def _warn_of_missing_bytes(log: str, warn: Warn) -> None:
    """Read libsndfile's own log, the only place where it tells that the sound ends before its stated length."""
    if re.search(r"^\s*(data|SSND|Data Size|Data)\s*:.*should be", log, re.MULTILINE):
        warn("The recording's header does not fit its length; all that is there was used.")
