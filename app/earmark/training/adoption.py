"""“Use it now”: the best checkpoint of a job becomes a model of the person's, with all that is known of it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from earmark.api import Checkpoint, CheckpointError, DatasetError, TrainJob
from earmark.checkpoints import TENSORS, describe, folder_of, read_checkpoint
from earmark.counted import counted
from earmark.evaluation.training_clips import write_training_clips
from earmark.host import plugin_of
from earmark.training.job_file import best_checkpoint, read_job
from earmark.training.judged import Side, best_thresholds, read_judged
from earmark.training.report import HTML, JSON


class Converts(Protocol):
    """Engines, as far as this needs them."""

    def convert(self, path: Path, plugin: str, name: str) -> Checkpoint:
        """Bring in a folder that Earmark wrote."""
        ...


def adopt(folder: Path, engines: Converts, name: str = "") -> Checkpoint:
    """Return a job's best network as the model `plugin/name`, which has heard its golden clips.

    Args:
        name: of the model; empty is the one that the job was given.

    Raises:
        DatasetError: the job has no checkpoint that was evaluated.
        CheckpointError: it cannot be used.
    """
    job, best = read_job(folder), best_checkpoint(folder)
    if best is None:
        raise DatasetError(f"The job in {folder} has no model yet.", hint=f"earmark train --resume {folder}")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".adopted-") as beside:
        _prepare(Path(beside), job, best)
        return engines.convert(Path(beside), plugin_of(job.model_id), name or name_of(job))


def name_of(job: TrainJob) -> str:
    """Return the name that a job's model was given."""
    return str(job.settings.get("name") or job.job_id)


def free_name(plugin: str, wanted: str, *, is_given: bool) -> str:
    """Return a name under which no model is kept.

    Args:
        is_given: the person chose it: one that is taken is refused, and not changed.

    Raises:
        CheckpointError: it is taken, or cannot name a model.
    """
    if not folder_of(f"{plugin}/{wanted}").exists():
        return wanted
    if is_given:
        hint = f"Give another --name, or remove it: earmark models remove {plugin}/{wanted}"
        raise CheckpointError(f"There is a model {plugin}/{wanted} already.", hint=hint)
    return free_name(plugin, _next(wanted), is_given=False)


def _next(name: str) -> str:
    stem, _, number = name.rpartition("-")
    return f"{stem}-{int(number) + 1}" if stem and number.isdigit() else f"{name}-2"


def _prepare(beside: Path, job: TrainJob, best: Path) -> None:
    """Lay out in a folder what a model is brought in from."""
    shutil.copyfile(best / TENSORS, beside / TENSORS)
    known, sides = read_checkpoint(best, verify=True), read_judged(job)
    learnt = [each for each in job.examples if each.split != "test"]
    sources = len({each.group or str(each.path) for each in learnt})
    trained_on = f"{job.settings.get('trained_on', '')}: {counted(len(learnt), 'clip')} of {counted(sources, 'source')}"
    describe(
        beside,
        replace(
            known,
            thresholds=best_thresholds(sides["validate"], job.labels) if sides else {},
            metrics=_metrics(sides) if sides else known.metrics,
            trained_on=trained_on,
            origin=f"trained by Earmark, job {job.job_id}, from {_start(job)}",
        ),
    )
    write_training_clips(beside, (each.path for each in learnt))
    for name in (JSON, HTML):
        if (job.folder / name).is_file():
            shutil.copyfile(job.folder / name, beside / name)


def _start(job: TrainJob) -> str:
    if start := job.settings.get("start"):
        return Path(start).name
    return str(job.settings.get("model", job.model_id)) if job.start_from else "scratch"


def _metrics(sides: dict[str, Side]) -> dict[str, Any]:
    """Return what was measured on the test clips, or where there are none on the validation clips, and says so."""
    side = "test" if sides["test"].examples else "validate"
    known = sides[side]
    tags = known.tags(tuple(map(str, range(known.scores.shape[1]))))
    if tags is None:
        return {}
    found = {name: asdict(tags)[name] for name in ("accuracy", "mean_average_precision", "auc")}
    return {name: value for name, value in found.items() if value is not None} | {"clips": tags.clips, "measured": side}
