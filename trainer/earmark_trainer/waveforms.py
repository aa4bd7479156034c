"""Recordings decoded and resampled once, kept on disk, and read from there into batches from then on."""

from __future__ import annotations

import hashlib
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident
from typing import Any, NamedTuple

import numpy as np
import soxr

from earmark.api import AudioFileError, DatasetError, Float
from earmark.audio_file import read

Told = Callable[[int, int], None]
MOST = 1_000_000_000  # samples, 4 GB: as many are kept at other speeds; of more each is resampled as it is needed
UNUSED_DAYS = 30  # after which what a job has not begun with is dropped
OURS = re.compile(r"[0-9a-f]{32}(-[0-9.]+)?\.(npy|\d+-\d+\.part)")  # the folder is a setting: it may hold other files
AROUND = 512  # samples on either side of what is resampled, so that its ends are as they are in the whole


class _Kept(NamedTuple):
    """Where a waveform is: a file of float32 after `start` bytes."""

    file: Path
    start: int
    samples: int


class Waveforms:
    """The waveforms of recordings at one sample rate, mono.

    A recording is known by its path, size and time of change: one that was changed is decoded again. What no job has
    begun with for `UNUSED_DAYS` is dropped when another begins.

    Args:
        folder: where they are kept; several jobs may share it.
    """

    def __init__(self, folder: Path, sample_rate: int) -> None:
        self._folder, self._rate = folder, sample_rate
        self._kept: dict[tuple[Path, float], _Kept] = {}  # what was filled in, by speed: the recording is not needed

    def fill(self, paths: Iterable[Path], *, told: Told | None = None) -> dict[Path, str]:
        """Decode what is not here yet, on all cores; return path → sentence for those that cannot be read.

        Args:
            told: called with (done, all) after each; what it raises ends the filling.

        Raises:
            DatasetError: the disk is full, or may not be written.
        """
        self._drop_unused()
        return dict(each for each in self._on_all_cores(self._ensure, sorted(set(paths)), told) if each[1])

    def fill_speeds(self, paths: Iterable[Path], speeds: Sequence[float], *, told: Told | None = None) -> None:
        """Resample what was filled in to other speeds, unless that is too much to be kept.

        Raises:
            DatasetError: as by `fill`.
        """
        paths, speeds = sorted(set(paths)), [speed for speed in speeds if speed != 1.0]
        if sum(self.length(path, speed) for path in paths for speed in speeds) > MOST:
            return
        wanted = [(path, speed) for path in paths for speed in speeds]
        for _ in self._on_all_cores(self._ensure_speed, wanted, told):
            pass

    def length(self, path: Path, speed: float = 1.0) -> int:
        """Return how many samples a recording has when it is played `speed` times as fast."""
        kept = self._kept.get((path, speed))
        return kept.samples if kept else round(self._kept[path, 1.0].samples / speed)

    def samples(self, path: Path) -> Float:
        """Return the samples [samples] of a recording that was filled in, as a view of the disk.

        Raises:
            DatasetError: what was kept has gone.
        """
        with self._there(path):
            return np.load(self._kept[path, 1.0].file, mmap_mode="r")

    def read(self, path: Path, first: int, into: Float, *, speed: float = 1.0) -> None:
        """Fill an array [samples] with a recording's samples from `first` on, of its sound at a speed.

        Raises:
            DatasetError: what was kept has gone.
        """
        if (path, speed) not in self._kept:
            self._resample(path, first, into, speed)
            return
        kept = self._kept[path, speed]
        with self._there(path), kept.file.open("rb", buffering=0) as file:
            file.seek(kept.start + first * into.itemsize)
            if file.readinto(into.data) != into.nbytes:
                raise ValueError("it is shorter than it was")

    def _resample(self, path: Path, first: int, into: Float, speed: float) -> None:
        begins = round(first * speed)
        before = min(AROUND, begins)
        source = self.samples(path)[begins - before : begins + math.ceil(len(into) * speed) + AROUND]
        found = self._at_speed(source, speed)[round(before / speed) :][: len(into)]
        into[: len(found)], into[len(found) :] = found, 0.0

    def _at_speed(self, samples: Float, speed: float) -> Float:
        return soxr.resample(samples, self._rate * speed, self._rate, quality="LQ")

    def _on_all_cores(self, work: Callable[[Any], Any], items: Sequence[Any], told: Told | None) -> Iterator[Any]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            try:
                for done, found in enumerate(pool.map(work, items), start=1):
                    yield found
                    if told:
                        told(done, len(items))
            finally:
                pool.shutdown(cancel_futures=True)

    def _drop_unused(self) -> None:
        oldest = time.time() - UNUSED_DAYS * 86_400
        for kept in self._folder.glob("*.*"):
            with suppress(OSError):  # another job may drop it, too
                if OURS.fullmatch(kept.name) and kept.stat().st_mtime < oldest:
                    kept.unlink()

    def _ensure(self, path: Path) -> tuple[Path, str]:
        try:
            place = self._place(path)
            self._kept[path, 1.0] = _known(place) or self._write(place, read(path, sample_rate=self._rate))
        except AudioFileError as error:
            return path, error.sentence
        except FileNotFoundError:
            return path, f"“{path.name}” is not there any more."
        return path, ""

    def _ensure_speed(self, wanted: tuple[Path, float]) -> None:
        path, speed = wanted
        plain = self._kept[path, 1.0].file
        place = plain.with_stem(f"{plain.stem}-{speed:g}")
        self._kept[wanted] = _known(place) or self._write(place, self._at_speed(self.samples(path), speed))

    def _write(self, place: Path, samples: Float) -> _Kept:
        if not len(samples):
            raise AudioFileError("There is no sound in it.")
        beside = place.with_suffix(f".{os.getpid()}-{get_ident()}.part")
        try:
            with beside.open("wb") as file:
                np.save(file, samples)
                start = file.tell() - samples.nbytes
            beside.replace(place)
        except OSError as error:
            beside.unlink(missing_ok=True)
            hint = f"Training keeps decoded sound in {self._folder}: make room there."
            raise DatasetError(f"Decoded sound cannot be kept: {error.strerror}.", hint=hint) from error
        return _Kept(place, start, len(samples))

    def _place(self, path: Path) -> Path:
        about = path.stat()
        known = f"{path.resolve()}\n{about.st_size}\n{about.st_mtime_ns}\n{self._rate}"
        return self._folder / f"{hashlib.sha256(known.encode(errors='surrogateescape')).hexdigest()[:32]}.npy"

    @contextmanager
    def _there(self, path: Path) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            hint = f"Training keeps decoded sound in {self._folder}; resume, and it is decoded again."
            raise DatasetError(f"The decoded sound of “{path.name}” has gone.", hint=hint) from error


def _known(place: Path) -> _Kept | None:
    """Return where the samples of a file are, which is in use now; None where it is not there, or torn."""
    try:
        view = np.load(place, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return None
    with suppress(OSError):
        os.utime(place)
    return _Kept(place, view.offset, len(view))
