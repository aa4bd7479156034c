"""A whole file through one model: decode, window, batch, stitch, and tell as it goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from earmark.api import AudioFileError, Clip, Float, Heard, PluginError
from earmark.audio_file import open_recording
from earmark.engine.models import LoadedModel
from earmark.engine.read_ahead import ReadAhead
from earmark.windows import Cutter, Stitcher, first_copy, fit_clip, hop_of_window

Infer = Callable[[LoadedModel, Sequence[Clip], str], Sequence[Heard]]


@dataclass(frozen=True, kw_only=True)
class FileJob:
    """What is to be heard: a file, one channel or their mean, a span in seconds."""

    path: Path
    channel: str | int = "mix"
    start: float = 0.0
    end: float | None = None


@dataclass
class Part:
    """What is news: windows with their scores, and the frames that are final from each window's start on."""

    starts: list[float] = field(default_factory=list)
    scores: list[Float] = field(default_factory=list)  # [labels] each
    frames: list[Float] = field(default_factory=list)  # [frames, labels] each; none where the model draws no timeline
    embeddings: list[Float] = field(default_factory=list)  # [width] each; none where they are not wanted
    done_seconds: float = 0.0


class FileHearing:
    """Hears one file.

    Args:
        infer: asks the model; called on the caller's thread.
        pause: called before each batch, to answer what is more urgent; may raise to end it all.
        tell: called with what is news.
    """

    def __init__(
        self,
        job: FileJob,
        loaded: LoadedModel,
        *,
        infer: Infer,
        pause: Callable[[], None],
        tell: Callable[[Part], None],
    ) -> None:
        self._job, self._loaded, self._card = job, loaded, loaded.card
        self._infer, self._pause, self._tell = infer, pause, tell
        self._window = max(1, round(self._card.window_seconds * self._card.sample_rate))
        self._recording = open_recording(job.path)
        self._stitcher: Stitcher | None = None
        self._waiting: tuple[float, Heard] | None = None  # the last window: its frames are final once the next is known
        self._together = 0  # windows of the largest batch
        end = min(job.end, self._recording.info.duration) if job.end is not None else self._recording.info.duration
        self.total_seconds = max(0.0, end - job.start)

    def hear(self) -> dict[str, Any]:
        """Hear it all; return what there is to say at the end, as plain values."""
        began = time.perf_counter()
        card = self._card
        span = {"channel": self._job.channel, "start": self._job.start, "end": self._job.end}
        blocks = ReadAhead(self._recording.blocks(sample_rate=card.sample_rate, **span), self._pause)
        with contextlib.closing(blocks):
            cutter = Cutter(blocks, self._window)
            for clips in self._batches(cutter):
                self._pause()
                self._hear_batch(clips)
                cutter.hop_samples = max(1, round(self._hop() * card.sample_rate))
        if not cutter.seen:
            raise AudioFileError(f"There is no sound in that span of “{self._job.path.name}”.")
        self._tell_last(cutter.seen / card.sample_rate)
        return self._summary(cutter.seen / card.sample_rate, time.perf_counter() - began)

    def _batches(self, cutter: Cutter) -> Iterator[list[Clip]]:
        """Yield clips in batches as the pace allows; the first window comes alone, as it tells the frame hop."""
        batch: list[Clip] = []
        size = 1
        for first, samples in cutter:
            clip = samples.copy()  # a plugin may change it; the next window shares these samples
            batch.append(Clip(samples=clip, sample_rate=self._card.sample_rate, start=first / self._card.sample_rate))
            if len(batch) >= size:
                yield batch
                batch, size = [], self._loaded.pace.clips
        if batch:
            yield batch

    def _hear_batch(self, clips: list[Clip]) -> None:
        card = self._card
        fitted = [replace(clip, samples=fit_clip(clip.samples, self._window, card.short)) for clip in clips]
        began = time.perf_counter()
        answers = self._answers(fitted, clips)
        self._together = max(self._together, min(len(clips), self._loaded.pace.most))
        self._loaded.pace.took(len(clips), time.perf_counter() - began)
        news = Part(done_seconds=clips[-1].start + len(clips[-1].samples) / card.sample_rate)
        for clip, heard in zip(clips, answers, strict=True):
            self._add(clip, heard, news)
        self._tell(news)

    def _answers(self, fitted: Sequence[Clip], clips: Sequence[Clip]) -> Sequence[Heard]:
        """Ask the model; one by one where memory does not suffice for all at once."""
        try:
            return self._infer(self._loaded, fitted, self._where(clips))
        except PluginError as error:
            if len(clips) == 1 or not _lacks_memory(error.__cause__):
                raise
        self._loaded.pace.most = max(1, len(clips) // 2)
        return [
            self._infer(self._loaded, [one], self._where([clip]))[0] for one, clip in zip(fitted, clips, strict=True)
        ]

    def _add(self, clip: Clip, heard: Heard, news: Part) -> None:
        """Stitch one window in; what was heard in the one before is now final up to here."""
        self._release(news, before=clip.start)
        self._waiting = (clip.start, replace(heard, frames=None))
        if not self._card.draws_timeline or heard.frames is None or heard.hop is None:
            return
        seconds = len(clip.samples) / clip.sample_rate
        if self._stitcher is None:
            self._loaded.frame_hop = heard.hop
            self._stitcher = Stitcher(len(self._card.labels), seconds, heard.hop)
        frames = heard.frames
        if len(clip.samples) < self._window:
            frames = first_copy(frames, heard.hop, seconds, self._card.short)
        self._stitcher.add(clip.start, frames)

    def _release(self, news: Part, before: float) -> None:
        if self._waiting:
            start, heard = self._waiting
            news.starts.append(start)
            news.scores.append(heard.scores)
            if heard.embedding is not None:
                news.embeddings.append(heard.embedding)
            if self._stitcher:
                news.frames.append(self._stitcher.take(before))

    def _tell_last(self, duration: float) -> None:
        news = Part(done_seconds=duration)
        self._release(news, before=np.inf)
        self._tell(news)

    def _hop(self) -> float:
        return hop_of_window(self._window / self._card.sample_rate, self._loaded.frame_hop)

    def _where(self, clips: Sequence[Clip]) -> str:
        """Return what is being heard, for the person: the file and the span."""
        begin = self._job.start + clips[0].start
        end = self._job.start + clips[-1].start + len(clips[-1].samples) / self._card.sample_rate
        return f"“{self._job.path.name}” at {begin:.1f}–{end:.1f} s"

    def _summary(self, duration: float, taken: float) -> dict[str, Any]:
        warnings = list(self._recording.warnings)
        if duration < self._card.min_seconds:
            needed = f"{self._card.model_id} needs {self._card.min_seconds:g} s to be sure of anything"
            warnings.append(f"It lasts {duration:.3g} s; {needed}.")
        return {
            "duration": duration,
            "window": self._window / self._card.sample_rate,
            "hop": self._hop(),
            "frame_hop": self._stitcher.hop if self._stitcher else None,
            "seconds_taken": taken,
            "together": self._together,
            "warnings": warnings,
        }


def _lacks_memory(error: BaseException | None) -> bool:
    """Say whether this is Python's or a GPU's out-of-memory; torch, which has the latter, is not imported for it."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
