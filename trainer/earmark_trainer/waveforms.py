"""Recordings decoded and resampled once, kept on disk, and read through memory maps from then on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from earmark.api import AudioFileError, DatasetError, Float
from earmark.audio_file import read


class Waveforms:
    """The waveforms of recordings at one sample rate, mono.

    A recording is known by its path, size and time of change: one that was changed is decoded again.

    Args:
        folder: where they are kept; several jobs may share it.
    """

    def __init__(self, folder: Path, sample_rate: int) -> None:
        self._folder, self._rate = folder, sample_rate
        self._places: dict[Path, Path] = {}  # of what was filled in: the recording itself is not needed any more

    def fill(self, paths: Iterable[Path], *, told: Callable[[int, int], None] | None = None) -> dict[Path, str]:
        """Decode what is not here yet, on all cores; return path → sentence for those that cannot be read.

        Args:
            told: called with (done, all) after each; what it raises ends the filling.

        Raises:
            DatasetError: the disk is full, or may not be written.
        """
        paths = sorted(set(paths))
        self._folder.mkdir(parents=True, exist_ok=True)
        failed: dict[Path, str] = {}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            try:
                for done, (path, sentence) in enumerate(pool.map(self._ensure, paths), start=1):
                    if sentence:
                        failed[path] = sentence
                    if told:
                        told(done, len(paths))
            finally:
                pool.shutdown(cancel_futures=True)
        return failed

    def samples(self, path: Path) -> Float:
        """Return the samples [samples] of a recording that was filled in, as a view of the disk.

        Raises:
            DatasetError: what was kept has gone.
        """
        try:
            return np.load(self._places[path], mmap_mode="r")
        except (OSError, ValueError) as error:
            hint = f"Training keeps decoded sound in {self._folder}; resume, and it is decoded again."
            raise DatasetError(f"The decoded sound of “{path.name}” has gone.", hint=hint) from error

    def _ensure(self, path: Path) -> tuple[Path, str]:
        try:
            place = self._place(path)
            if not place.exists():
                self._write(place, read(path, sample_rate=self._rate))
            self._places[path] = place
        except AudioFileError as error:
            return path, error.sentence
        except FileNotFoundError:
            return path, f"“{path.name}” is not there any more."
        return path, ""

    def _write(self, place: Path, samples: Float) -> None:
        if not len(samples):
            raise AudioFileError("There is no sound in it.")
        beside = place.with_suffix(f".{os.getpid()}.part")
        try:
            with beside.open("wb") as file:
                np.save(file, samples)
            beside.replace(place)
        except OSError as error:
            beside.unlink(missing_ok=True)
            hint = f"Training keeps decoded sound in {self._folder}: make room there."
            raise DatasetError(f"Decoded sound cannot be kept: {error.strerror}.", hint=hint) from error

    def _place(self, path: Path) -> Path:
        about = path.stat()
        known = f"{path.resolve()}\n{about.st_size}\n{about.st_mtime_ns}\n{self._rate}"
        return self._folder / f"{hashlib.sha256(known.encode(errors='surrogateescape')).hexdigest()[:32]}.npy"
