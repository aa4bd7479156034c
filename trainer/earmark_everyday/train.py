"""Train a bundled model: `python -m earmark_everyday.train --cache CACHE --out RUNS --family ast`.

One job for each fold left out, then one on all folds, all with the same settings, each a process of `earmark_trainer`
that can be killed at any time: started again, it goes on where it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click

from earmark.api import TrainJob
from earmark.training.job_file import write_job
from earmark_everyday import FOLDS, LABELS
from earmark_everyday.families import FAMILIES


def everyday_job(
    cache: Path, folder: Path, *, family: str = "htsat", left_out: int | None, epochs: int, seed: int
) -> TrainJob:
    """Return the job that trains on all folds but one (or on all)."""
    return TrainJob(
        job_id=folder.name,
        model_id=f"{family}/everyday",
        folder=folder,
        labels=LABELS,
        examples=(),
        epochs=epochs,
        batch_size=16,
        learning_rate=1.5e-3,
        seed=seed,
        settings={
            "scenes": str(cache.resolve()),
            "folds": [fold for fold in FOLDS if fold != left_out],
            "network": dict(FAMILIES[family].network),
            "steps": 50,
            "warmup": 150,
            "weight_decay": 0.02,
            "evaluate_every": 10,
            "mix": 0.0,
            **FAMILIES[family].masked,
            "trained_on": "ESC-10 folds, Free Spoken Digits, synthetic voices, CC0 samples and General MIDI pieces",
        },
    )


def ended(folder: Path) -> str | None:
    """Return how a job ended, or None where it has not."""
    log = folder / "events.jsonl"
    last = log.read_text().splitlines()[-1:] if log.exists() else []
    return json.loads(last[0]).get("how") if last else None


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="What earmark_everyday.prepare rendered.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the job folders go.")
@click.option("--family", type=click.Choice(list(FAMILIES)), default="htsat", show_default=True)
@click.option("--epochs", default=60, show_default=True, help="Of 50 steps of 16 scenes.")
@click.option("--seed", default=1, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(["fold-1", "fold-2", "fold-3", "fold-4", "all"]))
def main(cache: Path, out: Path, family: str, epochs: int, seed: int, only: tuple[str, ...]) -> None:
    """Run every job that has not ended yet."""
    jobs = {f"fold-{fold}": fold for fold in FOLDS} | {"all": None}
    for name, left_out in jobs.items():
        folder = out / name
        if (only and name not in only) or ended(folder) == "done":
            continue
        if not (folder / "job.json").exists():
            write_job(everyday_job(cache, folder, family=family, left_out=left_out, epochs=epochs, seed=seed))
        subprocess.run([sys.executable, "-m", "earmark_trainer", str(folder)], check=True)


if __name__ == "__main__":
    main()
