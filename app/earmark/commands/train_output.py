"""What `earmark train` prints: what it would do, what the model reached, or the table of all folds and seeds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from earmark.api import Checkpoint
from earmark.checkpoints import model_id_of
from earmark.commands.train_choice import Estimate, Intent
from earmark.counted import counted
from earmark.score_text import per_cent
from earmark.times import time_text
from earmark.training.doctor import Finding, rendered
from earmark.training.doctor.report import heading, verdict
from earmark.training.estimate import about
from earmark.training.report import recipe_of
from earmark.training.splits import leaking
from earmark.training.study import METRICS, summary

VERSION = 1
SIDES = ("train", "validate", "test")
TITLES = {"accuracy": "accuracy", "mean_average_precision": "mAP", "auc": "AUC"}


def print_check(intent: Intent, estimate: Estimate | None, format_name: str | None) -> None:
    """Print what is wrong with the data, what would be trained on what, and how long that takes."""
    found = {**check_document(intent), "estimate": _estimate(estimate)}
    if format_name == "json":
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    Console(highlight=False).print(rendered(intent.diagnosis))
    width = max(len(label) for label in found["labels"])
    click.echo(f"  {'label':<{width}}  {'train':>8}  {'validate':>8}  {'test':>8}")
    for label, counts in [*found["labels"].items(), ("clips", found["clips"])]:
        click.echo(f"  {label:<{width}}  {counts['train']:>8}  {counts['validate']:>8}  {counts['test']:>8}")
    for each in found["left_out"]:
        click.echo(f"Will be left out: {each['sentence']}")
    recipe = found["recipe"]
    click.echo(f"{counted(found['sources'], 'source')}, {found['leaking']} of them on two sides of this split.")
    click.echo(
        f"{found['model']}, “{recipe['preset']}”: {counted(recipe['epochs'], 'epoch')} of batches of "
        f"{recipe['batch_size']}, rate {recipe['learning_rate']:g}; {counted(found['jobs'], 'job')}."
    )
    click.echo(about(estimate.seconds, estimate.pace) if estimate else "How long it takes could not be tried.")


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    return {"seconds": round(estimate.seconds, 1), **asdict(estimate.pace)} if estimate else None


def tell_diagnosis(intent: Intent) -> None:
    """Say on stderr what is trained on, what of it is left out, and how much is wrong with it."""
    click.echo(heading(intent.diagnosis), err=True)
    for each in intent.left_out:
        click.echo(f"Left out: {each.sentence}", err=True)
    if intent.diagnosis.findings:
        click.echo(f"{verdict(intent.diagnosis)} What, and what to do: earmark train … --check-only", err=True)


def check_document(intent: Intent) -> dict[str, Any]:
    """Return what would be trained on what, as plain JSON; the split is the first job's."""
    part, dataset = intent.parts[0][1], intent.dataset
    job = intent.plan.job(part, Path(intent.plan.name))
    labels = {label: dict.fromkeys(SIDES, 0) for label in job.labels}
    for example in part.examples:
        for label in example.labels:
            labels[label][example.split] += 1
    return {
        "version": VERSION,
        "folder": str(dataset.folder),
        "kind": dataset.kind,
        "title": dataset.title,
        "doctor": intent.diagnosis.to_json(),
        "left_out": [_left_out(each) for each in intent.left_out],
        "labels": labels,
        "clips": {side: len(part.part(side)) for side in SIDES},
        "sources": len({each.group or str(each.path) for each in part.examples}),
        "leaking": len(leaking(part)),
        "model": intent.plan.model.model_id,
        "name": intent.plan.name,
        "jobs": len(intent.parts),
        "recipe": recipe_of(job),
    }


def _left_out(finding: Finding) -> dict[str, Any]:
    return {"files": [str(place.path) for place in finding.places], "sentence": finding.sentence}


def print_model(found: Mapping[str, Any], made: Checkpoint, folder: Path, format_name: str | None) -> None:
    """Print what the new model reached, and where it and its report are."""
    model_id = model_id_of(made)
    if format_name == "json":
        click.echo(json.dumps({**found, "model": model_id, "folder": str(folder)}, ensure_ascii=False))
        return
    for line in _reached(found):
        click.echo(line)
    click.echo(f"The report is in {folder / 'report.html'}")
    click.echo(f"{model_id} is ready: earmark tag RECORDING --model {model_id}")


def _reached(found: Mapping[str, Any]) -> list[str]:
    told = found["test"] or found["validate"]
    if not told:
        return ["No clips were held out: nothing is known of how good it is."]
    on = f"on {counted(told['clips'], 'clip')}" + ("" if found["test"] else " of validation, which chose it")
    lines = [f"{_figures(told)} {on}"]
    if start := found["start"]:
        lines.append(f"before: {_figures(start)} ({start['model']})")
        lines += start["warnings"]
    if leaky := found["leaky"]:
        lines.append(f"on a split that ignores sources: {_figures(leaky)}, which is not to be believed")
    if found["learning_curve"]:
        lines.append(found["learning_curve"]["sentence"])
    taken = Counter((each["said"], *each["is"]) for each in found["mistakes"]).most_common(3)
    lines += [f"{count} × {' and '.join(own) or 'none of them'} taken for {said}" for (said, *own), count in taken]
    return lines


def _figures(told: Mapping[str, Any]) -> str:
    known = {TITLES[name]: told[name] for name in METRICS if told.get(name) is not None}
    return ", ".join(f"{name} {_figure(name, value)}" for name, value in known.items())


def _figure(name: str, value: float) -> str:
    return per_cent(value) if name == "accuracy" else f"{value:.3f}"


def print_table(folder: Path, outcomes: Sequence[Mapping[str, Any]], format_name: str | None) -> None:
    """Print what each fold and seed reached, and mean ± deviation."""
    means = summary([dict(each) for each in outcomes])
    if format_name == "json":
        document = {"version": VERSION, "folder": str(folder), "jobs": list(outcomes), "mean": means}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    names = [name for name in METRICS if name in means]
    click.echo(f"{'fold':>5} {'seed':>5} {'clips':>6} {'time':>9}  " + "".join(f"{TITLES[n]:>17}" for n in names))
    for each in outcomes:
        shown = "".join(f"{_cell(each[name]):>17}" for name in names)
        ended = "" if each["how"] == "done" else f"  {each['how'] or 'not begun'}"
        when = f"{each['fold'] or '–':>5} {each['seed']:>5} {each['test_clips']:>6} {time_text(each['seconds'], 0):>9}"
        click.echo(f"{when}  {shown}{ended}")
    told = "".join(f"{_mean(means[name]):>17}" for name in names)
    click.echo(f"{'mean ± deviation':<28}  {told}")


def _mean(found: Mapping[str, float]) -> str:
    return f"{found['mean']:.4f} ± {found['deviation']:.4f}"


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
