"""The fine-tuning jobs: read from their folders, run one after another, steered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.api import DatasetError, EarmarkError, TrainJob
from earmark.gui.errand import Errands
from earmark.gui.training_elsewhere import SLOW_MS, Elsewhere
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_thread import OwnRun
from earmark.training.job_file import checkpoints, read_job, write_job
from earmark.training.job_lock import is_trained
from earmark.training.job_process import Wish, events_of
from earmark.training.judged import FILE
from earmark.training.plan import jobs_folder


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
        self.elsewhere = Elsewhere(self)
        self._run: OwnRun | None = None
        self._waiting: list[TrainingJob] = []
        self._errands = Errands(self, self.failed.emit)
        self._clock = QTimer(self, interval=SLOW_MS)
        self._clock.timeout.connect(self._look)
        self.elsewhere.found.connect(self._notice)
        self.elsewhere.moved.connect(self.moved)
        self.elsewhere.left.connect(self._leave_elsewhere)

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return len(self._waiting)

    def load(self) -> None:
        """Read the jobs of earlier days."""
        self._errands.run(lambda: known_jobs(job_folders()), lambda found: self._list(found, at=len(self.jobs)))

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
        if job.is_resumable:
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
        if self._run:
            self._run.close()
        self.running = self._run = None
        self.elsewhere.close()
        self._errands.close()

    def _list(self, found: list[TrainingJob], *, at: int) -> None:
        """Put jobs into the list that are not in it yet."""
        here = {job.folder for job in self.jobs}
        new = [job for job in found if job.folder not in here]
        self.jobs[at:at] = new
        self.listed.emit()
        for job in new:
            if job.is_elsewhere:
                self.elsewhere.follow(job)

    def _notice(self, trained: list[Path]) -> None:
        """Follow jobs that another process trains, and list those that are new."""
        known = {job.folder: job for job in self.jobs}
        for job in (known[folder] for folder in trained if folder in known):
            if job.state != "waiting" and not job.is_running:
                self.elsewhere.follow(job)
        if new := [folder for folder in trained if folder not in known]:
            self._errands.run(lambda: known_jobs(new), lambda found: self._list(found, at=0))

    def _leave_elsewhere(self, job: TrainingJob) -> None:
        job.leave()
        look_at_folder(job)
        self.moved.emit(job)

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
        if self._run:
            self._run.ask(wish)

    def _start_next(self) -> None:
        if self.running or not self._waiting:
            return
        job = self._waiting.pop(0)
        job.begin()
        try:
            self._run = OwnRun(job.folder)
        except DatasetError:
            self.elsewhere.follow(job)
            self._start_next()
            return
        except OSError as error:
            job.state, job.sentence = "failed", f"The trainer cannot be started: {error.strerror or error}."
        else:
            self.running = job
            self._clock.start()
        self.moved.emit(job)

    def _look(self) -> None:
        """Take what the trainer said since the last look."""
        job, run = self.running, self._run
        if job is None or run is None:
            return
        has_ended = not run.listener.is_alive()
        said = run.listener.taken()
        for event in said:
            job.take(event)
        if has_ended:
            self._leave(job)
        elif said:
            self.moved.emit(job)

    def _leave(self, job: TrainingJob) -> None:
        job.leave()
        look_at_folder(job)
        self.running = self._run = None
        self._clock.stop()
        self.moved.emit(job)
        self.ended.emit(job)
        self._start_next()


def job_folders() -> list[Path]:
    """Return the folders in the folder of jobs that hold one, the newest first."""
    files = sorted(jobs_folder().glob("*/job.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.parent for path in files]


def known_jobs(folders: Sequence[Path]) -> list[TrainingJob]:
    """Return the jobs of folders; one whose job cannot be read is passed over."""
    return [job for folder in folders if (job := known_job(folder))]


def known_job(folder: Path) -> TrainingJob | None:
    """Return a job as its folder tells of it; None where it cannot be read."""
    try:
        job = TrainingJob.of(read_job(folder))
    except (DatasetError, KeyError, TypeError):
        return None
    events = events_of(folder)
    for event in events:
        job.take(event)
    job.is_elsewhere = is_trained(folder)
    if not job.is_elsewhere and (job.is_running or not events):
        job.state, job.sentence = "interrupted", ""
    look_at_folder(job)
    job.times.clear()
    return job


def look_at_folder(job: TrainingJob) -> None:
    """See what a job's run has left."""
    job.has_checkpoint = bool(checkpoints(job.folder))
    job.is_judged = (job.folder / FILE).exists()
