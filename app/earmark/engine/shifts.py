"""Test-time augmentation: a clip is heard several times, every time rolled a little further, and its scores averaged.

Frames and the embedding are those of the clip as it is: rolled, a frame would be of another moment.

Source: RetroCirce/HTS-Audio-Transformer, sed_model.py, test_step, which hears ten times for AudioSet and once where it
looks for events; clip i + 1 is clip i rolled to the left by 100 · (i + 1) samples, whatever the sample rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from earmark.api import Clip, Heard

STEP = 100  # samples

Infer = Callable[[Sequence[Clip], bool], Sequence[Heard]]


def offsets(shifts: int) -> list[int]:
    """Return by how many samples a clip is rolled to the left, each time it is heard: 0, 100, 300, 600, …"""
    return [STEP * times * (times + 1) // 2 for times in range(shifts)]


def hear_shifted(infer: Infer, clips: Sequence[Clip], shifts: int) -> list[Heard]:
    """Return one Heard per clip, whose scores are the mean over the shifts.

    Args:
        infer: asks the model about clips; the second argument says whether only scores are wanted.
    """
    first, *others = [infer(_rolled(clips, offset), offset > 0) for offset in offsets(shifts)]
    return [
        replace(heard, scores=np.mean([heard.scores, *(other[number].scores for other in others)], axis=0))
        for number, heard in enumerate(first)
    ]


def _rolled(clips: Sequence[Clip], offset: int) -> list[Clip]:
    return [replace(clip, samples=np.roll(clip.samples, -offset)) for clip in clips]
