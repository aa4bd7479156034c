"""Live sound: from samples at the device's rate to one clip of a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import soxr

from earmark.api import Clip, Float, Heard, ModelCard
from earmark.windows import first_copy, fit_clip


def fitted_clip(samples: Float, sample_rate: int, card: ModelCard, start: float) -> tuple[Clip, float]:
    """Return the newest window as a clip at the card's rate, and how many seconds of it are sound."""
    newest = samples[-round(card.window_seconds * sample_rate) :] if len(samples) else np.zeros(1, np.float32)
    start += max(0, len(samples) - len(newest)) / sample_rate
    newest = np.nan_to_num(newest, nan=0.0, posinf=0.0, neginf=0.0)
    resampled = newest if sample_rate == card.sample_rate else soxr.resample(newest, sample_rate, card.sample_rate)
    window = max(1, round(card.window_seconds * card.sample_rate))
    clip = Clip(samples=fit_clip(resampled, window, card.short), sample_rate=card.sample_rate, start=start)
    return clip, min(len(newest) / sample_rate, card.window_seconds)


def own_frames(heard: Heard, seconds: float, card: ModelCard) -> Heard:
    """Return the answer with only those frames that are of the sound itself, not of what fitted it to the window."""
    if heard.frames is None or heard.hop is None or seconds >= card.window_seconds:
        return heard
    return replace(heard, frames=first_copy(heard.frames, heard.hop, seconds, card.short))
