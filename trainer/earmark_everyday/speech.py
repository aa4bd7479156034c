"""Speech: spoken digits joined into phrases, and made-up voices, at many pitches, speeds, rooms and bandwidths."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from earmark.api import DatasetError, Float
from earmark_everyday import SAMPLE_RATE
from earmark_everyday.effects import resampled, staged
from earmark_everyday.sentences import SENTENCES
from earmark_everyday.sounds import Rendered, Sound, rendered
from earmark_everyday.voices import Voice, spoken

LONGEST = 5.0
"""Seconds of a phrase."""

DIGIT_PHRASES = 50
"""Phrases of each speaker of digits: they are the only real people here, and so the most valuable."""

PHRASES = {"flite": 22, "text2wave": 9, "espeak-ng": 3}
"""Phrases of each made-up voice."""


def digit_speakers(folder: Path) -> dict[str, list[Path]]:
    """Return the recordings of each speaker in `folder` (`digit_speaker_take.wav`), by name.

    Raises:
        DatasetError: there are none.
    """
    takes: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("*_*_*.wav")):
        takes[path.stem.split("_")[1]].append(path)
    if not takes:
        raise DatasetError(f"There are no spoken digits in {folder}.")
    return dict(sorted(takes.items()))


def render_digits(speaker: str, fold: int, takes: list[Path]) -> list[Rendered]:
    """Return phrases of 1 to 7 digits by one speaker."""
    rng = np.random.default_rng([1, fold])
    words = [_trimmed(*soundfile.read(path, dtype="float32", always_2d=True)) for path in takes]
    return [_digit_phrase(speaker, fold, words, rng, variant) for variant in range(DIGIT_PHRASES)]


def _digit_phrase(speaker: str, fold: int, words: list, rng: np.random.Generator, number: int) -> Rendered:
    speed = 1.0 if number % 2 == 0 else rng.uniform(0.84, 1.19)
    parts = []
    for at in rng.choice(len(words), size=rng.integers(1, 8), replace=False):
        samples, rate = words[at]
        parts += [resampled(samples, rate, speed=speed), np.zeros(round(_gap(rng) * SAMPLE_RATE), np.float32)]
    said = staged(_cut(np.concatenate(parts)), rng, plain=0.4)
    about = Sound(label="speech", kind="digits", fold=fold, source=f"digits {speaker}", file=f"{speaker} {number}")
    return rendered(_led_in(said, rng), replace(about, variant=number % 2, cc="CC BY-SA 4.0"))


def _trimmed(channels: np.ndarray, rate: int) -> tuple[Float, int]:
    samples = channels.mean(1)
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return samples[max(0, loud[0] - rate // 100) : loud[-1] + rate // 50], rate


def _gap(rng: np.random.Generator) -> float:
    return rng.uniform(0.4, 1.0) if rng.random() < 0.2 else rng.uniform(0.03, 0.25)


def render_voice(voice: Voice) -> list[Rendered]:
    """Return phrases by one made-up voice; every second one at the voice's own pitch and pace."""
    rng = np.random.default_rng([2, *voice.name.encode()])
    texts = rng.permutation(SENTENCES[voice.language])
    return [_phrase(voice, str(texts[at % len(texts)]), at, rng) for at in range(PHRASES[voice.program])]


def _phrase(voice: Voice, text: str, number: int, rng: np.random.Generator) -> Rendered:
    samples, rate = spoken(voice, text, rng)
    speed = 1.0 if number % 2 == 0 else rng.uniform(0.84, 1.19)
    said = staged(_cut(resampled(samples, rate, speed=speed)), rng)
    kind = {"text2wave": "festival", "espeak-ng": "espeak"}.get(voice.program, voice.program)
    about = Sound(label="speech", kind=kind, fold=voice.fold, source=f"{kind} {voice.name}", file=text)
    return rendered(_led_in(said, rng), replace(about, variant=number % 2, cc="made here"))


def _cut(samples: Float) -> Float:
    return samples[: round(LONGEST * SAMPLE_RATE)]


def _led_in(samples: Float, rng: np.random.Generator) -> Float:
    silence = np.zeros(round(rng.uniform(0.05, 0.4) * SAMPLE_RATE), np.float32)
    return np.concatenate([silence, samples, silence[: len(silence) // 2]])
