"""How HTS-AT was judged on DESED: an AudioSet model that never saw it, its frames thresholded, nothing else.

No smoothing, no shortest length, no gaps closed, no word of the clip's own score; scored by `intersection_f1` with its
defaults. Source: Chen et al., HTS-AT, 2022, section 3.4, and the published fl_evaluate.py, data_generator.py,
convert_desed.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from earmark.api import Float, Heard, StrongLabel
from earmark.audio_file import read
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.evaluation.label_match import LabelMatch

SAMPLE_RATE, CLIP_SECONDS, HOP = 32000, 10, 320
STEPS = 1024  # to which the 32 frames of a clip are repeated
STEP_SECONDS = HOP / SAMPLE_RATE * 1000 / STEPS  # 9.766 ms
FULL_SCALE = 32767  # clips were kept as 16-bit integers

THRESHOLDS: Mapping[str, float] = {
    "Speech": 0.275,
    "Frying": 0.2,
    "Dishes": 0.20,
    "Running_water": 0.23,
    "Blender": 0.48,
    "Electric_shaver_toothbrush": 0.20,
    "Alarm_bell_ringing": 0.18,
    "Cat": 0.51,
    "Dog": 0.39,
    "Vacuum_cleaner": 0.14,
}


def check_labels(labels: Sequence[str]) -> None:
    """Raise an EarmarkError where labels are not DESED's ten."""
    strange = [label for label in labels if label not in THRESHOLDS]
    if strange or not labels:
        what = f"“{strange[0]}” is none of them" if strange else "there is none of them"
        raise EarmarkError(f"HTS-AT's protocol is for DESED's ten labels: {what}.")


def hear_clip(engines: Engines, path: Path, model_id: str) -> tuple[Heard, int]:
    """Return what a model hears in a clip that is filled up with silence to 10 s, and the clip's own length in samples.

    Raises:
        EarmarkError: the file or the model cannot be used, or it gives no frames.
    """
    clip = read(path, sample_rate=SAMPLE_RATE)[: SAMPLE_RATE * CLIP_SECONDS]
    whole = np.zeros(SAMPLE_RATE * CLIP_SECONDS, np.float32)
    whole[: len(clip)] = (clip.clip(-1, 1) * FULL_SCALE).astype(np.int16) / np.float32(FULL_SCALE)
    heard = engines.hear(whole, SAMPLE_RATE, model_id)
    if heard is None or heard.frames is None:
        raise EarmarkError(f"{model_id} draws no timeline, which HTS-AT's protocol needs.")
    return heard, len(clip)


def events_of(frames: Float, samples: int, match: LabelMatch) -> list[StrongLabel]:
    """Return the events of one clip.

    Args:
        frames: [frames, model's labels] over 10 s; repeated to 1024 steps where they are fewer.
        samples: the clip's own length at 32 kHz; what lies after it does not count.
    """
    place = np.arange(STEPS) * len(frames) // STEPS
    steps = match.scores(frames)[place][: math.ceil(samples // HOP * STEPS / 1000)]  # [steps, labels]
    limits = np.array([THRESHOLDS[label] for label in match.labels])
    return [
        event for column, label in enumerate(match.labels) for event in _runs(steps[:, column] > limits[column], label)
    ]


def _runs(is_on: np.ndarray, label: str) -> list[StrongLabel]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_on, [False]]).astype(np.int8)))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [StrongLabel(label=label, onset=first * STEP_SECONDS, offset=last * STEP_SECONDS) for first, last in pairs]
