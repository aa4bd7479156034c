"""What came of a job, as plain JSON, versioned: how good the model is, on what, made how, and where it goes wrong."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from earmark import __version__
from earmark.api import Float, TrainJob
from earmark.calibration import Judgement
from earmark.evaluation.tag_scores import Bools, TagScores
from earmark.host import plugin_of
from earmark.reliability import reliability
from earmark.training.job_file import read_job
from earmark.training.job_process import events_of, how_it_ended
from earmark.training.judged import Side, best_thresholds, for_precision, read_judged
from earmark.training.plan import ABOUT, FIGURES
from earmark.training.study import seconds_of

VERSION = 1
JSON, HTML = "report.json", "report.html"
WANTED = 0.9  # precision
WORST = 20
NO_RECIPE = {*ABOUT, "waveforms", "device"}
OF_THE_DATA = ("labels", "single_label")  # of a network's arguments


def report(folder: Path, *, wanted: float = WANTED, **beside: Any) -> dict[str, Any]:
    """Return the report of a job's folder.

    Args:
        wanted: precision for which each label's threshold is told.
        beside: what other runs said: `start`, `leaky`, `learning_curve`.

    Raises:
        DatasetError: it is no job folder.
    """
    job = read_job(folder)
    events, sides = events_of(folder), read_judged(job)
    return {
        "version": VERSION,
        "earmark": __version__,
        "job": job.job_id,
        "name": job.settings.get("name", job.job_id),
        "data": _data(job, events),
        "run": _run(job, events),
        "recipe": recipe_of(job),
        "test": _told(sides, "test", job.labels),
        "validate": _told(sides, "validate", job.labels),
        "thresholds": _thresholds(sides, job.labels, wanted) if sides else None,
        "reliability": _reliability(sides, job.labels) if sides else None,
        "mistakes": _mistakes(sides, job.labels) if sides else [],
        "curve": _curve(events),
        "start": None,
        "leaky": None,
        "learning_curve": None,
        **beside,
    }


def write_json(folder: Path, found: Mapping[str, Any]) -> Path:
    """Write a report into a job's folder and return its path."""
    beside = folder / f"{JSON}.part"
    beside.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return beside.replace(folder / JSON)


def recipe_of(job: TrainJob) -> dict[str, Any]:
    """Return how a job trains, without what is about this one only: it loads back as a preset."""
    settings = {name: value for name, value in job.settings.items() if name not in NO_RECIPE}
    network = {name: value for name, value in settings.get("network", {}).items() if name not in OF_THE_DATA}
    figures = {name: getattr(job, name) for name in FIGURES}
    known = {"plugin": plugin_of(job.model_id), "preset": job.settings.get("preset", ""), **figures}
    return known | {"settings": settings | {"network": network}}


