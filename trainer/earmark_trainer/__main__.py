"""One fine-tuning job in a process of its own: `python -m earmark_trainer JOB_FOLDER`."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from earmark.api import Cancelled, EarmarkError, Stopped, TrainJob
from earmark.device import choose, keep_freed_memory
from earmark.host import Host, plugin_of
from earmark.installed import plugins
from earmark.training.job_file import read_job
from earmark.training.job_lock import held
from earmark_trainer.failures import explained
from earmark_trainer.run import Control, JobRun, protocol_stream


def main(arguments: list[str]) -> int:
    """Run the job; 0 done, stopped or cancelled, 1 failed, 2 could not be started."""
    if len(arguments) != 1:
        print("Usage: python -m earmark_trainer JOB_FOLDER", file=sys.stderr)
        return 2
    keep_freed_memory()
    stream = protocol_stream()
    folder = Path(arguments[0])
    try:
        with _own(folder):
            return _run(read_job(folder), stream)
    except EarmarkError as error:
        print(error, file=sys.stderr)
        return 2


def _own(folder: Path) -> AbstractContextManager[None]:
    """Return what holds the job; of several processes on one job, the first holds it for all."""
    is_first = os.environ.get("RANK", "0") == "0"
    return held(folder) if is_first and (folder / "job.json").exists() else nullcontext()


def _run(job: TrainJob, stream: TextIO) -> int:
    if hasattr(os, "nice"):
        os.nice(10)
    control = Control()
    if os.environ.get("EARMARK_CONTROL") == "stdin":
        control.watch_stdin()
    return _train(job, JobRun(job.folder, stream=stream, control=control))


def _train(job: TrainJob, run: JobRun) -> int:
    try:
        device = choose(str(job.settings.get("device", "auto")))
        run.device, run.device_line = device.name, device.line
        _host(plugin_of(job.model_id)).train(job, run)
    except Stopped:
        run.ended("stopped")
    except Cancelled:
        run.ended("cancelled")
    except Exception as error:  # the edge of the process: a bug is said, not lost
        if not isinstance(error, EarmarkError) or error.__cause__:
            logging.exception("The job failed")
        told = explained(error, job.folder)
        run.ended("failed", sentence=told.sentence, hint=told.hint)
        return 1
    else:
        run.ended("done")
    return 0


def _host(plugin: str) -> Host:
    """Return a host with the one plugin that trains."""
    host = Host()
    host.install(entry for entry in plugins()[0] if entry.name == plugin)
    if host.faults:
        raise host.faults[0]
    return host


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    raise SystemExit(main(sys.argv[1:]))
