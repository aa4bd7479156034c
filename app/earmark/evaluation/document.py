"""The result of an evaluation as plain JSON, versioned as the document of `earmark tag` is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from earmark.analysis import Heading
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.evaluation.embeddings import EmbeddingMap
from earmark.evaluation.event_scores import F1
from earmark.evaluation.event_trial import EventScores
from earmark.evaluation.htsat_protocol import THRESHOLDS
from earmark.evaluation.published import Published
from earmark.evaluation.tag_scores import TagScores
from earmark.evaluation.trial import Conditions, Result

VERSION = 1


def result_document(
    result: Result, dataset: Dataset, *, side: str, protocol: str, published: Sequence[Published]
) -> dict[str, Any]:
    """Return everything that is known of one model on one data set.

    Args:
        side: which examples: "test", "fold 1", "folds 1, 2", "all".
    """
    return {
        "version": VERSION,
        "folder": str(dataset.folder),
        "dataset": {"kind": dataset.kind, "title": dataset.title, "labels": len(dataset.labels)},
        "side": side,
        "model": result.model_id,
        "weights": result.weights,
        "clips": result.clips,
        "unknown_labels": list(result.match.unknown),
        "tags": _tags(result.tags, result.match.labels) if result.tags else None,
        "events": events_document(result.events) if result.events else None,
        "embeddings": asdict(result.quality) if result.quality else None,
        "map": _map(result.map) if result.map else None,
        "published": [asdict(each) for each in published],
        "protocol": protocol,
        "failed": [{"file": str(path), "error": str(error)} for path, error in result.failures],
        "warnings": [*dataset.warnings, *result.warnings],
    }


def predictions_document(scores: EventScores, predictions: Path, truth: str) -> dict[str, Any]:
    """Return the scores of a list of events that another program found."""
    known = {"version": VERSION, "predictions": str(predictions), "truth": truth}
    return {**known, "events": events_document(scores), "warnings": list(scores.warnings)}


def tags_document(
    scores: TagScores, labels: Sequence[str], predictions: Path, truth: str, warnings: Sequence[str]
) -> dict[str, Any]:
    """Return the scores of a table of clips' scores that another program gave."""
    known = {"version": VERSION, "predictions": str(predictions), "truth": truth}
    return {**known, "tags": _tags(scores, labels), "warnings": list(warnings)}


def events_document(scores: EventScores) -> dict[str, Any]:
    """Return the scores of events."""
    return {
        "recordings": scores.recordings,
        "true": scores.true,
        "found": scores.found,
        "event_f1": {"collar": scores.collar, "offset_share": 0.2, **_f1(scores.event)},
        "segment_f1": {"seconds": scores.segment_seconds, **_f1(scores.segment)},
        "intersection_f1": {
            "dtc": scores.tolerance.detection,
            "gtc": scores.tolerance.truth,
            "cttc": scores.tolerance.cross_trigger,
            **_f1(scores.intersection),
        },
        "psds_1": scores.psds_1,
        "psds_2": scores.psds_2,
    }


def ours(result: Result) -> Mapping[str, float | None]:
    """Return the figures that papers publish, by the names that `published` compares by."""
    tags, events = result.tags, result.events
    return {
        "mean_average_precision": tags.mean_average_precision if tags else None,
        "accuracy": tags.accuracy if tags else None,
        "top_5": tags.top_5 if tags else None,
        "auc": tags.auc if tags else None,
        "d_prime": tags.d_prime if tags else None,
        "intersection_f1": events.intersection.scorers if events else None,
    }


def protocol_of(
    dataset: Dataset, heading: Heading, how: Conditions, *, side: str, clips: int, is_htsat: bool = False
) -> str:
    """Return in a few sentences how the figures came about, so that nobody compares what cannot be compared."""
    said = [f"Read as {dataset.title}, {side}: {counted(clips, 'clip')} of {len(dataset.examples)} in the folder."]
    if is_htsat:
        limits = ", ".join(f"{label} {THRESHOLDS[label]:g}" for label in sorted(THRESHOLDS))
        said.append(
            "HTS-AT's localisation protocol: 10 s at 32 kHz, filled up with silence; frames repeated to 1024 steps; "
            f"a label is on where any of its group exceeds its threshold ({limits}); nothing is smoothed or joined."
        )
    else:
        said.append(
            f"Heard in windows of {heading.window_seconds:g} s that overlap by half; a clip's score is the "
            f"{'highest' if how.pool == 'max' else 'mean'} of its windows."
        )
    if dataset.is_single_label:
        said.append("Accuracy takes the highest of the data set's labels that the model knows.")
    said.append("Test-time augmentation: none but the model's own.")
    if dataset.folds:
        said.append(f"The data set has {len(set(dataset.folds))} folds: papers give the mean over all of them.")
    return " ".join(said)


def _tags(scores: TagScores, labels: Sequence[str]) -> dict[str, Any]:
    table = None if scores.confusion is None else {"labels": list(labels), "counts": scores.confusion.tolist()}
    return {
        "clips": scores.clips,
        "accuracy": scores.accuracy,
        "top_5": scores.top_5,
        "mean_average_precision": scores.mean_average_precision,
        "auc": scores.auc,
        "d_prime": scores.d_prime if scores.d_prime is not None and math.isfinite(scores.d_prime) else None,
        "labels": [asdict(each) for each in scores.labels],
        "confusion": table,
    }


def _f1(scores: F1) -> dict[str, Any]:
    return {
        "macro": scores.macro,
        "scorers_macro": scores.scorers,
        "micro": scores.micro,
        "labels": dict(scores.labels),
    }


def _map(found: EmbeddingMap) -> dict[str, Any]:
    points = [
        {"path": str(p.path), "start": p.start, "end": p.end, "label": p.label, "xy": list(p.xy)} for p in found.points
    ]
    return {"method": found.method, "seed": found.seed, "points": points}
