"""The fine-tuning jobs of earlier days and of other processes, as their folders tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from earmark.api import DatasetError
from earmark.gui.training_job import TrainingJob, linked
from earmark.training.job_file import checkpoints, read_job
from earmark.training.job_lock import FILE as LOCK
from earmark.training.job_lock import is_trained
from earmark.training.job_process import events_of
from earmark.training.judged import FILE
from earmark.training.plan import jobs_folder
from earmark.training.study import Member, read_study


def study_folders() -> list[Path]:
    """Return the folders in the folder of jobs that hold one, the newest first."""
    files = sorted(jobs_folder().glob("*/job.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.parent for path in files]


def trained_now() -> list[Path]:
    """Return the folders of the jobs that some process trains now, those beside a model among them."""
    locks = (lock for where in ("*", "*/*") for lock in jobs_folder().glob(f"{where}/{LOCK}"))
    return [lock.parent for lock in locks if is_trained(lock.parent)]


def study_of(folder: Path) -> Path:
    """Return the folder of the model that a job makes, or stands beside."""
    return folder if folder.parent == jobs_folder() else folder.parent


def known_jobs(studies: Sequence[Path]) -> list[TrainingJob]:
    """Return the jobs of these folders, each followed by those beside it."""
    return [job for study in studies for job in _known_study(study)]


def look_at_folder(job: TrainingJob) -> None:
    """See what a job's run has left."""
    job.has_checkpoint = bool(checkpoints(job.folder))
    job.is_judged = (job.folder / FILE).exists()


def _known_study(folder: Path) -> list[TrainingJob]:
    """Return the jobs of a study, the model's first; none where it makes no model, or cannot be read."""
    try:
        main, *beside = read_study(folder)
    except (DatasetError, ValueError):
        return []
    job = _known_job(folder, main) if main.role == "main" else None
    sides = [side for each in beside if job and (side := _known_job(folder, each))]
    return linked([job, *sides]) if job else []


def _known_job(study: Path, member: Member) -> TrainingJob | None:
    """Return a job as its folder tells of it; None where it cannot be read."""
    folder = member.folder(study)
    try:
        job = TrainingJob.of(read_job(folder), member)
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
