"""One example as a row of a batch: which part of it, how fast and how loud, and what sounds in it when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import Example, Float
from earmark.windows import fit_clip
from earmark_trainer.waveforms import Waveforms

HEARD = 0.25  # of a step that an event covers: then a crop has its label


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a network takes and gives: samples and frame steps of a clip, and how shorter sounds are brought there."""

    samples: int
    sample_rate: int
    steps: int
    short: str


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How a clip is changed on its way into a batch.

    Attributes:
        speeds: factors of speed, one drawn for each clip; pitch follows.
        gain_db: ± decibels.
        place: a sound that is shorter than the window lies anywhere in it, not only at its start.
        roll: share of clips that are shifted in a circle, where they carry no events.
    """

    speeds: tuple[float, ...] = (1.0,)
    gain_db: float = 0.0
    place: bool = True
    roll: float = 0.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Handling:
        """Return the handling in a job's settings."""
        named = [each.name for each in fields(cls) if each.name in settings]
        found: dict[str, Any] = {name: settings[name] for name in named}
        restored: dict[str, Any] = {n: tuple(each) if isinstance(each, list) else each for n, each in found.items()}
        return cls(**restored)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Where one clip of a batch goes, as views of it: waveform [samples], frames [steps, labels], clip [labels]."""

    waveform: Float
    frames: Float
    clip: Float


@dataclass(frozen=True, kw_only=True)
class Clips:
    """Draws clips from examples whose waveforms are filled in."""

    waveforms: Waveforms
    labels: Sequence[str]
    shape: Shape
    handling: Handling

    def draw(self, example: Example, rng: np.random.Generator, row: Row) -> None:
        """Fill a row with a window of an example, and with what is in that."""
        handling, waveform = self.handling, row.waveform
        speed = float(rng.choice(handling.speeds))
        first, last = self._ends(example, speed)
        offset = self._offset(last - first, rng)  # of the window in the sound; negative: silence comes first
        gain = np.float32(10 ** (rng.uniform(-1, 1) * handling.gain_db / 20))
        self._fill(waveform, example.path, speed, (first, last, offset))
        if handling.gain_db:
            waveform *= gain
        if not example.events and rng.random() < handling.roll:
            waveform[:] = np.roll(waveform, rng.integers(len(waveform)))
        self._tell(row, example, offset / self.shape.sample_rate, speed)

    def _ends(self, example: Example, speed: float) -> tuple[int, int]:
        """Return the first sample of an example, and the one after its last, in its recording at a speed."""
        whole, rate = self.waveforms.length(example.path, speed), self.shape.sample_rate / speed
        last = whole if example.end is None else min(whole, round(example.end * rate))
        return min(whole, round(example.start * rate)), last

    def _offset(self, length: int, rng: np.random.Generator) -> int:
        room = length - self.shape.samples
        if room >= 0:
            return int(rng.integers(room + 1))
        return -int(rng.integers(1 - room)) if self.handling.place and self.shape.short == "pad" else 0

    def _fill(self, waveform: Float, path: Path, speed: float, span: tuple[int, int, int]) -> None:
        """Fill a waveform [samples] with the window at an offset of the sound between two samples."""
        first, last, offset = span
        if last - first < len(waveform) and self.shape.short != "pad":
            sound = np.zeros(max(1, last - first), np.float32)
            self.waveforms.read(path, first, sound[: last - first], speed=speed)
            waveform[:] = fit_clip(sound, len(waveform), self.shape.short)
            return
        begins = max(0, -offset)
        ends = min(len(waveform), last - first - offset)
        waveform[:begins], waveform[ends:] = 0.0, 0.0
        self.waveforms.read(path, first + max(0, offset), waveform[begins:ends], speed=speed)

    def _tell(self, row: Row, example: Example, offset: float, speed: float) -> None:
        """Write down what is in a window: weak labels are everywhere, of events how much of a step each covers."""
        row.clip[:] = self.truth_of(example)
        if not example.events:
            row.frames[:] = row.clip
            return
        row.frames[:] = 0.0
        step = self.shape.samples / self.shape.sample_rate / self.shape.steps
        begins = np.arange(self.shape.steps) * step
        for event in (each for each in example.events if each.label in self.labels):
            onset, offset_of = ((at - example.start) / speed - offset for at in (event.onset, event.offset))
            covered = np.minimum(begins + step, offset_of) - np.maximum(begins, onset)
            column = self.labels.index(event.label)
            row.frames[:, column] = np.maximum(row.frames[:, column], np.clip(covered / step, 0, 1))
        row.clip[:] = row.frames.max(0) > HEARD  # of a crop, what can be heard in it

    def truth_of(self, example: Example) -> Float:
        """Return [labels], 1 where the label is in the example."""
        return np.array([label in example.labels for label in self.labels], np.float32)
