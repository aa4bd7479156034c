"""The jobs that other processes train, as `earmark train` in a terminal: noticed, and followed to their end."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.gui.errand import Errands
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_known import trained_now
from earmark.gui.training_thread import OtherRun

SLOW_MS = 500  # between two looks at what they said
SEARCH_MS = 2000  # between two looks for jobs, while somebody sees the list


class Elsewhere(QObject):
    """Follows jobs that others train."""

    found = Signal(list)  # folders of all jobs that are trained now, this window's among them
    moved = Signal(object)  # TrainingJob
    left = Signal(object)  # TrainingJob: nobody trains it any more

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._runs: list[tuple[TrainingJob, OtherRun]] = []
        self._errands = Errands(self, lambda _: None)
        self._clock = QTimer(self, interval=SLOW_MS)
        self._search = QTimer(self, interval=SEARCH_MS)
        self._clock.timeout.connect(self._look)
        self._search.timeout.connect(self._look_for_jobs)

    def watch(self, is_seen: bool) -> None:
        """Look for jobs while somebody sees them."""
        if not is_seen:
            self._search.stop()
        elif not self._search.isActive():
            self._search.start()
            self._look_for_jobs()

    def follow(self, job: TrainingJob) -> None:
        """Follow a job until nobody trains it any more."""
        job.is_elsewhere = True
        job.times.clear()
        self._runs.append((job, OtherRun(job.folder, job.heard)))
        self._clock.start()
        self.moved.emit(job)

    def close(self) -> None:
        """Follow none any longer."""
        self._search.stop()
        self._clock.stop()
        for _, run in self._runs:
            run.close()
        self._runs.clear()
        self._errands.close()

    def _look_for_jobs(self) -> None:
        self._errands.run(trained_now, self.found.emit)

    def _look(self) -> None:
        """Take what was said since the last look."""
        for job, run in list(self._runs):
            is_over = not run.listener.is_alive()
            said = run.listener.taken()
            for event in said:
                job.take(event)
            if is_over:
                self._runs = [each for each in self._runs if each[1] is not run]
                self.left.emit(job)
            elif said:
                self.moved.emit(job)
        if not self._runs:
            self._clock.stop()
