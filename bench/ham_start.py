"""`python -m bench.ham_start ESC10 [--seeds N]`: which start of HAM keeps what a pretrained AST knows?

The bundled AST, which heard folds 2 to 4 of ESC-10 in scenes and none of fold 1, goes on as itself and as four HAMs
that are built on it: on clips of folds 2 to 4, tested on fold 1 before the first step and after each epoch.
"""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch

from earmark import folders
from earmark.api import Example, TrainJob
from earmark.checkpoints import read_checkpoint
from earmark.dataset import open_dataset
from earmark_ast.model import FAMILY as AST
from earmark_ham.model import FAMILY as HAM
from earmark_ham.recipes import SMALL
from earmark_resources import __file__ as resources
from earmark_torch.ast_start import start_from
from earmark_torch.tagger import Tagger, network_for
from earmark_trainer.examples import ExampleSource
from earmark_trainer.fit import Recipe, fit
from earmark_trainer.run import JobRun

PRETRAINED = Path(resources).parent / "models" / "ast-everyday"
FOLD = "1"  # the first digit of a clip's name
EPOCHS, BATCH, RATE = 12, 16, 1e-4
ADDED = {"conformers": 3, "conformer_width": 192, "kernel": 15}
FASTER = {"conformers.": 10.0, "channel_attention.": 10.0}
SIDES = {  # name: its family, what it has beside AST, and which parts learn how many times as fast
    "AST": (AST, {}, {}),
    "residual": (HAM, {**ADDED, "start": "residual"}, {}),
    "residual, new parts 10 × as fast": (HAM, {**ADDED, "start": "residual"}, FASTER),
    "plain": (HAM, {**ADDED, "start": "plain"}, {}),
    "plain, new parts 10 × as fast": (HAM, {**ADDED, "start": "plain"}, FASTER),
}


def main() -> None:
    """Train every side from every seed, and print a line of each and their means."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="ESC-10 or ESC-50's clips of it, named as published")
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    examples = [each for each in open_dataset(chosen.folder.absolute(), None).examples if each.path.name[0] in "1234"]
    found: dict[str, list[list[dict[str, float]]]] = {name: [] for name in SIDES}
    for seed in range(chosen.seeds):
        for name, curves in found.items():
            curves.append(list(curve(name, examples, seed)))
            print(json.dumps({"side": name, "seed": seed, "accuracy": [each["accuracy"] for each in curves[-1]]}))
            sys.stdout.flush()
    for name, curves in found.items():
        print(f"{name:34}", *(f"{text:>18}" for text in summary(curves)))


def curve(name: str, examples: list[Example], seed: int) -> Iterator[dict[str, float]]:
    """Yield accuracy and cross entropy on the test clips: before the first step, and after each epoch."""
    family, added, rates = SIDES[name]
    with tempfile.TemporaryDirectory() as folder:
        job = job_of(examples, Path(folder), seed, added, rates)
        log = StringIO()
        run = JobRun(job.folder, device="cpu", stream=log)
        network = network_for(family, job, start_from)
        source = ExampleSource(job, network.arguments, run)
        yield dict(source.evaluate(network.eval()))
        fit(Tagger(job, network, source), source, Recipe.of(job, source.steps), run)
        events = map(json.loads, log.getvalue().splitlines())
        yield from (each["metrics"] for each in events if each["event"] == "evaluated")


def job_of(
    examples: list[Example], folder: Path, seed: int, added: dict[str, Any], rates: dict[str, float]
) -> TrainJob:
    """Return the recipe for few clips; fold 1 is what an epoch is judged by, and nothing is decided by it."""
    checkpoint = read_checkpoint(PRETRAINED)
    settings = {**SMALL["few clips"]["settings"], "rates": rates, "precision": "32-true", "loaders": 1}
    settings |= {"evaluate_every": 1, "average_from": 1.0, "waveforms": str(folders.cache_folder() / "waveforms")}
    sides = [replace(each, split="validate" if each.path.name[0] == FOLD else "train") for each in examples]
    return TrainJob(
        job_id="ham-start",
        model_id="ham/everyday",
        folder=folder,
        labels=tuple(checkpoint.labels),
        examples=tuple(sides),
        epochs=EPOCHS,
        batch_size=BATCH,
        learning_rate=RATE,
        start_from=PRETRAINED,
        seed=seed,
        settings={**settings, "network": {**checkpoint.network, **added, "single_label": True}},
    )


def summary(curves: list[list[dict[str, float]]]) -> Iterator[str]:
    """Yield what a table says of the runs of a side: at first, at their lowest, and at the end, mean ± deviation."""
    for pick in (lambda each: each[0], lambda each: min(each, key=lambda at: at["accuracy"]), lambda each: each[-1]):
        for metric, unit in (("accuracy", 100), ("loss", 1)):
            values = [pick(each)[metric] * unit for each in curves]
            yield f"{mean(values):.{1 if unit > 1 else 2}f} ± {stdev(values) if len(values) > 1 else 0:.2f}"


if __name__ == "__main__":
    main()
