"""A job folder's `job.json`: all that a fine-tuning run is told."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from earmark.api import DatasetError, Example, StrongLabel, TrainJob

VERSION = 1


def write_job(job: TrainJob) -> Path:
    """Write `job.json` into the job's folder and return its path."""
    job.folder.mkdir(parents=True, exist_ok=True)
    fields = {"version": VERSION} | dataclasses.asdict(job)
    del fields["folder"]
    path = job.folder / "job.json"
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(fields, indent=1, default=str))
    beside.replace(path)
    return path


def read_job(folder: Path) -> TrainJob:
    """Return the job of a folder.

    Raises:
        DatasetError: there is no job, or one of another version.
    """
    try:
        fields = json.loads((folder / "job.json").read_text())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} is no job folder.", hint="It needs a job.json that can be read.") from error
    if (version := fields.pop("version", None)) != VERSION:
        raise DatasetError(f"This job is of version {version}, this Earmark reads version {VERSION}.")
    fields["examples"] = tuple(_example(each) for each in fields["examples"])
    fields["labels"] = tuple(fields["labels"])
    if fields.get("start_from"):
        fields["start_from"] = Path(fields["start_from"])
    return TrainJob(folder=folder, **fields)


def checkpoints(folder: Path) -> list[Path]:
    """Return the whole checkpoints of a job's folder, the oldest first."""
    return sorted((folder / "checkpoints").glob("[0-9]*[0-9]"))


def best_checkpoint(folder: Path) -> Path | None:
    """Return the checkpoint of a job with the highest score; of equals the newest; None where none was evaluated."""
    scores = {each: json.loads((each / "score.json").read_text())["score"] for each in checkpoints(folder)}
    evaluated = [each for each, score in scores.items() if math.isfinite(score)]
    return max(evaluated, key=lambda each: (scores[each], each), default=None)


def _example(fields: dict[str, Any]) -> Example:
    fields["path"] = Path(fields["path"])
    fields["events"] = tuple(StrongLabel(**each) for each in fields["events"])
    for name in ("labels", "absent"):
        fields[name] = tuple(fields[name])
    return Example(**fields)
