"""The window's side of the models: which one is chosen, which recordings it is to hear, what it has heard."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from earmark.analysis import Analysis, Heading
from earmark.api import CheckpointError, EarmarkError
from earmark.audio_file import shown
from earmark.batch import Queue
from earmark.batch_run import BatchRun
from earmark.engine_client import Engines
from earmark.gui.analyser import Analyser, Growth, Question
from earmark.gui.enquiry import Enquiry
from earmark.gui.label_colours import label_text
from earmark.library import Library
from earmark.tagging import Tagger

KEPT = 8  # results in memory; the library has the others
NAMED = 2  # labels in a recording's state


@dataclass(frozen=True, kw_only=True)
class Running:
    """How models are run: on what, how precisely, and how many seconds a plugin may take for one batch."""

    device: str
    precision: str
    deadline: float


class Listening(QObject):
    """Has recordings heard, one at a time, and keeps what was heard."""

    headings_known = Signal(list)
    chosen = Signal(str)  # model_id
    device_known = Signal(str)
    said = Signal(object, str)  # Path, its state in words
    began = Signal(str)
    went_on = Signal(str, float, float, float)  # what, seconds done, in all, times real time
    ended = Signal()
    grew = Signal(object, object)  # Path, Growth
    heard = Signal(object, object)  # Path, Analysis
    heard_beside = Signal(object, object)  # Path, Analysis of a model that is compared
    gave_up = Signal(object, str, str)  # Path, model_id, why
    failed = Signal(object)  # EarmarkError
    running_changed = Signal(object)  # Running: how it is from now on; as it was where the new one cannot be
    settled = Signal(object)  # Item of the queue, as it is now
    worked = Signal(object, str, float)  # Path, model_id, the share of it that is done

    def __init__(self, engines: Engines, library: Library | None, *, model_id: str) -> None:
        super().__init__()
        self.model_id = model_id
        self.headings: list[Heading] = []
        self._engines = engines
        self._wanted: list[Path] = []  # before it is known which models there are
        self._kept: OrderedDict[tuple[Path, str], Analysis] = OrderedDict()
        self._enquiry = Enquiry(engines)
        self.batch = BatchRun(Queue(library), engines.precision, self.failed.emit)
        self._analyser = Analyser(Tagger(engines, library), self.batch)
        self._connect()

    def _connect(self) -> None:
        self._engines.on_notice = self.failed.emit
        self._enquiry.headings_known.connect(self.learn)
        self._enquiry.device_known.connect(self.device_known)
        self._enquiry.fault_known.connect(self.failed)
        self._enquiry.failed.connect(self.failed)
        self._analyser.began.connect(self._begin)
        self._analyser.progressed.connect(self._go_on)
        self._analyser.grew.connect(self._grow)
        self._analyser.answered.connect(self._hear)
        self._analyser.failed.connect(self._fail)
        self._analyser.cancelled.connect(self._cancel)
        self._analyser.settled.connect(self.settled)
        self.running_changed.connect(lambda running: self._kept.clear())
        self._analyser.rested.connect(self.ended)

    def start(self) -> None:
        """Start the threads; models are on offer a moment later."""
        self._enquiry.start()
        self._analyser.start()

    def close(self) -> None:
        """End threads and engines; nothing is left running, and nothing is told any more."""
        self.blockSignals(True)  # what is on its way comes too late: those who would be told have closed
        self._enquiry.stopping = True
        self._analyser.stop()
        self._analyser.wait(1500)
        self._engines.close()
        self._analyser.wait()
        self._enquiry.wait()

    @property
    def heading(self) -> Heading | None:
        """Return the chosen model, once it is known."""
        return next((each for each in self.headings if each.model_id == self.model_id), None)

    def choose(self, model_id: str) -> None:
        """Use another model from now on."""
        self.model_id = model_id
        self._analyser.forget()
        self.chosen.emit(model_id)

    def known(self, path: Path) -> Analysis | None:
        """Return what the chosen model heard in a recording, if that is in memory."""
        return self._kept.get((path, self.model_id))

    def listen(self, path: Path, *, first: bool) -> None:
        """Have a recording heard by the chosen model: next, or after those that wait."""
        if analysis := self.known(path):
            self.heard.emit(path, analysis)
        elif not self.headings:
            self._wanted.append(path)
            self.said.emit(path, "Waiting for the model")
        elif heading := self.heading:
            self._ask(path, heading, first=first)

    def listen_beside(self, path: Path, model_id: str) -> None:
        """Have a recording heard by another model too, after what waits."""
        heading = next((each for each in self.headings if each.model_id == model_id), None)
        if analysis := self._kept.get((path, model_id)):
            self.heard_beside.emit(path, analysis)
        elif heading:
            self._analyser.ask(Question(path, heading, beside=True), first=False)

    def forget_beside(self) -> None:
        """Drop what waits for other models: another recording is shown."""
        self._analyser.forget(lambda question: question.beside)

    def cancel(self) -> None:
        """Give up the recording that is being heard; the others are heard all the same."""
        self._analyser.give_up()

    def go_on(self) -> None:
        """Have what waits in the queue heard, after what somebody looks at."""
        self.batch.going = True
        self._analyser.look()

    def pause(self) -> None:
        """Leave what waits in the queue; the recording in work is heard to its end."""
        self.batch.going = False

    def run_as(self, running: Running) -> None:
        """Run the models elsewhere or otherwise, from the next recording on."""
        self._analyser.send(lambda: self._run_as(running))

    @property
    def running(self) -> Running:
        """Return how the models are run."""
        engines = self._engines
        return Running(device=engines.device, precision=engines.precision, deadline=engines.deadline)

    def _run_as(self, running: Running) -> None:
        """Try it, on the analyser's thread; where it is no good, go back."""
        before = self.running
        try:
            self._engines.use(**asdict(running))
            self.device_known.emit(self._engines.device_line())
        except EarmarkError as error:
            self.failed.emit(error)
            self._engines.use(**asdict(before))
        self.batch.precision = self._engines.precision
        self.running_changed.emit(self.running)

    def _ask(self, path: Path, heading: Heading, *, first: bool) -> None:
        if not heading.has_weights:
            self.said.emit(path, "Not analysed")
            sentence = heading.error or f"There are no weights for {heading.title}."
            self.failed.emit(CheckpointError(sentence, hint="Choose another model."))
            return
        self.said.emit(path, "Waiting")
        self._analyser.ask(Question(path, heading), first=first)

    def learn(self, headings: list[Heading]) -> None:
        """Know which models there are: at the start, and again where one has come."""
        headings = [each for each in headings if not each.only_embeds]
        self.headings = headings
        usable = [each.model_id for each in headings if each.has_weights]
        if self.model_id not in usable and usable:
            self.model_id = usable[0]
        self._analyser.look(headings)
        self.headings_known.emit(headings)
        if not usable:
            self.failed.emit(CheckpointError("There is no model that can be used here.", hint="Try `earmark doctor`."))
        wanted, self._wanted = self._wanted, []
        for path in wanted:
            self.listen(path, first=False)

    def _begin(self, question: Question) -> None:
        self._say(question, "Analysing")
        self.worked.emit(question.path, question.heading.model_id, 0.0)
        self.began.emit(_what(question))

    def _go_on(self, question: Question, done: float, total: float, speed: float) -> None:
        part = min(done / total, 1.0) if total else 0.0
        self._say(question, f"Analysing, {part:.0%}")
        self.worked.emit(question.path, question.heading.model_id, part)
        self.went_on.emit(_what(question), done, total, speed)

    def _grow(self, question: Question, growth: Growth) -> None:
        if question.heading.model_id == self.model_id:
            self.grew.emit(question.path, growth)

    def _hear(self, question: Question, analysis: Analysis) -> None:
        self._kept[question.path, question.heading.model_id] = analysis
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._say(question, summary(analysis))
        is_chosen = question.heading.model_id == self.model_id
        (self.heard if is_chosen else self.heard_beside).emit(question.path, analysis)

    def _fail(self, question: Question, error: EarmarkError) -> None:
        self._say(question, f"Failed: {error.sentence}")
        self.gave_up.emit(question.path, question.heading.model_id, error.sentence)
        if not question.queued:  # the queue lists its own failures
            self.failed.emit(error)

    def _cancel(self, question: Question) -> None:
        self._say(question, "Cancelled")
        self.gave_up.emit(question.path, question.heading.model_id, "Cancelled.")

    def _say(self, question: Question, state: str) -> None:
        """Say how a recording stands: with the chosen model, whatever others do beside it."""
        if not question.beside or question.heading.model_id == self.model_id:
            self.said.emit(question.path, state)


def summary(analysis: Analysis) -> str:
    """Return the surest labels of a result, or that there are none."""
    named = [label_text(label) for label, score in analysis.tags() if score >= analysis.thresholds.get(label, 0.35)]
    return ", ".join(named[:NAMED]) + (" …" if len(named) > NAMED else "") if named else "Nothing recognised"


def _what(question: Question) -> str:
    return f"Analysing {shown(question.path)}"
