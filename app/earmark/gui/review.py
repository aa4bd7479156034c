"""Going through unreviewed events, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from earmark.annotations import Answered
from earmark.calibration import ENOUGH
from earmark.gui.findings import Findings
from earmark.gui.label_colours import label_text
from earmark.judging import JudgedEvent, answers_of
from earmark.review import progress, progress_by_label, spread_over_scores, uncertain_first

MAKE_PROBABILITIES = "Model ▸ Thresholds and calibration… turns its scores into probabilities."


class Review(QObject):
    """A walk through events in an order that stays, whatever is answered on the way."""

    moved = Signal(int)  # the event that is asked about, by its number
    progressed = Signal()
    ended = Signal(str)  # a sentence: what was done, what can be done next

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self._findings = findings
        self._queue: list[Answered] = []  # events by what the model heard: numbers change with every answer
        self._place = -1  # in the queue; -1: there is no review
        self._passed: list[int] = []  # places gone by, answered or skipped
        self._answered: set[int] = set()  # places
        self._open: dict[Answered, int] = {}  # the unreviewed events: what was heard → number
        findings.changed.connect(self._follow)

    @property
    def is_running(self) -> bool:
        """Return whether there is a review."""
        return self._place >= 0

    @property
    def number(self) -> int | None:
        """Return the number of the event that is asked about."""
        return self._open.get(self._queue[self._place]) if self.is_running else None

    def begin(self, order: str, listed: Sequence[int]) -> None:
        """Begin with those of the listed events that are unreviewed, in one of the orders of the review bar."""
        events = [self._findings.events[number] for number in sorted(listed)]
        numbers = self._ordered(order, events)
        self._queue = [heard for number in numbers if (heard := answers_of(events[number]))]
        self._passed, self._answered = [], set()
        self._look()
        self._go(0)

    def _ordered(self, order: str, events: Sequence[JudgedEvent]) -> list[int]:
        if order == "uncertain":
            return uncertain_first(events, self._findings.settings)
        if order == "spread":
            return spread_over_scores(events, ENOUGH)
        return [number for number, event in enumerate(events) if event.status == "unreviewed"]

    def skip(self) -> None:
        """Leave this event for later."""
        if self.is_running:
            self._passed.append(self._place)
            self._go(self._place + 1)

    def back(self) -> None:
        """Go back to the event before; where it was answered, its answer is taken back."""
        if not self.is_running or not self._passed:
            return
        if self._queue[self._passed[-1]] in self._open:
            self._go(self._passed.pop())
        else:
            self._findings.undo()

    def leave(self) -> bool:
        """End the review; return whether there was one."""
        was_running = self.is_running
        if was_running:
            self._end()
        return was_running

    def counts(self) -> tuple[int, int]:
        """Return how many of this walk's events are answered, and how many it has."""
        said = {answers_of(event) for event in self._findings.events if event.status != "unreviewed"}
        answered = sum(at in self._answered or heard in said for at, heard in enumerate(self._queue))
        return answered, answered + sum(heard in self._open for heard in self._queue)

    def _look(self) -> None:
        events = enumerate(self._findings.events)
        self._open = {heard: number for number, event in events if (heard := _unanswered(event))}

    def _follow(self) -> None:
        """Go on where the event was answered; go back where an answer was undone."""
        if not self.is_running:
            return
        self._look()
        reopened = [place for place in self._passed if place in self._answered and self._queue[place] in self._open]
        if reopened:
            self._return_to(reopened[-1])
        elif self._queue[self._place] not in self._open:
            self._answered.add(self._place)
            self._passed.append(self._place)
            self._go(self._place + 1)
        else:
            self.progressed.emit()

    def _return_to(self, place: int) -> None:
        self._answered.discard(place)
        self._passed = self._passed[: self._passed.index(place)]
        self._go(place)

    def _go(self, place: int) -> None:
        """Ask about the first event from a place of the queue on that is still open."""
        places = (at for at in range(place, len(self._queue)) if self._queue[at] in self._open)
        self._place = next(places, -1)
        if self.is_running:
            self.moved.emit(self._open[self._queue[self._place]])
            self.progressed.emit()
        else:
            self._end()

    def _end(self) -> None:
        self._place = -1
        self.progressed.emit()
        self.ended.emit(next_step(self._findings.events))


def _unanswered(event: JudgedEvent) -> Answered | None:
    return answers_of(event) if event.status == "unreviewed" else None


def next_step(events: Sequence[JudgedEvent]) -> str:
    """Return what was reviewed, and what that is good for."""
    reviewed, count = progress(events)
    done = f"All {count} events are reviewed." if reviewed == count else f"{reviewed} of {count} events are reviewed."
    labels = {label: answered for label, (answered, _) in progress_by_label(events).items() if answered}
    if not labels:
        return done
    label = max(labels, key=labels.__getitem__)
    if labels[label] < ENOUGH:
        return f"{done} {label_text(label)} has {labels[label]} of the {ENOUGH} judgements that probabilities need."
    return f"{done} {label_text(label)} has {labels[label]} judgements: {MAKE_PROBABILITIES}"
