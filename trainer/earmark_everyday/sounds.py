"""Rendered stretches of sound, and the cache they are kept in: `sounds.npy` beside `sounds.json`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from earmark.api import DatasetError, Float
from earmark_everyday import SAMPLE_RATE
from earmark_everyday.activity import active_parts, hearing_of

SAMPLES = "sounds.npy"
INDEX = "sounds.json"


@dataclass(frozen=True, kw_only=True)
class Sound:
    """One rendered stretch of sound in the cache, mono at `SAMPLE_RATE`.

    Attributes:
        label: one of `LABELS`, or `NOISE`.
        kind: how it came about ("clip", "digits", "flite", "festival", "espeak", "loops", "midi", "steady", "short").
        fold: 1 to 4; a source stays in one fold.
        source: the recording, voice or seed that it comes from.
        file: the original's file name, or the recipe.
        variant: 0 is the untouched original.
        offset, length: where it lies in `sounds.npy`, in samples.
        active: [onset, offset] of its sounding parts, in seconds from its start.
        continuous: whether any stretch of it stands for the whole.
        level_db: loudness of its active parts, dB re full scale.
        cc: licence.
    """

    label: str
    kind: str
    fold: int
    source: str
    file: str
    variant: int = 0
    offset: int = 0
    length: int = 0
    active: tuple[tuple[float, float], ...] = ()
    continuous: bool = False
    level_db: float = 0.0
    cc: str = ""


Rendered = tuple[Sound, NDArray[np.int16]]


def rendered(samples: Float, about: Sound) -> Rendered:
    """Return a finished stretch: full scale, 16 bits, its active parts found; `about` says the rest."""
    loudest = float(np.abs(samples).max(initial=0.0))
    samples = (samples * (0.9 / loudest) if loudest > 1e-6 else samples * 0.0).astype(np.float32)
    hearing = hearing_of(about.label)
    active = tuple(active_parts(samples, SAMPLE_RATE, hearing))
    continuous = hearing.continuous and about.kind != "short"
    sound = replace(about, active=active, continuous=continuous, level_db=loudness_db(samples, active))
    return sound, np.rint(samples * 32767).astype(np.int16)


def loudness_db(samples: Float, active: Sequence[tuple[float, float]]) -> float:
    """Return the level of the active parts, dB re full scale; −120 where there is none.

    It is their mean power, but not less than 12 dB below the loudest moment: ticks and claps are mostly pause.
    """
    if not active:
        return -120.0
    parts = [samples[round(onset * SAMPLE_RATE) : round(offset * SAMPLE_RATE)] for onset, offset in active]
    power = np.square(np.concatenate(parts))
    moment = SAMPLE_RATE // 50
    moments = power[: max(1, len(power) // moment) * moment].reshape(-1, min(moment, len(power))).mean(1)
    level = max(float(power.mean()), float(moments.max()) * 10 ** (-12 / 10))
    return round(10 * float(np.log10(level + 1e-12)), 1)


def write_cache(folder: Path, stretches: Sequence[Rendered]) -> list[Sound]:
    """Write the stretches into `folder`; a kill leaves the old cache or the new one, never a torn one."""
    folder.mkdir(parents=True, exist_ok=True)
    sounds, offset = [], 0
    for about, samples in stretches:
        sounds.append(replace(about, offset=offset, length=len(samples)))
        offset += len(samples)
    (folder / INDEX).unlink(missing_ok=True)
    beside = folder / f"{SAMPLES}.part"
    with beside.open("wb") as file:
        np.save(file, np.concatenate([samples for _, samples in stretches]))
    _rename_synced(beside, folder / SAMPLES)
    index = folder / f"{INDEX}.part"
    index.write_text("[\n" + ",\n".join(json.dumps(asdict(sound)) for sound in sounds) + "\n]\n", encoding="utf-8")
    _rename_synced(index, folder / INDEX)
    return sounds


def _rename_synced(beside: Path, path: Path) -> None:
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    beside.replace(path)


@dataclass(frozen=True)
class Cache:
    """All rendered stretches: `samples` [total] int16 in one flat map, and what each of them is."""

    samples: NDArray[np.int16]
    sounds: tuple[Sound, ...]

    def stretch(self, sound: Sound, start: int = 0, end: int | None = None) -> Float:
        """Return samples `start` to `end` of a sound, in −1..1."""
        end = sound.length if end is None else min(end, sound.length)
        return self.samples[sound.offset + start : sound.offset + end].astype(np.float32) * np.float32(1 / 32767)


def read_cache(folder: Path) -> Cache:
    """Return the cache in `folder`, its samples mapped, not read.

    Raises:
        DatasetError: nothing was rendered there.
    """
    if not (folder / INDEX).exists():
        raise DatasetError(f"There are no rendered sounds in {folder}.", hint="Run python -m earmark_everyday.prepare.")
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    sounds = tuple(Sound(**dict(entry, active=tuple(tuple(part) for part in entry["active"]))) for entry in entries)
    return Cache(np.load(folder / SAMPLES, mmap_mode="r"), sounds)
