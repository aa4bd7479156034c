"""How long a training will take here, from a few real steps of it."""

from __future__ import annotations

import math
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from earmark.api import TrainJob
from earmark.times import time_text
from earmark.training.job_file import write_job
from earmark.training.job_process import JobProcess

STEPS = 4  # the first, which warms up, does not count
LIMIT = 40.0  # seconds, after which the machine is too slow to be asked
JUDGING = 0.4  # of the time that training a clip takes: forwards only


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a job runs here.

    Attributes:
        step_seconds: of one batch; at least that where `is_least`.
    """

    step_seconds: float
    device: str
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
            late = threading.Timer(LIMIT, process.kill)
            late.start()
            try:
                times, device = _times(process)
            finally:
                late.cancel()
                process.kill()
        return None if self._is_cancelled else _pace(times, device)

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
    """Return an estimate in words: "About 4:10 on CPU, 2 threads (0.42 s a step)"."""
    size = "Over" if pace.is_least else "About"
    return f"{size} {rounded(seconds)} on {pace.device} ({pace.step_seconds:.2g} s a step)."


def rounded(seconds: float) -> str:
    """Return seconds as no more than is known of them: "40 s", "12 min", "3:20 h"."""
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{time_text(round(seconds / 600) * 600, 0).rpartition(':')[0]} h"


def _times(process: JobProcess) -> tuple[list[float], str]:
    """Return when steps began and ended, and on what."""
    times: list[float] = []
    device = ""
    for event in process.events():
        if event["event"] == "began":
            times, device = [event["time"]], str(event["device"])
        elif event["event"] == "progress":
            times.append(event["time"])
        if len(times) > STEPS:
            break
    return times, device


def _pace(times: list[float], device: str) -> Pace | None:
    match len(times):
        case 0:
            return None
        case 1:
            return Pace(step_seconds=LIMIT, device=device, is_least=True)
        case 2:
            return Pace(step_seconds=times[1] - times[0], device=device)
    return Pace(step_seconds=(times[-1] - times[1]) / (len(times) - 2), device=device)
