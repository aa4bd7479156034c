"""Events as sound files of their own: the samples as they are, every channel, at the recording's own rate."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from earmark import audio_file
from earmark.api import Float
from earmark.audio_file import AudioInfo, Recording, shown
from earmark.clip_names import PATTERN, ClipNames, reserve
from earmark.errors import EarmarkError
from earmark.judging import JudgedEvent

FORMS = ("wav", "flac")
# What keeps every sample as it is. What is not named was compressed with a loss: 24 bits are more than it has.
SUBTYPES = {
    **dict.fromkeys(("PCM_S8", "PCM_U8", "PCM_16", "ULAW", "ALAW"), "PCM_16"),
    "PCM_24": "PCM_24",
    "PCM_32": "PCM_32",
    "FLOAT": "FLOAT",
    "DOUBLE": "FLOAT",
}
FULL_SCALE = 2.0**31
LARGEST_WAV = 2**32 - 2**16  # bytes: its header counts no further
LIST_NAME = "clips.csv"
LIST_COLUMNS = (
    *("filename", "label", "start", "end", "score", "status", "reviewer"),
    *("recording", "recording_start", "recording_end"),
)


@dataclass(frozen=True, kw_only=True)
class ClipChoice:
    """How clips are made.

    Attributes:
        pattern: of their names; see `clip_names.FIELDS`.
        form: "wav" or "flac".
        padding: seconds before and after each event.
        has_list: a table of the clips, with their labels, is written beside them.
    """

    pattern: str = PATTERN
    form: str = "wav"
    padding: float = 0.0
    has_list: bool = False


class ClipFolder:
    """A folder that gets clips; nothing that is in it is ever written over.

    Attributes:
        written: the clips; skipped: a sentence for each event that made none.

    Raises:
        EarmarkError: no names can be made of the pattern.
    """

    def __init__(self, path: Path, choice: ClipChoice) -> None:
        self.path, self._choice = path, choice
        self.written: list[Path] = []
        self.skipped: list[str] = []
        self._names = ClipNames(choice.pattern, f".{choice.form}")
        self._rows: list[tuple[object, ...]] = []

    def cut(self, recording: Path, events: Sequence[JudgedEvent]) -> Iterator[Path | None]:
        """Yield each clip once it is written, in the order of the events; None for one that made none.

        Raises:
            AudioFileError: the recording cannot be read.
            EarmarkError: the folder cannot be written, or the form cannot hold the sound.
        """
        opened = audio_file.open_recording(recording)
        for event in events:
            yield self._clip(opened, event)

    def write_list(self) -> Path | None:
        """Write the table of all clips, where it is wanted and there are some; return it."""
        if not self._choice.has_list or not self._rows:
            return None
        try:
            path = reserve(self.path / LIST_NAME)
            with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
                table = csv.writer(stream, lineterminator="\n")
                table.writerow(LIST_COLUMNS)
                table.writerows(self._rows)
        except OSError as error:
            raise _unwritten(self.path / LIST_NAME, error) from error
        return path

    def _clip(self, recording: Recording, event: JudgedEvent) -> Path | None:
        info, padding = recording.info, self._choice.padding
        start, end = max(0.0, event.onset - padding), min(info.duration, event.offset + padding)
        if round(start * info.sample_rate) >= round(end * info.sample_rate):
            self.skipped.append(f"{event.label} at {event.onset:.3f} s has no length: give it padding.")
            return None
        path = self._write(recording, self.path / self._names.next(info, event), start, end)
        self.written.append(path)
        self._rows.append(self._row(path, info, event, start))
        return path

    def _write(self, recording: Recording, wanted: Path, start: float, end: float) -> Path:
        """Write beside, then rename: what has the clip's name is whole."""
        beside = wanted.with_name(f".{os.getpid()}.partial")
        path: Path | None = None
        try:
            path = reserve(wanted)
            write_sound(recording, beside, self._choice.form, start=start, end=end)
            beside.replace(path)
        except BaseException as error:
            if path:
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unwritten(wanted, error) from error
            raise
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        return path

    def _row(self, path: Path, info: AudioInfo, event: JudgedEvent, start: float) -> tuple[object, ...]:
        score = "" if event.score is None else f"{event.score:.4f}"
        reviewer = event.annotation.author if event.annotation else ""
        within = (f"{event.onset - start:.3f}", f"{event.offset - start:.3f}")
        place = (shown(info.path), f"{event.onset:.3f}", f"{event.offset:.3f}")
        name = path.relative_to(self.path).as_posix()
        return (name, event.label, *within, score, event.status, reviewer, *place)


def write_sound(recording: Recording, path: Path, form: str, *, start: float, end: float) -> None:
    """Write a stretch of a recording, sample for sample.

    Raises:
        EarmarkError: the form cannot hold as many channels, or such a rate.
        OSError: it cannot be written.
    """
    info = recording.info
    subtype = SUBTYPES.get(info.format, "PCM_24")
    if form == "flac" and subtype in ("PCM_32", "FLOAT"):
        subtype = "PCM_24"
    is_large = (end - start) * info.sample_rate * info.channels * 4 > LARGEST_WAV
    kind = "FLAC" if form == "flac" else "RF64" if is_large else "WAV"
    try:
        with soundfile.SoundFile(path, "w", info.sample_rate, info.channels, subtype, format=kind) as file:
            for frames in recording.frames(start=start, end=end):
                file.write(frames if subtype == "FLOAT" else _whole_numbers(frames))
    except soundfile.LibsndfileError as error:
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            raise OSError(str(error)) from error
        raise EarmarkError(
            f"{form.upper()} cannot hold {info.channels} channels at {info.sample_rate} Hz.", hint="WAV can."
        ) from error


def _whole_numbers(frames: Float) -> np.ndarray:
    """Return samples as 32-bit numbers, of which libsndfile takes the upper bits: exact for up to 24."""
    scaled = np.rint(np.nan_to_num(frames).astype(np.float64) * FULL_SCALE)
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int32)


def _unwritten(path: Path, error: OSError) -> EarmarkError:
    return EarmarkError(f"{path.name} cannot be written.", hint=error.strerror or str(error))
