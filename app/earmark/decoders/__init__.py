"""Two ways to decode audio, soundfile and PyAV, behind one small protocol. Use them through `earmark.audio_file`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from earmark.api import Float

Warn = Callable[[str], None]


class Undecodable(Exception):  # noqa: N818 - an answer to "can you?", which the next decoder may answer otherwise
    """This decoder cannot read the file; says why."""


@dataclass(frozen=True, kw_only=True)
class AudioInfo:
    """What a recording is.

    Attributes:
        frames: samples per channel that can really be decoded, at `sample_rate`.
        duration: `frames` in seconds.
        format: the coding of the samples, such as "PCM_16" or "mp3".
        container: the kind of file, such as "WAV" or "matroska,webm".
    """

    path: Path
    sample_rate: int
    channels: int
    frames: int
    format: str
    container: str

    @property
    def duration(self) -> float:
        return self.frames / self.sample_rate


class Decoder(Protocol):
    """A module that decodes: `inspect` first, then `chunks` as often as wanted."""

    def inspect(self, path: Path, warn: Warn) -> AudioInfo:
        """Return what is in the file.

        Raises:
            Undecodable: this decoder cannot read it.
        """
        ...

    def chunks(self, info: AudioInfo, start: int, end: int, warn: Warn) -> Iterator[Float]:
        """Yield the samples [frames, channels] from frame `start` to `end`, in pieces of any length."""
        ...
