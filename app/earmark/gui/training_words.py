"""The state of a fine-tuning job in words."""

from __future__ import annotations

from earmark.gui.training_job import RUNNING, TrainingJob, headline
from earmark.times import time_text
from earmark.training.estimate import memory_text

PLAIN = {"waiting": "Waiting", "starting": "Starting", "stopped": "Stopped and kept", "cancelled": "Cancelled"}


def state_words(job: TrainingJob) -> str:
    """Return how a job stands: "Epoch 3 of 30 · 1:23 left"."""
    if job.is_elsewhere:
        return f"Elsewhere · {_own_words(job) if job.state in RUNNING else PLAIN['starting']}"
    return _own_words(job)


def _own_words(job: TrainingJob) -> str:
    if job.is_paused:
        return f"Paused in epoch {epoch_of(job)} of {job.epochs}" if job.steps else "Paused"
    if job.is_ending:
        return "Ending"
    match job.state:
        case "preparing":
            done, total = job.prepared
            return f"Preparing, {done} of {total} recordings"
        case "training":
            return " · ".join(filter(None, (f"Epoch {epoch_of(job)} of {job.epochs}", left_words(job))))
        case "evaluating":
            return f"Evaluating after epoch {epoch_of(job)} of {job.epochs}"
        case "done":
            return " · ".join(filter(None, ("Done", headline(job.best))))
        case "failed":
            return f"Failed: {job.sentence}"
        case "interrupted" if not job.heard:
            return "Not begun"
        case "interrupted":
            return "Interrupted" if job.has_checkpoint else "Interrupted before its first checkpoint"
    return PLAIN[job.state]


def epoch_of(job: TrainingJob) -> int:
    """Return the epoch that a job is in, counted from 1."""
    return min(max(job.done - 1, 0) // max(job.steps, 1) + 1, max(job.epochs, 1))


def left_words(job: TrainingJob) -> str:
    """Return how long the steps still take; "" while nobody knows."""
    return "" if job.seconds_left is None else f"{time_text(job.seconds_left, 0)} left"


def pace_words(job: TrainingJob) -> str:
    """Return where a job runs and how fast: "CPU, 2 threads · step 12 of 40 · 31 clips a second · 0.9 GB"."""
    parts = [job.device]
    if job.steps and job.is_running:
        parts.append(f"step {(job.done - 1) % job.steps + 1 if job.done else 0} of {job.steps}")
    if job.is_running and (pace := job.step_seconds):
        parts.append(f"{min(job.batch_size, job.clips) / pace:.3g} clips a second")
    if job.memory_mb and job.is_running:
        parts.append(memory_text(job.memory_mb))
    return " · ".join(filter(None, parts))
