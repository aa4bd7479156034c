"""One model that listens along: the newest window of the ring, every hop, to the engine."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from earmark.analysis import Heading
from earmark.api import EarmarkError, Float, Heard
from earmark.live.onset import OnsetWatch
from earmark.live.ring_buffer import RingBuffer, mixed
from earmark.live.scores import FrameTrack, Smoothed, whole_hop

HOP = 0.5  # seconds
LEAST = 0.25  # of a window that must have been heard before it is asked
PATIENCE = 0.25
EARLY = 0.25  # seconds from an onset to the window that is heard before its turn: less of a sound tells a model little
STRETCHED = 1.5  # times the hop that was wished
GLANCE = 0.05  # seconds between two looks for an onset
log = logging.getLogger(__name__)


class Hears(Protocol):
    """What is used of the engines."""

    def hear(self, samples: Float, sample_rate: int, model_id: str, *, start: float = 0.0) -> Heard | None: ...


@dataclass(frozen=True)
class Moment:
    """What a model heard until `seconds` on the live clock.

    Attributes:
        scores: [labels] of the newest window; smoothed: the same with attack and release.
        newest: [labels] of the newest frames only, where the model has frames: what sounds now.
        inference, latency: seconds; latency is from the newest sample's arrival to the answer.
        hop: seconds since the last answer; longer than was wished where the model cannot keep up.
    """

    seconds: float
    scores: Float
    smoothed: Float
    newest: Float
    inference: float
    latency: float
    hop: float


class Ear:
    """Listens until stopped; `track` grows with what was heard.

    Args:
        hop: seconds wished between two answers; rounded to whole frames of the model once they are known.
        on_heard: called on the ear's thread with each Moment.
        on_failed: called there with an error; the ear goes on with newer sound.
    """

    def __init__(
        self,
        engines: Hears,
        heading: Heading,
        ring: RingBuffer,
        sample_rate: int,
        *,
        hop: float = HOP,
        on_heard: Callable[[Ear, Moment], None] = lambda ear, moment: None,
        on_failed: Callable[[EarmarkError], None] = lambda error: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.heading, self.hop = heading, hop
        self.track: FrameTrack | None = None  # once the model's frames are known
        self.answers = self.late = 0
        self._engines, self._ring, self._rate = engines, ring, sample_rate
        self._on_heard, self._on_failed, self._clock = on_heard, on_failed, clock
        self._smoothed = Smoothed()
        self._before = self._took = 0.0
        self._heard_until = 0  # sample
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ear of {heading.model_id}", daemon=True)

    def lags(self, moment: Moment) -> bool:
        """Tell whether answers come much more seldom than was wished: the model cannot keep up."""
        return self.answers > 2 and moment.hop > STRETCHED * self.hop

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the answer that is on its way."""
        self._stopping.set()
        self._thread.join(10.0)

    def _run(self) -> None:
        due = self._ring.written + round(self.heading.window_seconds * LEAST * self._rate)
        onsets, glance = OnsetWatch(self._ring, self._rate), round(GLANCE * self._rate)
        while not self._stopping.is_set():
            due = self._hurried(due, onsets.follow())
            if self._ring.wait_for(min(due, self._ring.written + glance), PATIENCE) and self._ring.written >= due:
                due = self._listen(due)
            elif self._ring.closed and self._ring.written < due:
                break

    def _hurried(self, due: int, onset: int | None) -> int:
        """Return when the next window is due where something has begun: earlier, if the model can keep up with that.

        By whole frames, so that the frames of all windows lie on one grid.
        """
        early = due if onset is None else onset + round(EARLY * self._rate)
        can_keep_up = self.answers > 0 and self._took < self.hop / 2
        if not can_keep_up or not self._heard_until < early < due:
            return due
        step = max(1, round(self.track.hop * self._rate)) if self.track else 1
        return due - (due - early) // step * step

    def _listen(self, due: int) -> int:
        """Have the newest window heard; return the sample at which the next is due."""
        steps = (self._ring.written - due) // max(1, round(self.hop * self._rate))
        self.late += steps
        self._heard_until = end = due + steps * round(self.hop * self._rate)
        try:
            self._hear(end)
        except EarmarkError as error:
            self._on_failed(error)
        except Exception as error:  # the edge of a thread: the next window is tried all the same
            log.exception("hearing live with %s", self.heading.model_id)
            self._on_failed(EarmarkError(f"{self.heading.title} could not hear this: {error!r}."))
        return end + round(self.hop * self._rate)

    def _hear(self, end: int) -> None:
        asked = self._clock()
        stretch = self._ring.read(end - round(self.heading.window_seconds * self._rate), end)
        behind = (self._ring.written - end) / self._rate
        start = stretch.first / self._rate
        samples = np.ascontiguousarray(mixed(stretch.samples))
        heard = self._engines.hear(samples, self._rate, self.heading.model_id, start=start)
        if heard is None:  # newer sound overtook it
            return
        self.answers += 1
        self._took = took = self._clock() - asked
        self._on_heard(self, self._moment(heard, start, end / self._rate, (took, behind + took)))

    def _moment(self, heard: Heard, start: float, seconds: float, times: tuple[float, float]) -> Moment:
        newest = heard.scores
        if heard.frames is not None and heard.hop:
            newest = self._follow(max(start, seconds - len(heard.frames) * heard.hop), heard.frames, heard.hop)
        hop, self._before = seconds - self._before, seconds
        return Moment(seconds, heard.scores, self._smoothed.follow(newest, seconds), newest, *times, hop)

    def _follow(self, start: float, frames: Float, frame_hop: float) -> Float:
        """Put a window's frames on the time axis; return the highest scores of those since the last answer."""
        if self.track is None:
            self.track = FrameTrack(self.heading.labels, frame_hop)
            self.hop = whole_hop(self.hop, frame_hop)
        self.track.add(start, frames)
        return frames[-max(1, round(self.hop / frame_hop)) :].max(axis=0)
