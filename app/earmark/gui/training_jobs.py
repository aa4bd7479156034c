"""The fine-tuning jobs: read from their folders, run one after another, steered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.api import DatasetError, EarmarkError
from earmark.gui.errand import Errands
from earmark.gui.training_elsewhere import SLOW_MS, Elsewhere
from earmark.gui.training_job import TrainingJob, linked
from earmark.gui.training_known import known_jobs, look_at_folder, study_folders, study_of
from earmark.gui.training_thread import OwnRun
from earmark.training.job_process import Wish
from earmark.training.study import GOOD, StudyJob, write_study


class TrainingJobs(QObject):
    """All jobs of this machine, the newest first, each followed by those beside it; one of them runs at a time."""

    listed = Signal()  # which there are
    moved = Signal(object)  # TrainingJob: it said something, or is in another state
    ended = Signal(object)  # TrainingJob
    answered = Signal(object)  # TrainingJob that makes a model: what was asked beside it is known, as far as it will be
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
        self._errands.run(lambda: known_jobs(study_folders()), lambda found: self._list(found, at=len(self.jobs)))

    def add(self, make: Callable[[], list[StudyJob]], added: Callable[[TrainingJob], object]) -> None:
        """Have a study made and written on a thread, and its jobs run as soon as no other runs, the model's first."""

        def write() -> list[TrainingJob]:
            jobs = make()
            folder = jobs[0][1].folder
            try:
                write_study(folder, jobs)
            except OSError as error:
                raise EarmarkError(f"The job cannot be written into {folder}.", hint=str(error)) from error
            return linked([TrainingJob.of(job, member) for member, job in jobs])

        self._errands.run(write, lambda jobs: (self._begin(jobs), added(jobs[0])))

    def resume(self, job: TrainingJob) -> None:
        """Go on from a job's last checkpoint, as soon as no other runs, and then with what is to stand beside it."""
        if job.is_resumable:
            self._queue([job, *(each for each in job.sides if each.is_resumable and each.state not in GOOD)])

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
        """Take a job that does not run and those beside it off the list, and its folder off the disk."""
        jobs = [job, *job.sides]
        if job not in self.jobs or any(each.is_running for each in jobs):
            return
        self.jobs = [each for each in self.jobs if each not in jobs]
        self._waiting = [each for each in self._waiting if each not in jobs]
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
        new = [job for job in found if (job.main or job).folder not in here]
        if not new:
            return
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
        if new := {study_of(folder) for folder in trained if folder not in known}:
            self._errands.run(lambda: known_jobs(list(new)), lambda found: self._list(found, at=0))

    def _leave_elsewhere(self, job: TrainingJob) -> None:
        job.leave()
        look_at_folder(job)
        self.moved.emit(job)

    def _begin(self, jobs: Sequence[TrainingJob]) -> None:
        self.jobs[:0] = jobs
        self.listed.emit()
        self._queue(jobs)

    def _queue(self, jobs: Iterable[TrainingJob]) -> None:
        for job in jobs:
            job.state, job.sentence, job.hint = "waiting", "", ""
            self._waiting.append(job)
            self.moved.emit(job)
        self._start_next()

    def _unqueue(self, job: TrainingJob) -> None:
        """Let a job wait no longer, nor those beside it: they would be about a model that is not made."""
        for each in (job, *job.sides):
            if each in self._waiting:
                self._waiting.remove(each)
                each.state = "cancelled"
                self.moved.emit(each)

    def _end(self, job: TrainingJob, wish: Wish) -> None:
        if job is self.running:
            job.is_paused, job.is_ending = False, True
            self._ask(wish)
            self.moved.emit(job)
        elif job in self._waiting:
            self._unqueue(job)
            self._tell_answers(job)

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
            self._unqueue(job)
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
        if job.state not in GOOD:
            self._unqueue(job)
        self._tell_answers(job)
        self._start_next()

    def _tell_answers(self, job: TrainingJob) -> None:
        """Say so where a job was the last of those beside a model."""
        sides = job.main.sides if job.main else []
        if any(each.state in GOOD for each in sides) and not any(each.is_on_its_way for each in sides):
            self.answered.emit(job.main)
