"""What a model heard in a file, and the models as they are offered to a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from earmark.api import Float, Weights

Pool = Literal["max", "mean"]
_ROUNDING = 0.01  # seconds: what float32 may be off after some hours


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A model as it is offered to a person: its card, and whether it can be used here.

    Attributes:
        labels: in the order of the scores.
        thresholds: label → score from which it counts, of the checkpoint; labels without one take the default.
        weights_sha256: of the weights that would be used; empty where none are needed, or none are here.
        has_weights: the model can be run on this machine.
        error: why it cannot, in a sentence; empty where it can.
        embeds: it gives embeddings; one without labels gives nothing else.
        published: weights that are published for it.
    """

    model_id: str
    title: str
    labels: tuple[str, ...]
    sample_rate: int
    window_seconds: float
    draws_timeline: bool
    thresholds: Mapping[str, float] = field(default_factory=dict)
    weights_sha256: str = ""
    has_weights: bool = True
    plugin: str = ""
    error: str = ""
    embeds: bool = False
    published: tuple[Weights, ...] = ()

    @property
    def only_embeds(self) -> bool:
        """It names no sounds."""
        return self.embeds and not self.labels


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What one model heard in one recording, whole or a span of it.

    Times are seconds from the start of the span, which is the start of the recording unless `start` says otherwise.

    Attributes:
        weights: sha256 of the weights; empty for a model without any.
        duration: true seconds of what was heard.
        window, hop: seconds.
        starts: [windows].
        window_scores: [windows, labels] in 0..1.
        frames: [frames, labels] in 0..1, stitched over all windows, or None where the model draws no timeline.
        frame_hop: seconds between frames, or None.
        thresholds: label → score, the checkpoint's own.
        seconds_taken: wall time.
        together: windows that were heard at once, at most; 0 where that is not known.
        warnings: sentences for the person.
        start, end: the span of the recording; `end` None is its end.
        embeddings: [windows, width] where they were asked for; the library does not keep them.
    """

    path: Path
    model_id: str
    weights: str
    labels: tuple[str, ...]
    duration: float
    window: float
    hop: float
    starts: Float
    window_scores: Float
    frames: Float | None
    frame_hop: float | None
    device: str = ""
    seconds_taken: float = 0.0
    together: int = 0
    warnings: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    channel: str = "mix"
    precision: str = "fp32"
    start: float = 0.0
    end: float | None = None
    embeddings: Float | None = None

    def tags(self, pool: Pool = "max") -> list[tuple[str, float]]:
        """Return (label, score) over the whole recording, highest first; nothing where nothing was heard."""
        if not len(self.window_scores):
            return []
        scores = self.window_scores.max(axis=0) if pool == "max" else self.window_scores.mean(axis=0)
        order = np.argsort(-scores, kind="stable")
        return [(self.labels[index], float(scores[index])) for index in order]

    def timeline(self) -> tuple[Float, float]:
        """Return (frames [frames, labels], hop): the model's frames, or its windows as steps."""
        if self.frames is not None and self.frame_hop:
            return self.frames, self.frame_hop
        return self._steps(), self.hop

    def _steps(self) -> Float:
        """Return [steps, labels]: over each hop the mean of the windows that cover its middle."""
        count = max(1, math.ceil(self.duration / self.hop - 1e-6)) if len(self.starts) else 0
        middles = np.minimum((np.arange(count) + 0.5) * self.hop, self.duration)
        first = np.searchsorted(self.starts + self.window + _ROUNDING, middles)
        last = np.searchsorted(self.starts - _ROUNDING, middles)
        steps = [self.window_scores[a:b].mean(axis=0) for a, b in zip(first, last, strict=True)]
        return np.array(steps, np.float32).reshape(count, len(self.labels))

    @property
    def times_real_time(self) -> float:
        """Seconds of sound heard in a second."""
        return self.duration / self.seconds_taken if self.seconds_taken else 0.0
