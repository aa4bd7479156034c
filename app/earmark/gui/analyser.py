"""The one thread of the window that asks the engines about recordings, and tells the window by signals."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QThread, Signal

from earmark.analysis import Heading
from earmark.api import Cancelled, EarmarkError, Float, PluginError
from earmark.tagging import Tagger

GROW_SECONDS = 0.25  # between two growths shown
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """A recording, and the model that is to hear it."""

    path: Path
    heading: Heading


@dataclass(frozen=True)
class Growth:
    """What was heard until now.

    Attributes:
        frames: [frames, labels], final ones, from the start of the recording.
        hop: seconds.
        highest: [labels] over the windows so far.
    """

    labels: tuple[str, ...]
    frames: Float
    hop: float
    highest: Float

    @property
    def duration(self) -> float:
        """Return the seconds that the frames cover."""
        return len(self.frames) * self.hop


class Growing:
    """Gathers the scores of windows as they come.

    `frames` come in order; their hop is how far apart the starts of two pieces are.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._frames = np.empty((1024, len(labels)), np.float32)
        self._count = 0
        self._hop = 0.0
        self._highest = np.zeros(len(labels), np.float32)

    def add(self, start: float, scores: Float, frames: Float | None) -> None:
        """Add a window's scores, and the frames that it made final; without frames it is one step."""
        if start > 0 and self._count:
            self._hop = start / self._count
        np.maximum(self._highest, scores, out=self._highest)
        piece = scores[None] if frames is None else frames
        while self._count + len(piece) > len(self._frames):
            self._frames = np.concatenate([self._frames, np.empty_like(self._frames)])
        self._frames[self._count : self._count + len(piece)] = piece
        self._count += len(piece)

    def growth(self) -> Growth | None:
        """Return what there is, once it is known how far apart the frames are."""
        if not self._hop:
            return None
        return Growth(self._labels, self._frames[: self._count], self._hop, self._highest.copy())


class Analyser(QThread):
    """Answers questions one at a time; the newest asked "first" goes first."""

    began = Signal(object)  # Question
    progressed = Signal(object, float, float, float)  # Question, seconds done, in all, times real time
    grew = Signal(object, object)  # Question, Growth
    answered = Signal(object, object)  # Question, Analysis
    failed = Signal(object, object)  # Question, EarmarkError
    cancelled = Signal(object)  # Question
    rested = Signal()  # nothing more to do

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self._tagger = tagger
        self._questions: deque[Question] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._giving_up: Question | None = None
        self.current: Question | None = None

    def ask(self, question: Question, *, first: bool) -> None:
        """Queue a question, unless it is being answered already."""
        with self._changed:
            if question == self.current and self._giving_up is not self.current:
                return
            if question in self._questions:
                self._questions.remove(question)
            (self._questions.appendleft if first else self._questions.append)(question)
            self._changed.notify()

    def give_up(self) -> None:
        """Cancel the question that is being answered."""
        self._giving_up = self.current

    def forget(self) -> None:
        """Drop what waits."""
        with self._changed:
            self._questions.clear()

    def waiting(self) -> list[Question]:
        """Return the questions that wait."""
        with self._changed:
            return list(self._questions)

    def stop(self) -> None:
        """End the thread, soon."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Answer until stopped."""
        while question := self._next():
            self._answer(question)
            self.current = None
            if not self.waiting() and not self._stopping:
                self.rested.emit()

    def _next(self) -> Question | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._questions)
            self.current = None if self._stopping else self._questions.popleft()
            return self.current

    def _answer(self, question: Question) -> None:
        self.began.emit(question)
        try:
            heard = self._tagger.hear(
                question.path,
                question.heading,
                on_progress=lambda done, total, speed: self.progressed.emit(question, done, total, speed),
                on_scores=self._grower(question),
                cancelled=lambda: self._stopping or self._giving_up is question,
            )
            self.answered.emit(question, heard.analysis)
        except Cancelled:
            self.cancelled.emit(question)
        except EarmarkError as error:
            self._report(question, error)
        except Exception as error:  # the edge of a thread: whatever is wrong, the next recording is heard
            log.exception("hearing %s with %s", question.path, question.heading.model_id)
            self._report(question, PluginError(f"{question.heading.model_id} could not hear this: {error!r}."))

    def _report(self, question: Question, error: EarmarkError) -> None:
        if not self._stopping:
            self.failed.emit(question, error)

    def _grower(self, question: Question) -> Callable[[float, Float, Float | None], None]:
        growing, shown_at = Growing(question.heading.labels), time.monotonic()

        def add(start: float, scores: Float, frames: Float | None) -> None:
            nonlocal shown_at
            growing.add(start, scores, frames)
            if time.monotonic() - shown_at >= GROW_SECONDS and (growth := growing.growth()):
                shown_at = time.monotonic()
                self.grew.emit(question, growth)

        return add
