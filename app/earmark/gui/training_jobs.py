"""The fine-tuning jobs: read from their folders, run one after another, steered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.api import DatasetError, EarmarkError, TrainJob
from earmark.gui.errand import Errands
from earmark.gui.training_job import RESUMABLE, TrainingJob
from earmark.gui.training_thread import TrainingThread
from earmark.training.job_file import checkpoints, read_job, write_job
from earmark.training.job_process import Wish, events_of
from earmark.training.judged import FILE
from earmark.training.plan import jobs_folder

SLOW_MS = 500  # between two looks at what the trainer said


class TrainingJobs(QObject):
    """All jobs of this machine, the newest first; one of them runs at a time."""

    listed = Signal()  # which there are
    moved = Signal(object)  # TrainingJob: it said something, or is in another state
    ended = Signal(object)  # TrainingJob
    failed = Signal(object)  # EarmarkError

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.jobs: list[TrainingJob] = []
        self.running: TrainingJob | None = None
        self._thread: TrainingThread | None = None
        self._waiting: list[TrainingJob] = []
        self._errands = Errands(self, self.failed.emit)
        self._clock = QTimer(self, interval=SLOW_MS)
        self._clock.timeout.connect(self._look)

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return len(self._waiting)

    def load(self) -> None:
        """Read the jobs of earlier days."""
        self._errands.run(known_jobs, self._show)

    def add(self, make: Callable[[], TrainJob], added: Callable[[TrainingJob], object]) -> None:
        """Have a job made and written on a thread, and run it as soon as no other runs."""

        def write() -> TrainingJob:
            job = make()
            try:
                write_job(job)
            except OSError as error:
                raise EarmarkError(f"The job cannot be written into {job.folder}.", hint=str(error)) from error
            return TrainingJob.of(job)

        self._errands.run(write, lambda job: (self._queue(job, is_new=True), added(job)))

    def resume(self, job: TrainingJob) -> None:
        """Go on from a job's last checkpoint, as soon as no other runs."""
        if job.state in RESUMABLE:
            self._queue(job)

    def pause(self, job: TrainingJob) -> None:
        """Hold it, or let it go on."""
        if job is self.running:
            job.is_paused = not job.is_paused
            job.times.clear()
            self._ask("pause" if job.is_paused else "continue")
            self.moved.emit(job)

    def stop(self, job: TrainingJob) -> None:
        """Have it evaluated and kept as it is."""
        self._end(job, "stop")

    def cancel(self, job: TrainingJob) -> None:
        """Have it end at once, with the checkpoint it has."""
        self._end(job, "cancel")

    def remove(self, job: TrainingJob) -> None:
        """Take a job that does not run off the list, and its folder off the disk."""
        if job.is_running or job not in self.jobs:
            return
        self._unqueue(job)
        self.jobs.remove(job)
        self.listed.emit()
        self._errands.run(lambda: shutil.rmtree(job.folder, ignore_errors=True), lambda _: None)

    def close(self) -> None:
        """Stop what runs, with a checkpoint."""
        self._clock.stop()
        self._waiting.clear()
        if self._thread:
            self._thread.close()
        self.running = self._thread = None
        self._errands.close()

    def _show(self, found: list[TrainingJob]) -> None:
        here = {job.folder for job in self.jobs}
        self.jobs += [job for job in found if job.folder not in here]
        self.listed.emit()

    def _queue(self, job: TrainingJob, *, is_new: bool = False) -> None:
        if is_new:
            self.jobs.insert(0, job)
        job.state, job.sentence, job.hint = "waiting", "", ""
        self._waiting.append(job)
        if is_new:
            self.listed.emit()
        self.moved.emit(job)
        self._start_next()

    def _unqueue(self, job: TrainingJob) -> None:
        if job in self._waiting:
            self._waiting.remove(job)

    def _end(self, job: TrainingJob, wish: Wish) -> None:
        if job is self.running:
            job.is_paused, job.is_ending = False, True
            self._ask(wish)
        elif job in self._waiting:
            self._unqueue(job)
            job.state = "cancelled"
        self.moved.emit(job)

    def _ask(self, wish: Wish) -> None:
        if self._thread:
            self._thread.ask(wish)

    def _start_next(self) -> None:
        if self.running or not self._waiting:
            return
        job = self._waiting.pop(0)
        job.begin()
        try:
            self._thread = TrainingThread(job.folder)
        except OSError as error:
            job.state, job.sentence = "failed", f"The trainer cannot be started: {error.strerror or error}."
        else:
            self.running = job
            self._clock.start()
        self.moved.emit(job)

    def _look(self) -> None:
        """Take what the trainer said since the last look."""
        job, thread = self.running, self._thread
        if job is None or thread is None:
            return
        has_ended = not thread.is_alive()
        said = thread.taken()
        for event in said:
            job.take(event)
        if has_ended:
            self._leave(job)
        elif said:
            self.moved.emit(job)

    def _leave(self, job: TrainingJob) -> None:
        job.leave()
        look_at_folder(job)
        self.running = self._thread = None
        self._clock.stop()
        self.moved.emit(job)
        self.ended.emit(job)
        self._start_next()


def known_jobs() -> list[TrainingJob]:
    """Return the jobs in the folder of jobs, the newest first; a folder that holds none is passed over."""
    folders = sorted(jobs_folder().glob("*/job.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [job for path in folders if (job := known_job(path.parent))]


def known_job(folder: Path) -> TrainingJob | None:
    """Return a job as its folder tells of it; None where it cannot be read."""
    try:
        job = TrainingJob.of(read_job(folder))
    except (DatasetError, KeyError, TypeError):
        return None
    events = events_of(folder)
    for event in events:
        job.take(event)
    if job.is_running or not events:
        job.state, job.sentence = "interrupted", ""
    look_at_folder(job)
    job.times.clear()
    return job


def look_at_folder(job: TrainingJob) -> None:
    """See what a job's run has left."""
    job.has_checkpoint = bool(checkpoints(job.folder))
    job.is_judged = (job.folder / FILE).exists()
