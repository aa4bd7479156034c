"""What stands in for engines and a sound card where the window is measured: the rest of it is real."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from earmark.analysis import Analysis, Heading
from earmark.audio_file import probe

MODEL, WEIGHTS = "toy/frames", "0" * 64
EVENTS, LABELS = 5_000, 10  # as many lanes as are seen at once
FRAME_HOP = 0.2
WINDOW = 1.0
HEADING = Heading(
    model_id=MODEL,
    title="Toy",
    labels=tuple(f"sound {number}" for number in range(LABELS)),
    sample_rate=32_000,
    window_seconds=WINDOW,
    draws_timeline=True,
    weights_sha256=WEIGHTS,
    thresholds={},
)


class Engines:
    """Hears the same in any recording, at once: many short sounds of many kinds."""

    def __init__(self) -> None:
        self.on_notice, self.precision = None, "fp32"
        self.asked = 0

    def headings(self) -> list[Heading]:
        """Return the one model there is."""
        return [HEADING]

    def cards(self) -> list:
        """Return none."""
        return []

    def faults(self) -> list:
        """Return none."""
        return []

    def device_line(self) -> str:
        """Return what is shown of the device."""
        return "None: the view is measured"

    def prepare(self, model_id: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def analyse(self, path: Path, model_id: str, **_: Any) -> Analysis:
        """Return 5 000 events, whatever the recording."""
        self.asked += 1
        duration = probe(path).duration
        starts = np.arange(0.0, duration, WINDOW).astype(np.float32)
        return Analysis(
            path=path,
            model_id=model_id,
            weights=WEIGHTS,
            labels=HEADING.labels,
            duration=duration,
            window=WINDOW,
            hop=WINDOW,
            starts=starts,
            window_scores=np.full((len(starts), LABELS), 0.9, np.float32),
            frames=_frames(duration),
            frame_hop=FRAME_HOP,
            thresholds={},
            device="cpu",
            seconds_taken=1.0,
        )


def _frames(duration: float) -> np.ndarray:
    """Return scores [frames, labels]: each label sounds 500 times, a third of the time."""
    frames = np.zeros((round(duration / FRAME_HOP), LABELS), np.float32)
    each = EVENTS // LABELS
    apart = len(frames) / (each + 1)
    for label in range(LABELS):
        for begin in ((np.arange(each) + 0.5 + label / LABELS) * apart).astype(int):
            frames[begin : begin + max(int(apart / 3), 2), label] = 0.9
    return frames


class Moment:
    """When the next block is heard, by the card's clock."""

    def __init__(self, seconds: float) -> None:
        self.outputBufferDacTime = self.currentTime = seconds


class Stream:
    """Takes samples at the pace of the clock, on a thread of its own, as a sound card does."""

    def __init__(self, *, samplerate, channels, callback, finished_callback, blocksize, **_: Any) -> None:
        self._seconds, self._shape = blocksize / samplerate, (blocksize, channels)
        self._callback, self._finished = callback, finished_callback
        self.active = False

    @property
    def time(self) -> float:
        """Return the card's clock."""
        return time.monotonic()

    def start(self) -> None:
        """Begin to take samples."""
        self.active = True
        threading.Thread(target=self._play, daemon=True).start()

    def _play(self) -> None:
        at = time.monotonic()
        while self.active:
            self._callback(np.zeros(self._shape, np.float32), self._shape[0], Moment(at), None)
            at += self._seconds
            time.sleep(max(at - time.monotonic(), 0.0))

    def abort(self) -> None:
        """End."""
        self.active = False

    stop = close = abort


class Card:
    """Stands in for sounddevice."""

    OutputStream = Stream
    CallbackStop = StopIteration

    def query_devices(self, device=None, kind=None):
        """Return the one device, or for no question no names."""
        if device is None and kind is None:
            return []
        return {"max_output_channels": 2, "default_samplerate": 48_000.0, "name": "None", "index": 0}

    def check_output_settings(self, **_: Any) -> None:
        """Take anything."""
