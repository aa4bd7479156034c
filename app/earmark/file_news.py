"""What an engine tells while it hears a file, collected into an Analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from earmark.analysis import Analysis
from earmark.api import Float
from earmark.wire import Message

OnProgress = Callable[[float, float, float], None]  # done_seconds, total_seconds, times_real_time
OnScores = Callable[[float, Float, Float | None], None]  # start_seconds, scores [labels], frames [frames, labels]


class FileNews:
    """Collects windows and frames, and passes each on once, even where a new engine had to begin again."""

    def __init__(self, on_progress: OnProgress | None, on_scores: OnScores | None) -> None:
        self._on_progress, self._on_scores = on_progress, on_scores
        self._told = 0  # windows
        self.begin()

    def begin(self) -> None:
        """Expect the file from its start."""
        self._starts: list[float] = []
        self._scores: list[Float] = []
        self._frames: list[Float] = []
        self._embeddings: list[Float] = []

    def take(self, message: Message) -> None:
        """Take the next windows."""
        header = message.header
        scores, frames = _unpacked(message)
        if header["has_embeddings"]:
            self._embeddings.extend(message.arrays[-1])
        for start, heard, drawn in zip(header["starts"], scores, frames, strict=True):
            self._add(start, heard, drawn)
        if self._on_progress and len(self._starts) >= self._told:
            self._on_progress(header["done_seconds"], header["total_seconds"], header["times_real_time"])

    def analysis(self, summary: Mapping[str, Any], **known: Any) -> Analysis:
        """Return the result, once the engine gave its summary."""
        labels = len(known["labels"])
        told = ("duration", "window", "hop", "frame_hop", "device", "seconds_taken", "together")
        names = (*told, "weights", "thresholds")
        return Analysis(
            **{name: summary[name] for name in names},
            warnings=tuple(summary["warnings"]),
            starts=np.array(self._starts, np.float32),
            window_scores=np.stack(self._scores) if self._scores else np.zeros((0, labels), np.float32),
            frames=np.concatenate(self._frames) if self._frames else None,
            embeddings=np.stack(self._embeddings) if self._embeddings else None,
            **known,
        )

    def _add(self, start: float, scores: Float, frames: Float | None) -> None:
        self._starts.append(start)
        self._scores.append(scores)
        if frames is not None:
            self._frames.append(frames)
        if len(self._starts) > self._told:
            self._told = len(self._starts)
            if self._on_scores:
                self._on_scores(start, scores, frames)


def shared_progress(on_progress: OnProgress | None, count: int) -> list[OnProgress | None]:
    """Return for each of so many models, which hear one file after the other, what tells its share of the progress."""

    def share(number: int, tell: OnProgress) -> OnProgress:
        return lambda done, total, speed: tell((number * total + done) / count, total, speed / count)

    return [share(number, on_progress) if on_progress else None for number in range(count)]


def tell_whole(analysis: Analysis, on_scores: OnScores | None) -> None:
    """Tell all windows of a finished analysis, as if they had come one by one; all frames with the first."""
    frames = analysis.frames
    for start, scores in zip(analysis.starts, analysis.window_scores, strict=True):
        if on_scores:
            on_scores(float(start), scores, frames)
        frames = None if frames is None else frames[:0]


def _unpacked(message: Message) -> tuple[list[Float], list[Float] | list[None]]:
    """Return scores [labels] and frames [frames, labels] or None, one of each per window."""
    count, lengths = len(message.header["starts"]), message.header["frame_counts"]
    if not count:
        return [], []
    scores = list(message.arrays[0])
    if not lengths:
        return scores, [None] * count
    return scores, np.split(message.arrays[1], np.cumsum(lengths)[:-1])
