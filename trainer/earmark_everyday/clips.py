"""The clips of ESC-10: read with their credits, brought to a few speeds, their active parts found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError
from earmark_everyday import LABELS
from earmark_everyday.effects import resampled
from earmark_everyday.sounds import Rendered, Sound, rendered

LICENCE_WITHOUT_CHANGES = "CC-Sampling+"
"""A licence that allows no use of the whole work and was withdrawn: its clips are in no shipped model."""

DEMO_SOURCES = ("183992", "208021", "143119", "164688", "151080", "157487", "116765")
"""Freesound ids of the demo recording's clips. They are never trained on, with every clip of the same source:
the first recording that a person sees must show what the model hears, not what it remembers."""

_CREDIT = re.compile(r"^- (?P<fold>\d)-(?P<source>\d+)-\w\.ogg: .*\[(?P<licence>[^\]]+)\]\s*$")


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One clip with the credit it must be given."""

    path: Path
    label: str
    fold: int
    source: str
    licence: str
    credit: str


def read_clips(folder: Path) -> list[Clip]:
    """Return every clip that `folder`/CREDITS.md names, in its order.

    Raises:
        DatasetError: there are no credits, or a clip that they name is missing.
    """
    credits_path = folder / "CREDITS.md"
    if not credits_path.exists():
        raise DatasetError(f"{folder} has no CREDITS.md, so nobody knows what its clips may be used for.")
    clips, label = [], ""
    for line in credits_path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            label = line.removeprefix("## ").strip()
        elif (credit := _CREDIT.match(line)) and label in LABELS:
            clips.append(_clip(folder, label, credit))
    return clips


def _clip(folder: Path, label: str, credit: re.Match[str]) -> Clip:
    path = folder / label / credit[0].removeprefix("- ").split(":")[0]
    if not path.exists():
        raise DatasetError(f"{path} is credited but missing.")
    return Clip(
        path=path,
        label=label,
        fold=int(credit["fold"]),
        source=credit["source"],
        licence=credit["licence"],
        credit=credit[0].removeprefix("- ").strip(),
    )


def for_training(clips: Sequence[Clip]) -> list[Clip]:
    """Return the clips that shipped models may be trained on."""
    allowed = [clip for clip in clips if clip.licence != LICENCE_WITHOUT_CHANGES]
    return [clip for clip in allowed if clip.source not in DEMO_SOURCES]


def speeds(clip: Clip) -> list[float]:
    """Return the speeds a clip is rendered at; the first is the original's.

    A dog may be small or large; an engine or the sea at another speed is soon something else.
    """
    rng = np.random.default_rng(int(clip.source))
    widest = 0.16 if clip.label in {"dog_bark", "rooster", "crying_baby", "sneezing"} else 0.10
    return [1.0, 1.0 - widest * rng.uniform(0.7, 1.0), 1.0 + widest * rng.uniform(0.7, 1.15), rng.uniform(0.95, 1.05)]


def render_clip(clip: Clip) -> list[Rendered]:
    """Return the clip at each of its speeds."""
    samples, rate = soundfile.read(clip.path, dtype="float32", always_2d=True)
    source = f"esc {clip.source}"
    about = Sound(label=clip.label, kind="clip", fold=clip.fold, source=source, file=clip.path.name, cc=clip.licence)
    mono = samples.mean(1)
    return [
        rendered(resampled(mono, rate, speed=speed), replace(about, variant=variant))
        for variant, speed in enumerate(speeds(clip))
    ]
