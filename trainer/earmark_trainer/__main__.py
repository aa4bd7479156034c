"""One fine-tuning job in a process of its own: `python -m earmark_trainer JOB_FOLDER`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from earmark.api import Cancelled, EarmarkError, Stopped
from earmark.host import Host, plugin_of
from earmark.installed import plugins
from earmark.training.job_file import read_job
from earmark_trainer.run import Control, JobRun, protocol_stream


def main(arguments: list[str]) -> int:
    """Run the job; 0 done, stopped or cancelled, 1 failed, 2 could not be started."""
    if len(arguments) != 1:
        print("Usage: python -m earmark_trainer JOB_FOLDER", file=sys.stderr)
        return 2
    stream = protocol_stream()
    try:
        job = read_job(Path(arguments[0]))
    except EarmarkError as error:
        print(error, file=sys.stderr)
        return 2
    if hasattr(os, "nice"):
        os.nice(10)
    control = Control()
    if os.environ.get("EARMARK_CONTROL") == "stdin":
        control.watch_stdin()
    run = JobRun(job.folder, device=str(job.settings.get("device", "auto")), stream=stream, control=control)
    return _train(job, run)


def _train(job, run: JobRun) -> int:
    try:
        _host(plugin_of(job.model_id)).train(job, run)
    except Stopped:
        run.event("ended", how="stopped")
    except Cancelled:
        run.event("ended", how="cancelled")
    except EarmarkError as error:
        run.event("ended", how="failed", sentence=error.sentence, hint=error.hint)
        return 1
    except Exception as error:  # the edge of the process: a bug is said, not lost
        logging.exception("The job failed")
        run.event("ended", how="failed", sentence=f"The training failed: {error}", hint="The log has the details.")
        return 1
    else:
        run.event("ended", how="done")
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
