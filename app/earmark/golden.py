"""Golden clips: short stretches of the recording that ships with Earmark, and what a model answers to them.

A checkpoint folder holds the answers that its network gave on the processor in fp32, in `golden.json`: written when it
was imported, or where it was trained. Elsewhere it must answer the same, up to rounding.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from earmark import audio_file
from earmark.api import CheckpointError, Clip, Float, Heard, ModelCard
from earmark.checkpoints import sha256_of
from earmark.windows import fit_clip

VERSION = 1
FILE = "golden.json"
RECORDING = "demo.flac"
STARTS = (5.5, 29.0)  # seconds into it: a voice, a clock and a rooster; a crying baby and a chainsaw
EXACT, ROUNDED = 1e-4, 0.01  # how far a score may be off: fp32 on another processor; all else
DIGITS = 7


@dataclass(frozen=True, kw_only=True)
class Golden:
    """What a network with certain weights answers.

    Attributes:
        weights: their sha256.
        answers: [clips, labels], the scores; of a model without labels [clips, width], embeddings of length 1.
    """

    weights: str
    answers: Float


def clips(card: ModelCard) -> list[Clip]:
    """Return the golden clips as a model hears them: at its rate, one window each."""
    window = max(1, round(card.window_seconds * card.sample_rate))
    stretches = [_stretch(start, card.window_seconds, card.sample_rate) for start in STARTS]
    fitted = [fit_clip(samples, window, card.short) for samples in stretches]
    return [Clip(samples=each, sample_rate=card.sample_rate, start=at) for each, at in zip(fitted, STARTS, strict=True)]


def answers_of(card: ModelCard, heard: Sequence[Heard]) -> Float:
    """Return what is compared of a model's answers to the clips [clips, labels or width]."""
    if card.labels:
        return np.stack([each.scores for each in heard])
    embeddings = np.stack([each.embedding for each in heard if each.embedding is not None])
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True).clip(min=1e-12)


def require_sane(answers: Float, name: str) -> None:
    """Refuse weights of which no use can be expected.

    Raises:
        CheckpointError: the answers are no numbers, or the same to every clip.
    """
    if not np.isfinite(answers).all():
        raise CheckpointError(f"{name} answers with what are no numbers: its weights are damaged.")
    if (answers == answers[0]).all():
        hint = "Are they the weights of a trained network, and whole?"
        raise CheckpointError(f"{name} answers the same whatever it hears: its weights are of no use.", hint=hint)


def write(folder: Path, golden: Golden) -> None:
    """Write the answers into a checkpoint folder."""
    plain = {
        "version": VERSION,
        "recording": RECORDING,
        "recording_sha256": _recording_sha256(),
        "starts": list(STARTS),
        "weights": golden.weights,
        "answers": [[round(float(value), DIGITS) for value in row] for row in golden.answers],
    }
    (folder / FILE).write_text(json.dumps(plain) + "\n", encoding="utf-8")


def read(folder: Path, weights: str) -> Golden | None:
    """Return the answers in a checkpoint folder; None where there are none, or they are of other weights or clips."""
    try:
        plain: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        known = (plain["version"], plain["recording_sha256"], plain["starts"], plain["weights"])
        answers = np.array(plain["answers"], np.float32)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    fits = known == (VERSION, _recording_sha256(), list(STARTS), weights) and answers.ndim == 2
    return Golden(weights=weights, answers=answers) if fits else None


def difference(golden: Golden, answers: Float) -> float:
    """Return how far answers are from the golden ones: the largest difference, infinite where they do not compare."""
    if answers.shape != golden.answers.shape or not np.isfinite(answers).all():
        return float("inf")
    return float(np.abs(answers - golden.answers).max())


def tolerance(device: str, precision: str) -> float:
    """Return how far the answers may be off on a device ("cpu", "cuda:0", …) in a precision."""
    return EXACT if device == "cpu" and precision == "fp32" else ROUNDED


def doubt(name: str, device: str, precision: str, apart: float) -> str:
    """Return the sentence of a model that answers differently than it should."""
    return (
        f"{name} answers differently on {device} in {precision} than its weights should: by {apart:.2g}, where "
        f"{tolerance(device, precision):g} would be rounding; do not trust it here."
    )


def _recording() -> Path:
    return Path(str(files("earmark_resources"))) / RECORDING


@cache
def _recording_sha256() -> str:
    return sha256_of(_recording())


def _stretch(start: float, seconds: float, sample_rate: int) -> Float:
    return audio_file.read(_recording(), sample_rate=sample_rate, start=start, end=start + seconds)
