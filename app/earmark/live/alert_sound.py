"""What is heard when a label was: the system's bell is the window's, a tone and sound files are played here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from earmark import folders
from earmark.api import EarmarkError, Float
from earmark.live.wav_file import WavFile
from earmark.playback import Playback

BELL, TONE = "bell", "tone"
RATE = 48_000
NOTES = ((880.0, 0.0), (1318.5, 0.16))  # hertz, and the second from which it sounds: A5 and E6
TONE_SECONDS, FALL = 0.7, 7.0  # each note falls by so many nepers a second
LOUDEST = 0.35


class AlertSound:
    """Plays on the loudspeaker, without touching what is recorded.

    Args:
        on_failed: called, on a thread, with why it could not be heard.
    """

    def __init__(self, playback: Playback | None = None, *, on_failed: Callable[[EarmarkError], None]) -> None:
        self._playback = playback or Playback()
        self._playback.on_ended = lambda error: on_failed(error) if error else None

    def play(self, sound: str) -> None:
        """Play the tone, or the sound file of that path; what was still heard of another ends."""
        self._playback.play(tone_file() if sound == TONE else Path(sound))

    def close(self) -> None:
        """End what is heard."""
        self._playback.close()


def tone() -> Float:
    """Return two notes [samples] of a chime, at 48 kHz."""
    times = np.arange(round(TONE_SECONDS * RATE)) / RATE
    notes = [_note(hertz, times - begin) for hertz, begin in NOTES]
    return (LOUDEST * np.sum(notes, axis=0)).astype(np.float32)


def tone_file() -> Path:
    """Return the tone as a file, written where it is not there yet."""
    path = folders.cache_folder() / "alert.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        file = WavFile(path, RATE, 1)
        file.write(tone()[:, None])
        file.close()
    return path


def _note(hertz: float, times: np.ndarray) -> np.ndarray:
    sounds = np.clip(times / 0.005, 0, 1) * np.exp(-FALL * np.maximum(times, 0))
    return sounds * np.sin(2 * np.pi * hertz * times)
