"""The run over the queue: which recording is next, what became of it, and how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from earmark.analysis import Heading
from earmark.batch import CANCELLED, Item, Queue, fingerprint, weight_in
from earmark.errors import AudioFileError, EarmarkError, LibraryError
from earmark.pace import Pace, weight_of
from earmark.tagging import Heard

MOST_IN_A_ROW = 3


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A recording that is being heard.

    Attributes:
        facts: its fingerprint; a file that changes while it is heard counts as the one that it was.
        at: seconds on the clock.
    """

    path: Path
    heading: Heading
    facts: str
    at: float = field(default_factory=time.monotonic)


class BatchRun:
    """Goes through a queue. Whoever hears calls `next`, `begin`, and then one of `end`, `fail` and `cancel`.

    Recordings that are heard out of turn, because somebody looks at them, are counted too where they are in the queue.

    Args:
        notice: told where the queue cannot be read or written; it never stops what is being heard.

    Attributes:
        precision: of what is heard from now on.
        going: whether what waits is to be heard; set from any thread.
    """

    def __init__(self, queue: Queue, precision: str, notice: Callable[[EarmarkError], object]) -> None:
        self.queue, self.pace, self.going = queue, Pace(), False
        self.precision, self._notice = precision, notice
        self._in_a_row = 0  # failures that are no fault of the files

    def next(self, headings: Mapping[str, Heading]) -> Item | None:
        """Return what is to be heard now, or None: nothing waits, or the run is paused.

        Args:
            headings: the models there are; what waits for another one fails.
        """
        try:
            while self.going and (item := self.queue.next()):
                if not (reason := _unusable(headings.get(item.model_id), item.model_id)):
                    return item
                self.queue.fail(item.path, item.model_id, reason)
        except LibraryError as error:
            self.going = False
            self._notice(error)
        return None

    def begin(self, path: Path, heading: Heading) -> Begun:
        """Return the recording as it is now."""
        return Begun(path=path, heading=heading, facts=fingerprint(path, heading, self.precision))

    def go_on(self, path: Path, done: float, total: float, speed: float) -> None:
        """Know how far the recording in work is.

        Args:
            done, total: seconds; speed: seconds of sound in a second.
        """
        part = min(done / total, 1.0) if total else 0.0
        self.pace.go_on(weight_of(path), sound=done, part=part, speed=speed)

    def end(self, begun: Begun, heard: Heard) -> Item | None:
        """Count it as done; return its place in the queue, if it has one."""
        self._in_a_row = 0
        if not heard.was_known:
            taken = time.monotonic() - begun.at
            self.pace.heard(weight_in(begun.facts), sound=heard.analysis.duration, taken=taken)
        return self._settled(begun, lambda: self.queue.end(begun.path, begun.heading.model_id, begun.facts))

    def fail(self, begun: Begun, error: EarmarkError) -> Item | None:
        """Count it as failed; return its place in the queue, if it has one.

        Where one after the other fails for a reason that is not in the files, the run pauses: the others would too.
        """
        item = self._fail(begun, error.sentence)
        self._in_a_row = 0 if isinstance(error, AudioFileError) or not item else self._in_a_row + 1
        if self._in_a_row >= MOST_IN_A_ROW:
            self.going, self._in_a_row = False, 0
            self._notice(EarmarkError("The queue is paused: no recording can be heard.", hint=str(error)))
        return item

    def _fail(self, begun: Begun, reason: str) -> Item | None:
        return self._settled(begun, lambda: self.queue.fail(begun.path, begun.heading.model_id, reason))

    def cancel(self, begun: Begun) -> Item | None:
        """Count it as given up: it is heard when it is retried."""
        return self._fail(begun, CANCELLED)

    def expect(self) -> None:
        """Look up how much waits; after files were added, retried or removed."""
        with suppress(LibraryError):  # whatever else is done to the queue says so
            self.pace.expect(self.queue.waiting_bytes())

    def _settled(self, begun: Begun, write: Callable[[], Item | None]) -> Item | None:
        try:
            item = write()
        except LibraryError as error:
            self._notice(error)
            return None
        if item:
            self.pace.passed(weight_in(begun.facts))
        return item


def _unusable(heading: Heading | None, model_id: str) -> str:
    """Return why a model cannot hear anything; empty where it can."""
    if heading is None:
        return f"There is no model {model_id} any more."
    return "" if heading.has_weights else heading.error or f"There are no weights for {heading.title}."