def _data(job: TrainJob, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sides: dict[str, dict[str, int]] = {label: Counter() for label in job.labels}
    for example in job.examples:
        for label in set(example.labels) & sides.keys():
            sides[label][example.split] += 1
    groups = {example.group or str(example.path) for example in job.examples}
    skipped = {event["path"]: event["sentence"] for event in events if event["event"] == "skipped"}
    return {
        **job.settings.get("dataset", {}),
        "clips": {side: sum(each.split == side for each in job.examples) for side in ("train", "validate", "test")},
        "sources": len(groups),
        "labels": {
            label: {side: found.get(side, 0) for side in ("train", "validate", "test")}
            for label, found in sides.items()
        },
        "skipped": [{"file": path, "error": sentence} for path, sentence in skipped.items()],
    }


def _run(job: TrainJob, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    began = next((event for event in reversed(events) if event["event"] == "began"), {})
    taken = [event for event in events if event["event"] == "progress"]
    seconds = seconds_of(job.folder)
    steps = len({(event["epoch"], event["step"]) for event in taken})
    return {
        "how": how_it_ended(job.folder),
        "seed": job.seed,
        "model": job.settings.get("model", job.model_id),
        "starts_from_weights": job.start_from is not None,
        "device": began.get("device", ""),
        "precision": began.get("precision", ""),
        "parameters": began.get("parameters"),
        "epochs": 1 + max((event["epoch"] for event in taken), default=-1),
        "steps": steps,
        "seconds": seconds,
        "runs": sum(event["event"] == "began" for event in events),
        "examples_a_second": round(steps * job.batch_size / seconds, 2) if seconds else None,
    }


def _told(sides: Mapping[str, Side] | None, side: str, labels: Sequence[str]) -> dict[str, Any] | None:
    tags = sides[side].tags(labels) if sides else None
    return tags_as_plain(tags) if tags else None


def tags_as_plain(tags: TagScores) -> dict[str, Any]:
    """Return scores as JSON values; a d′ without bounds is None."""
    plain = asdict(tags)
    plain["labels"] = [asdict(each) for each in tags.labels]
    plain["confusion"] = None if tags.confusion is None else tags.confusion.tolist()
    plain["d_prime"] = tags.d_prime if tags.d_prime is not None and math.isfinite(tags.d_prime) else None
    return plain


def _both(sides: Mapping[str, Side]) -> tuple[Float, Bools]:
    """Return scores and truth of all held-out clips."""
    return (
        np.concatenate([side.scores for side in sides.values()]),
        np.concatenate([side.truth for side in sides.values()]),
    )


def _thresholds(sides: Mapping[str, Side], labels: Sequence[str], wanted: float) -> dict[str, Any]:
    """Return the thresholds that the model has, chosen on validation, and those for a wanted precision."""
    best, (scores, truth) = best_thresholds(sides["validate"], labels), _both(sides)
    found = {
        label: {"best": best.get(label), **asdict(for_precision(scores[:, place], truth[:, place], wanted))}
        for place, label in enumerate(labels)
    }
    return {"wanted": wanted, "clips": len(scores), "labels": found}


def _reliability(sides: Mapping[str, Side], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return how often scores of all labels were right, in bins of as many each, over all held-out clips."""
    scores, truth = _both(sides)
    pairs = zip(scores.ravel().tolist(), truth.ravel().tolist(), strict=True)
    return [asdict(each) for each in reliability([Judgement("", score, right) for score, right in pairs])]


def _mistakes(sides: Mapping[str, Side], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return the clips of which the model was surest to say something else, the worst first; of those for testing."""
    side = sides["test"] if sides["test"].examples else sides["validate"]
    said = np.where(side.truth, -1.0, side.scores)  # the surest of what is not in it
    kept = np.where(side.truth, side.scores, 2.0).min(1, initial=2.0)  # the least sure of what is
    surplus = said.max(1, initial=-1.0) - np.where(kept > 1, 0.5, kept)
    worst = [place for place in np.argsort(-surplus, kind="stable")[:WORST].tolist() if surplus[place] > 0]
    return [_mistake(side, place, int(said[place].argmax()), labels) for place in worst]


def _mistake(side: Side, place: int, told: int, labels: Sequence[str]) -> dict[str, Any]:
    example, own = side.examples[place], np.flatnonzero(side.truth[place])
    return {
        "file": str(example.path),
        "start": example.start,
        "end": example.end,
        "said": labels[told],
        "score": round(float(side.scores[place, told]), 4),
        "is": {labels[each]: round(float(side.scores[place, each]), 4) for each in own.tolist()},
    }


def _curve(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the mean loss of each epoch, and the metrics where it was evaluated; steps taken twice count once."""
    losses: dict[int, dict[int, float]] = {}
    for event in events:
        if event["event"] == "progress":
            losses.setdefault(event["epoch"], {})[event["step"]] = event["loss"]
    metrics = {event["epoch"]: event["metrics"] for event in events if event["event"] == "evaluated"}
    means = [[epoch + 1, round(sum(own.values()) / len(own), 5)] for epoch, own in sorted(losses.items())]
    return {"loss": means, "metrics": [{"epoch": epoch + 1, **found} for epoch, found in sorted(metrics.items())]}
