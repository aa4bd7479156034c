"""The one thread of the window that asks the engines about recordings, and tells the window by signals."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QThread, Signal

from earmark.analysis import Heading
from earmark.api import Cancelled, EarmarkError, Float, PluginError
from earmark.batch import Item
from earmark.batch_run import BatchRun, Begun
from earmark.tagging import Heard, Tagger

GROW_SECONDS = 0.25  # between two growths shown
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """A recording, and the model that is to hear it; `queued` where nobody looks at it.

    Attributes:
        beside: the model is compared with the one that is chosen.
    """

    path: Path
    heading: Heading
    queued: bool = field(default=False, compare=False)
    beside: bool = field(default=False, compare=False)


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
    """Answers questions one at a time, the newest asked "first" before the others; then what waits in the queue."""

    began = Signal(object)  # Question
    progressed = Signal(object, float, float, float)  # Question, seconds done, in all, times real time
    grew = Signal(object, object)  # Question, Growth
    answered = Signal(object, object)  # Question, Analysis
    failed = Signal(object, object)  # Question, EarmarkError
    cancelled = Signal(object)  # Question
    settled = Signal(object)  # Item: what became of a recording that the queue holds
    rested = Signal()  # nothing more to do

    def __init__(self, tagger: Tagger, run: BatchRun) -> None:
        super().__init__()
        self._tagger, self._run = tagger, run
        self._headings: Mapping[str, Heading] = {}  # by model_id
        self._questions: deque[Question] = deque()
        self._errands: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._stopping = self._looking = self._busy = False
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

    def look(self, headings: Sequence[Heading] | None = None) -> None:
        """Look into the queue: something waits in it, or is to go on; from now on with these models, if any."""
        with self._changed:
            if headings is not None:
                self._headings = {heading.model_id: heading for heading in headings}
            self._looking = True
            self._changed.notify()

    def send(self, errand: Callable[[], None]) -> None:
        """Have something done between two recordings, on this thread."""
        with self._changed:
            self._errands.append(errand)
            self._changed.notify()

    def give_up(self) -> None:
        """Cancel the question that is being answered; what waits is answered all the same."""
        self._giving_up = self.current

    def forget(self, which: Callable[[Question], bool] = lambda question: True) -> None:
        """Drop the questions that wait, or some of them."""
        with self._changed:
            self._questions = deque(each for each in self._questions if not which(each))

    def stop(self) -> None:
        """End the thread, soon."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Answer until stopped."""
        while not self._stopping:
            if errand := self._errand():
                errand()
            elif question := self._asked() or self._queued():
                self._busy = True
                self._answer(question)
                self.current = None
            else:
                self._rest()

    def _errand(self) -> Callable[[], None] | None:
        with self._changed:
            return self._errands.popleft() if self._errands else None

    def _asked(self) -> Question | None:
        with self._changed:
            self.current = self._questions.popleft() if self._questions else None
            return self.current

    def _queued(self) -> Question | None:
        """Return the next of the queue; asking it takes a moment, in which somebody may ask something else."""
        with self._changed:
            looking, self._looking, headings = self._looking, False, self._headings
        item = self._run.next(headings) if looking and headings else None
        with self._changed:
            self._looking = self._looking or item is not None
            if item is None or self._questions or self._stopping:
                return None
            self.current = Question(item.path, headings[item.model_id], queued=True)
            return self.current

    def _rest(self) -> None:
        """Wait for something to do."""
        with self._changed:
            if self._has_work():
                return
            busy, self._busy = self._busy, False
        if busy:
            self.rested.emit()
        with self._changed:
            self._changed.wait_for(self._has_work)

    def _has_work(self) -> bool:
        return bool(self._stopping or self._questions or self._errands or self._looking)

    def _answer(self, question: Question) -> None:
        begun = self._run.begin(question.path, question.heading)
        self.began.emit(question)
        try:
            heard = self._hear(question)
        except Cancelled:
            if not self._stopping:
                self._settle(self._run.cancel(begun))
                self.cancelled.emit(question)
        except EarmarkError as error:
            self._report(begun, question, error)
        except Exception as error:  # the edge of a thread: whatever is wrong, the next recording is heard
            log.exception("hearing %s with %s", question.path, question.heading.model_id)
            sentence = f"{question.heading.model_id} could not hear this: {error!r}."
            self._report(begun, question, PluginError(sentence))
        else:
            self._settle(self._run.end(begun, heard))
            self.answered.emit(question, heard.analysis)

    def _hear(self, question: Question) -> Heard:
        return self._tagger.hear(
            question.path,
            question.heading,
            on_progress=lambda *progress: self._tell(question, *progress),
            on_scores=self._grower(question),
            cancelled=lambda: self._stopping or self._giving_up is question,
        )

    def _tell(self, question: Question, done: float, total: float, speed: float) -> None:
        self._run.go_on(question.path, done, total, speed)
        self.progressed.emit(question, done, total, speed)

    def _settle(self, item: Item | None) -> None:
        if item:
            self.settled.emit(item)

    def _report(self, begun: Begun, question: Question, error: EarmarkError) -> None:
        if not self._stopping:  # an engine that is closed while it hears is no fault of the recording
            self._settle(self._run.fail(begun, error))
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
