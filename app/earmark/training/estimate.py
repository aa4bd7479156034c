"""How long a training will take here and how much memory, from a few real steps of it."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earmark.api import TrainJob
from earmark.times import time_text
from earmark.training.job_file import write_job
from earmark.training.job_process import JobProcess

STEPS = 4  # the first, which warms up, does not count
START = 120.0  # seconds until the first step begins: PyTorch is loaded, some sound decoded
LIMIT = 40.0  # seconds of steps, after which the machine is too slow to be asked
JUDGING = 0.4  # of the time that training a clip takes: forwards only


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a job runs here.

    Attributes:
        step_seconds: of one batch; at least that where `is_least`.
        memory_mb: of the trainer, on a GPU of that; 0 where nobody knows.
    """

    step_seconds: float
    device: str
    memory_mb: int = 0
    is_least: bool = False


class Measuring:
    """A trial of a job with one batch of its clips, in a folder that goes again. `cancel` may come from any thread."""

    def __init__(self, job: TrainJob) -> None:
        self._job = job
        self._process: JobProcess | None = None
        self._is_cancelled = False

    def run(self) -> Pace | None:
        """Return the pace; None where it was cancelled, or the job fails."""
        with tempfile.TemporaryDirectory(prefix="earmark-pace-") as folder:
            write_job(trial(self._job, Path(folder)))
            self._process = process = JobProcess(Path(folder))
            if self._is_cancelled:
                process.kill()
            try:
                told = _told(process)
            finally:
                process.kill()
                process.close()
        return None if self._is_cancelled else _pace(told)

    def cancel(self) -> None:
        """Give it up."""
        self._is_cancelled = True
        if self._process:
            self._process.kill()


def trial(job: TrainJob, folder: Path) -> TrainJob:
    """Return a job of a few steps over one batch of another's clips."""
    clips = [each for each in job.examples if each.split == "train"][: job.batch_size]
    settings = {**job.settings, "steps": STEPS, "loaders": 1}
    return replace(job, folder=folder, examples=tuple(clips), epochs=1, settings=settings)


def whole_seconds(job: TrainJob, pace: Pace) -> float:
    """Return the seconds that a whole job takes at a pace."""
    clips = sum(each.split == "train" for each in job.examples)
    held = len(job.examples) - clips
    batch = min(job.batch_size, max(clips, 1))
    steps = max(1, clips // batch) * job.epochs
    evaluations = math.ceil(job.epochs / int(job.settings.get("evaluate_every", 5))) + 1
    return pace.step_seconds * (steps + JUDGING * evaluations * held / batch)


def about(seconds: float, pace: Pace) -> str:
    """Return an estimate in words: "About 4 min, 0.9 GB of memory, on CPU, 2 threads (0.42 s a step)."."""
    size = "Over" if pace.is_least else "About"
    memory = f", {memory_text(pace.memory_mb)} of memory," if pace.memory_mb else ""
    return f"{size} {rounded(seconds)}{memory} on {pace.device} ({pace.step_seconds:.2g} s a step)."


def memory_text(memory_mb: float) -> str:
    """Return memory as it is read: "0.9 GB", "24 GB"."""
    return f"{memory_mb / 1000:.1f} GB" if memory_mb < 10_000 else f"{memory_mb / 1000:.0f} GB"


def rounded(seconds: float) -> str:
    """Return seconds as no more than is known of them: "40 s", "12 min", "3:20 h"."""
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{time_text(round(seconds / 600) * 600, 0).rpartition(':')[0]} h"


def _told(process: JobProcess) -> list[Mapping[str, Any]]:
    """Return what a trial says of its steps: that they begin, and each of them; ends it where that takes too long."""
    told: list[Mapping[str, Any]] = []
    late = _ended_in(START, process)
    try:
        for event in process.events():
            if event["event"] == "began":
                late.cancel()
                late = _ended_in(LIMIT, process)
            told += [event] if event["event"] in ("began", "progress") else []
            if len(told) > STEPS:
                break
    finally:
        late.cancel()
    return told


def _ended_in(seconds: float, process: JobProcess) -> threading.Timer:
    late = threading.Timer(seconds, process.kill)
    late.daemon = True
    late.start()
    return late


def _pace(told: Sequence[Mapping[str, Any]]) -> Pace | None:
    if not told:
        return None
    times = [event["time"] for event in told]
    known = {"device": str(told[0]["device"]), "memory_mb": int(told[-1].get("memory_mb", 0))}
    match len(times):
        case 1:
            return Pace(step_seconds=LIMIT, is_least=True, **known)
        case 2:
            return Pace(step_seconds=times[1] - times[0], **known)
    return Pace(step_seconds=(times[-1] - times[1]) / (len(times) - 2), **known)
