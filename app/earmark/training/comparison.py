"""What stands beside a report: the model it started from, and whether more data would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earmark.api import DatasetError, TrainJob
from earmark.dataset import Dataset
from earmark.engine_client import Engines
from earmark.errors import EarmarkError
from earmark.evaluation.training_clips import doubt, without_training_clips
from earmark.evaluation.trial import Conditions, Trial

HELPS, HARDLY = 0.02, 0.005  # of a metric, from three quarters of the data to all of it


def start_beside(job: TrainJob, engines: Engines) -> dict[str, Any] | None:
    """Return how the model that a job started from tells the test clips; None where its labels do not fit."""
    examples = tuple(each for each in job.examples if each.split == "test")
    model_id = str(job.settings.get("model", ""))
    if not job.start_from or job.settings.get("start") or not examples or not model_id:
        return None
    model, heading = engines.model(model_id), engines.heading(model_id)
    if model.checkpoint is None or heading.only_embeds:
        return None
    about = job.settings.get("dataset", {})
    dataset = Dataset(
        folder=Path(about.get("folder", "")),
        kind=about.get("kind", ""),
        title=about.get("title", ""),
        labels=job.labels,
        examples=examples,
    )
    examples, known = without_training_clips(examples, [model.checkpoint])
    try:
        trial = Trial(dataset, examples, heading, Conditions(pool="mean"))
    except DatasetError:
        return None
    for example in examples:
        try:
            trial.add(example, engines.analyse(example.path, model_id, start=example.start, end=example.end))
        except EarmarkError as error:
            trial.fail(example, error)
    return _told(trial, model_id, [doubt(dataset, model.checkpoint)] if not known else [])


def _told(trial: Trial, model_id: str, warnings: Sequence[str]) -> dict[str, Any] | None:
    result = trial.result()
    if result.tags is None:
        return None
    tags = result.tags
    return {
        "model": model_id,
        "labels": len(result.match.labels),
        "clips": tags.clips,
        "accuracy": tags.accuracy,
        "mean_average_precision": tags.mean_average_precision,
        "auc": tags.auc,
        "warnings": [*filter(None, warnings), *result.warnings],
    }


def learning_curve(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the score over the number of training clips, and whether more of them would help, in a sentence.

    Args:
        outcomes: of the job and of those with a share of its data; see `study.outcome`.
    """
    metric = "accuracy" if all(each["accuracy"] is not None for each in outcomes) else "mean_average_precision"
    known = [each for each in outcomes if each[metric] is not None]
    ordered = sorted(known, key=lambda each: each["share"])
    if len(ordered) < 2:
        return None
    points = [{"share": each["share"], "clips": each["train_clips"], "score": each[metric]} for each in ordered]
    gain, last = points[-1]["score"] - points[-2]["score"], points[-1]
    return {"metric": metric, "points": points, "sentence": _advice(gain, last["clips"] - points[-2]["clips"])}


def _advice(gain: float, clips: int) -> str:
    told = f"The last {clips} clips changed the score by {gain:+.3f}"
    if gain >= HELPS:
        return f"{told}: more recordings of more sources are likely to help."
    if gain >= HARDLY:
        return f"{told}: more recordings may help a little."
    return f"{told}: more of the same would hardly help; look at its mistakes instead."
