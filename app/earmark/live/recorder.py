"""What is heard, on disk: a WAV that is whole after every second, whatever becomes of the program."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from earmark.api import EarmarkError
from earmark.live.ring_buffer import RingBuffer
from earmark.live.wav_file import WavFile

FLUSH_SECONDS = 0.5  # what a crash may take is this, and what the device has not handed on
PATIENCE = 0.25  # seconds between two looks at whether to stop
log = logging.getLogger(__name__)


class Recorder:
    """Writes the ring's samples from one number on, until it is told to stop.

    Args:
        name_of: the file's name for when it begins; a name that is taken gets a number.
        first: the sample to begin with; it may lie in the past, as far as the ring reaches back.
        split_seconds: begin another file after so long, without losing a sample; 0 never does.
        on_failed: called on the recorder's thread when it cannot write on: a full disk.
    """

    def __init__(
        self,
        ring: RingBuffer,
        sample_rate: int,
        name_of: Callable[[datetime], Path],
        *,
        first: int | None = None,
        split_seconds: float = 0.0,
        subtype: str = "PCM_24",
        on_failed: Callable[[EarmarkError], None] = lambda error: None,
    ) -> None:
        self.paths: list[Path] = []
        self.lost = 0  # samples that were overwritten before they could be written
        self.cursor = ring.written if first is None else max(first, ring.oldest)
        self._ring, self._rate, self._name_of = ring, sample_rate, name_of
        self._split = round(split_seconds * sample_rate)
        self._subtype, self._on_failed = subtype, on_failed
        self._last: int | None = None
        self._first = self.cursor
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        begun = datetime.now() - timedelta(seconds=(self._ring.written - self.cursor) / self._rate)
        self._begun, self._zero = begun, self.cursor
        self._thread.start()

    def stop(self, last: int | None = None) -> list[Path]:
        """Write up to a sample, the newest if none is named, and return the files."""
        self._last = self._ring.written if last is None else last
        self._thread.join()
        return self.paths

    @property
    def seconds(self) -> float:
        """Return how much has been written."""
        return (self.cursor - self._first) / self._rate

    def _run(self) -> None:
        file: WavFile | None = None
        try:
            file = self._next_file()
            while not self._is_done():
                file = self._go_on(file)
        except OSError as error:
            name = self.paths[-1].name if self.paths else "The recording"
            sentence = f"{name} cannot be written on: {error.strerror or error}."
            self._on_failed(EarmarkError(sentence, hint="What was written until now is whole."))
        finally:
            if file:
                file.close()

    def _is_done(self) -> bool:
        everything = self._ring.closed and self.cursor >= self._ring.written
        return everything or (self._last is not None and self.cursor >= self._last)

    def _go_on(self, file: WavFile) -> WavFile:
        """Write about half a second more, or until this file is full; return the file to go on with."""
        goal = self.cursor + round(FLUSH_SECONDS * self._rate)
        if self._split:
            goal = min(goal, self.cursor + self._split - file.frames)
        while self.cursor < goal and not self._is_done():
            self._ring.wait_for(self.cursor + self._rate // 4, PATIENCE)
            last = goal if self._last is None else min(goal, self._last)
            stretch = self._ring.read(self.cursor, last)
            self.lost += stretch.skipped
            file.write(stretch.samples)
            self.cursor = stretch.last
        file.flush()
        if self._split and file.frames >= self._split and not self._is_done():
            file.close()
            return self._next_file()
        return file

    def _next_file(self) -> WavFile:
        begun = self._begun + timedelta(seconds=(self.cursor - self._zero) / self._rate)
        path = free_name(self._name_of(begun))
        path.parent.mkdir(parents=True, exist_ok=True)
        file = WavFile(path, self._rate, self._ring.channels, subtype=self._subtype, begun=begun)
        self.paths.append(path)
        return file


def free_name(path: Path) -> Path:
    """Return a name that no file has: the one given, or one with a number behind it."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free
