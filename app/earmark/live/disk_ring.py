"""The last minutes on disk, in pieces of a fixed length: to scroll back to, and to keep after something was heard."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from earmark.api import Float
from earmark.live.ring_buffer import RingBuffer
from earmark.live.wav_file import WavFile

PIECE_SECONDS = 10.0
PATIENCE = 0.25
AT_ONCE = 1 << 18  # samples read and written together


@dataclass(frozen=True)
class Piece:
    """Some samples in a file of float32 [frames, channels]."""

    first: int
    last: int
    path: Path


class DiskRing:
    """Follows the ring, and keeps its samples for longer than that has room for.

    Args:
        folder: its own; what is in it is removed when it is closed.
        seconds: how far back it reaches, at least.
    """

    def __init__(self, ring: RingBuffer, sample_rate: int, folder: Path, *, seconds: float) -> None:
        self.sample_rate, self.channels, self.folder = sample_rate, ring.channels, folder
        self._ring, self._length = ring, round(PIECE_SECONDS * sample_rate)
        self._most = round(seconds / PIECE_SECONDS) + 1
        self._pieces: deque[Piece] = deque()
        self._changing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="disk ring", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("*.f32"):  # of a run that was killed
            left.unlink(missing_ok=True)
        self._thread.start()

    def close(self) -> None:
        """End, and remove the pieces."""
        self._stopping.set()
        self._thread.join()
        with self._changing:
            while self._pieces:
                self._pieces.popleft().path.unlink(missing_ok=True)

    @property
    def oldest(self) -> int:
        """Return the number of the oldest sample that can be read."""
        with self._changing:
            return self._pieces[0].first if self._pieces else self._ring.oldest

    @property
    def reach(self) -> int:
        """Return up to which sample all is on disk."""
        with self._changing:
            return self._pieces[-1].last if self._pieces else 0

    def read(self, first: int, last: int) -> Float:
        """Return the samples [frames, channels] that are left of first..last."""
        with self._changing:
            pieces = [piece for piece in self._pieces if piece.last > first and piece.first < last]
            parts = [self._part(piece, first, last) for piece in pieces]
            behind = pieces[-1].last if pieces else first
        if behind < last:
            parts.append(self._ring.read(max(first, behind), last).samples)
        return np.concatenate(parts) if parts else np.zeros((0, self.channels), np.float32)

    def keep(self, path: Path, seconds: float, *, begun: datetime | None = None) -> int:
        """Write the last seconds into a WAV, beside its place first; return the frames written."""
        last = self._ring.written
        first = max(self.oldest, last - round(seconds * self.sample_rate), 0)
        beside = path.with_name(f".{path.name}.partial")
        beside.unlink(missing_ok=True)
        file = WavFile(beside, self.sample_rate, self.channels, begun=begun)
        try:
            for begin in range(first, last, AT_ONCE):
                file.write(self.read(begin, min(begin + AT_ONCE, last)))
        finally:
            file.close()
        beside.replace(path)
        return file.frames

    def _run(self) -> None:
        cursor = self._ring.oldest
        while not self._stopping.is_set():
            if self._ring.wait_for(cursor + self._length, PATIENCE):
                stretch = self._ring.read(cursor, cursor + self._length)
                self._add(stretch.first, stretch.samples)
                cursor = stretch.last
            elif self._ring.closed:
                self._stopping.wait()

    def _add(self, first: int, samples: Float) -> None:
        path = self.folder / f"{first:015d}.f32"
        samples.astype("<f4").tofile(path)
        with self._changing:
            self._pieces.append(Piece(first, first + len(samples), path))
            while len(self._pieces) > self._most:
                self._pieces.popleft().path.unlink(missing_ok=True)

    def _part(self, piece: Piece, first: int, last: int) -> Float:
        begin, end = max(first, piece.first), min(last, piece.last)
        offset = (begin - piece.first) * self.channels * 4
        count = (end - begin) * self.channels
        return np.fromfile(piece.path, "<f4", count, offset=offset).reshape(-1, self.channels)
