"""How long the jobs will take that are set now, and how much memory: known, or measured beside the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from earmark.api import TrainJob
from earmark.counted import counted
from earmark.gui.errand import Errands
from earmark.training.estimate import Measuring, Pace, about, rounded, whole_seconds

MEASURING = "Measuring time and memory, by a few real steps…"
UNKNOWN = "How long it takes is shown as soon as it runs."


class Forecast(QObject):
    """Says what is known, and measures the pace of each recipe and batch once."""

    said = Signal(str)

    def __init__(self, parent: QObject, errands: Errands) -> None:
        super().__init__(parent)
        self._errands = errands
        self._jobs: Sequence[TrainJob] = ()
        self._measuring: Measuring | None = None
        self._paces: dict[tuple[str, str, int], Pace] = {}

    def ask(self, jobs: Sequence[TrainJob]) -> None:
        """Say how long these take, the first of which is the model's."""
        self._jobs = jobs
        key = (str(jobs[0].settings["model"]), str(jobs[0].settings["preset"]), jobs[0].batch_size)
        if pace := self._paces.get(key):
            self.said.emit(words(jobs, pace))
            return
        self.stop()
        self.said.emit(MEASURING)
        measuring = self._measuring = Measuring(jobs[0])
        self._errands.run(measuring.run, lambda pace: self._know(measuring, key, pace))

    def stop(self) -> None:
        """Give up what is measured."""
        if self._measuring:
            self._measuring.cancel()
            self._measuring = None

    def _know(self, measuring: Measuring, key: tuple[str, str, int], pace: Pace | None) -> None:
        if measuring is not self._measuring:
            return
        self._measuring = None
        if pace is None:
            self.said.emit(UNKNOWN)
            return
        self._paces[key] = pace
        self.said.emit(words(self._jobs, pace))


def words(jobs: Sequence[TrainJob], pace: Pace) -> str:
    """Return how long jobs take: "About 4 min on CPU (0.42 s a step). 3 more runs after it: 10 min in all."."""
    seconds = [whole_seconds(job, pace) for job in jobs]
    beside = f" {counted(len(jobs) - 1, 'more run')} after it: {rounded(sum(seconds))} in all."
    return about(seconds[0], pace) + (beside if len(jobs) > 1 else "")
