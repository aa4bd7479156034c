"""Listening to every recording once: in threads, block by block, remembered on disk until the file changes."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from earmark import folders
from earmark.api import Cancelled, Example, Float
from earmark.audio_file import EACH, Recording, open_recording
from earmark.decoders import Undecodable, sndfile
from earmark.errors import AudioFileError
from earmark.samples import mono, regrouped, resampled
from earmark.spectrogram import frame_powers, window_of
from earmark.tile_cache import TileCache
from earmark.training.doctor.landmarks import Frames, Hashes, landmarks
from earmark.training.doctor.levels import Extent, Levels
from earmark.training.doctor.texture import Texture

METHOD = 1  # counted up when the same sound comes to give another `Heard`
MOST_BYTES = 1 << 29  # kept on disk: 20 hours of sound take 50 MB
RATE, WINDOW, HOP = 16_000, 1024, 256  # hertz, samples
BLOCK_SECONDS = 16.0
STEPS = {"PCM_U8": 2**-7, "PCM_S8": 2**-7, "ULAW": 2**-5, "ALAW": 2**-5}  # between levels; others are 16 bits or finer
AHEAD = 4  # clips waiting for each thread

Told = Callable[[int, int, str], object]  # how many are done, of how many, and what is being done


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the doctor knows of a clip.

    Attributes:
        error: why it cannot be read; is_empty: there is nothing in it to be read.
        peak, mixed_peak: the greatest amplitude in any channel, and of their mean, in 0..1.
        clipped: the share of samples that are cut off.
        content: what only clips of the very same samples share.
        hashes, frames: its landmarks [pairs].
        texture: [width].
    """

    error: str = ""
    is_empty: bool = False
    sample_rate: int = 0
    channels: int = 0
    seconds: float = 0.0
    peak: float = 0.0
    mixed_peak: float = 0.0
    clipped: float = 0.0
    content: str = ""
    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.uint32))
    frames: Frames = field(default_factory=lambda: np.zeros(0, np.int32))
    texture: Float = field(default_factory=lambda: np.zeros(0, np.float32))


def hear_all(examples: Sequence[Example], told: Told, cancelled: Callable[[], bool]) -> list[Heard]:
    """Return what is heard in each example; memory for audio is bounded, whatever the number and length.

    Raises:
        Cancelled: `cancelled` said so.
    """
    kept, ended = TileCache(folders.cache_folder() / "doctor", most_bytes=MOST_BYTES), threading.Event()
    workers = os.cpu_count() or 1
    waiting: deque[Future[Heard]] = deque()
    found: list[Heard] = []
    with ThreadPoolExecutor(workers, "doctor") as threads:
        try:
            for example in examples:
                if len(waiting) >= AHEAD * workers:
                    found.append(_result(waiting.popleft(), cancelled))
                    told(len(found), len(examples), "Listening")
                waiting.append(threads.submit(_known_or_heard, example, kept, ended.is_set))
            while waiting:
                found.append(_result(waiting.popleft(), cancelled))
                told(len(found), len(examples), "Listening")
        finally:
            ended.set()
            threads.shutdown(cancel_futures=True)
    return found


def _result(waiting: Future[Heard], cancelled: Callable[[], bool]) -> Heard:
    while True:
        if cancelled():
            raise Cancelled
        with suppress(TimeoutError):
            return waiting.result(timeout=0.1)


def _known_or_heard(example: Example, kept: TileCache, ended: Callable[[], bool]) -> Heard:
    name = _name_of(example)
    if known := _unpacked(kept.get(name)):
        return known
    heard = hear(example, ended)
    if not heard.error:  # what cannot be read now may be readable tomorrow, as it is
        kept.keep(name, _packed(heard))
    return heard


def hear(example: Example, ended: Callable[[], bool] = lambda: False) -> Heard:
    """Return what is heard in an example.

    Raises:
        Cancelled: `ended` said so.
    """
    try:
        recording = open_recording(example.path)
        return _heard(recording, example, ended)
    except AudioFileError as error:
        return Heard(error=error.sentence, is_empty=_is_empty(example.path))


def _heard(recording: Recording, example: Example, ended: Callable[[], bool]) -> Heard:
    info, window = recording.info, window_of("hann", WINDOW)
    levels = Levels(ceiling=np.inf if info.format in ("FLOAT", "DOUBLE") else 1.0, step=STEPS.get(info.format, 2**-15))
    mixed, texture = Extent(), Texture()
    prints: list[tuple[Hashes, Frames]] = []
    begin = 0
    for samples in _mixed(recording, example, levels, ended):
        mixed.add(samples)
        samples = np.pad(samples, (0, max(0, WINDOW - len(samples))))
        powers = frame_powers(samples, window, hop=HOP)  # [frames, bins]
        texture.add(powers, RATE)
        prints.append(landmarks(powers, begin))
        begin += round(BLOCK_SECONDS * RATE) // HOP
    if not levels.frames:
        return Heard(error="No sound is between its start and end.", is_empty=True)
    return Heard(
        sample_rate=info.sample_rate,
        channels=info.channels,
        seconds=levels.frames / info.sample_rate,
        peak=levels.extent.peak,
        mixed_peak=mixed.peak,
        clipped=levels.clipped,
        content=levels.content(info.sample_rate),
        hashes=np.concatenate([hashes for hashes, _ in prints]),
        frames=np.concatenate([frames for _, frames in prints]),
        texture=texture.vector(),
    )


def _mixed(recording: Recording, example: Example, levels: Levels, ended: Callable[[], bool]) -> Iterator[Float]:
    """Yield blocks of the mean of all channels at `RATE`, while `levels` takes what is decoded."""

    def decoded() -> Iterator[Float]:
        for block in recording.blocks(seconds=BLOCK_SECONDS, channel=EACH, start=example.start, end=example.end):
            if ended():
                raise Cancelled
            levels.add(block)
            yield mono(block, None, lambda sentence: None)

    return regrouped(resampled(decoded(), recording.info.sample_rate, RATE), round(BLOCK_SECONDS * RATE))


def _is_empty(path: Path) -> bool:
    """Tell whether a file has nothing in it, or a header and no samples."""
    try:
        return not path.stat().st_size or not sndfile.inspect(path, lambda sentence: None).frames
    except (OSError, Undecodable):
        return False


def _name_of(example: Example) -> str:
    """Return a name that another clip, and another state of this file, does not share."""
    try:
        status = example.path.stat()
        state = (status.st_size, status.st_mtime_ns)
    except OSError:
        state = (0, 0)
    known = (METHOD, os.fsencode(example.path.absolute()), *state, example.start, example.end)
    return hashlib.blake2b(repr(known).encode(), digest_size=16).hexdigest()


def _packed(heard: Heard) -> np.ndarray:
    stream = io.BytesIO()
    np.savez(stream, **asdict(heard))
    return np.frombuffer(stream.getvalue(), np.uint8)[None]  # [1, bytes]


def _unpacked(packed: np.ndarray | None) -> Heard | None:
    if packed is None:
        return None
    try:
        with np.load(io.BytesIO(packed.tobytes())) as stored:
            fields: dict[str, Any] = {name: stored[name] for name in stored.files}
        return Heard(**{name: value if value.ndim else value.item() for name, value in fields.items()})
    except (ValueError, TypeError, OSError, KeyError):
        return None
