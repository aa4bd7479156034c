"""Tiles on disk, so that a recording that was seen is drawn at once when it is opened again. No Qt.

A tile is a small file of its own: a header, and the array as it is. (zlib at its fastest makes tiles a third smaller,
but writes 60 MB/s and reads 200 MB/s; computing them takes no longer.) Several processes may share the folder: files
are written beside and renamed, and which one was used last is the file system's own time stamp. Nothing here raises
because of a disk: what cannot be kept is computed again.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from earmark import folders
from earmark.api import Float
from earmark.spectrogram import Bytes, Grid

METHOD = 1  # counted up when the same settings come to give other bytes
MOST_BYTES = 2_000_000_000
SWEEPS = 32  # the folder is looked through each time that this part of its bound has been written
HEADER = struct.Struct("<4s2sIII")  # mark, type, rows, columns, checksum
MARK = b"EmT1"
TYPES = (b"u1", b"f4")

Array = NDArray[Any]


class TileCache:
    """A folder of arrays, the least recently used of which go when there are too many bytes.

    Args:
        folder: None is the platform's place for what can be made again.
        most_bytes: never more than this is kept.
    """

    def __init__(self, folder: Path | None = None, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder or folders.cache_folder() / "tiles"
        self._most = most_bytes
        self._unswept = most_bytes  # written since the folder was looked through: at the start, nobody knows

    def limit(self, most_bytes: int) -> None:
        """Keep no more than this from now on; what is too much goes when something is kept."""
        self._most = self._unswept = most_bytes

    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(size for _, size, _ in _files(self._folder))

    def clear(self) -> None:
        """Let go of everything."""
        for _, _, path in _files(self._folder):
            with suppress(OSError):
                path.unlink()

    def of(self, path: Path, grid: Grid) -> KeptTiles:
        """Return what is kept of a recording as it is on disk now, drawn on a grid."""
        return KeptTiles(self, _name_of(path, (grid.fft_size, *astuple(grid.settings)[1:], grid.channel)), grid)

    def get(self, name: str) -> Array | None:
        """Return an array, or None where it is not kept, or damaged."""
        place = self._folder / name
        try:
            array = _unpacked(place.read_bytes())
        except OSError:
            return None
        with suppress(OSError):  # a disk that cannot be written can be read
            if array is None:
                place.unlink()
            else:
                os.utime(place)
        return array

    def has(self, name: str) -> bool:
        """Tell whether an array is kept; whether it is whole, only reading tells."""
        return (self._folder / name).exists()

    def keep(self, name: str, array: Array) -> None:
        """Keep an array, where the disk allows it."""
        self._unswept += array.nbytes + HEADER.size
        if self._unswept > self._most // SWEEPS:
            self.sweep(room=self._most // SWEEPS)
            self._unswept = array.nbytes + HEADER.size
        if array.nbytes <= self._most // SWEEPS:
            with suppress(OSError):
                _write(self._folder / name, array)

    def sweep(self, *, room: int = 0) -> None:
        """Let go of what was used longest ago, until there is room for some bytes more."""
        kept = sorted(_files(self._folder))
        bytes_kept = sum(size for _, size, _ in kept)
        for _, size, path in kept:
            if bytes_kept + room <= self._most:
                return
            with suppress(OSError):
                path.unlink()
            with suppress(OSError):  # others are still in it
                path.parent.rmdir()
            bytes_kept -= size


@dataclass(frozen=True)
class KeptTiles:
    """What is kept of one recording on one grid."""

    cache: TileCache
    name: str
    grid: Grid

    def tile(self, level: int, index: int) -> Bytes | None:
        """Return a tile [columns, rows], or None."""
        wanted = (len(self.grid.tile_columns(level, index)), self.grid.rows)
        return self._fitting(f"{level}-{index}", wanted, np.uint8)

    def has_tile(self, level: int, index: int) -> bool:
        """Tell whether a tile seems to be kept."""
        return self.cache.has(f"{self.name}/{level}-{index}")

    def keep_tile(self, level: int, index: int, columns: Bytes) -> None:
        """Keep a tile."""
        self.cache.keep(f"{self.name}/{level}-{index}", columns)

    def peaks(self, bins: int) -> Float | None:
        """Return the waveform's peaks [bins, 2], or None."""
        return self._fitting("peaks", (bins, 2), np.float32)

    def keep_peaks(self, peaks: Float) -> None:
        """Keep the waveform's peaks."""
        self.cache.keep(f"{self.name}/peaks", peaks)

    def _fitting(self, name: str, shape: tuple[int, int], kind: type) -> Array | None:
        array = self.cache.get(f"{self.name}/{name}")
        return array if array is not None and array.shape == shape and array.dtype == kind else None


def _name_of(path: Path, computed: tuple) -> str:
    """Return a name that another recording, another state of this one and other settings do not share."""
    try:
        status = path.stat()
        state = (status.st_size, status.st_mtime_ns)
    except OSError:
        state = (0, 0)  # it has gone; reading it will say so
    known = repr((METHOD, os.fsencode(path.absolute()), *state, *computed))
    return hashlib.blake2b(known.encode(), digest_size=16).hexdigest()


def _packed(array: Array) -> bytes:
    rows, columns = array.shape
    body = np.ascontiguousarray(array).tobytes()
    return HEADER.pack(MARK, array.dtype.str[1:].encode(), rows, columns, zlib.crc32(body)) + body


def _unpacked(content: bytes) -> Array | None:
    """Return the array of a file, or None where the file is cut or damaged."""
    if len(content) < HEADER.size:
        return None
    mark, kind, rows, columns, checksum = HEADER.unpack_from(content)
    body = memoryview(content)[HEADER.size :]
    if mark != MARK or kind not in TYPES or zlib.crc32(body) != checksum:
        return None
    values = np.frombuffer(body, np.dtype(f"<{kind.decode()}"))
    return values.reshape(rows, columns) if values.size == rows * columns else None


def _write(place: Path, array: Array) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_packed(array))
        Path(beside).replace(place)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield (when it was used last, bytes, path) of each file, as far as they can be seen."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                path = Path(parent, name)
                status = path.stat()
                yield status.st_mtime, status.st_size, path
