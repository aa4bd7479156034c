"""Ship a bundled model: `python -m earmark_everyday.ship`, after `train` and `judge`.

Takes a run (that on all folds, or the one that was judged), the thresholds and figures of judging, and writes the
checkpoint folder with its card (`card.md`) and the credits of all that it was trained on (`credits.md`).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from textwrap import fill
from typing import Any

import click
import numpy as np

from earmark import golden
from earmark.api import Checkpoint, ModelCard, TrainJob, Want
from earmark.catalogue import fitted
from earmark.checkpoints import TENSORS, read_checkpoint, write_checkpoint
from earmark.host import plugin_of
from earmark.training.job_file import read_job
from earmark_everyday import FOLDS, LABELS
from earmark_everyday.clips import for_training, read_clips
from earmark_everyday.families import FAMILIES

LICENCE = "Apache-2.0; trained on sounds under CC0, CC BY and CC BY-SA, see credits.md"

CANNOT = """\
- It knows twelve sounds. Everything else is nothing to it, or is taken for the nearest of the twelve.
- It has heard twenty to thirty clips of each everyday sound, a few people speaking digits, and otherwise voices and
  music that machines made. A language, an instrument or a dog that is unlike those may be missed.
- Rain, sea waves, a crackling fire and a helicopter are steady noises, and are at times taken for each other; wind and
  fans may be taken for rain or the sea.
- Singing is music to it, and sometimes speech too. Laughter may be taken for crying or a sneeze.
- Scores are not probabilities. The thresholds are those that were best in scenes that were mixed, not recorded.
"""


def mean(judged: dict, *path: str) -> float:
    """Return a figure's mean over the folds."""
    values = []
    for fold in judged["folds"].values():
        for name in path:
            fold = fold.get(name, 0.0)
        values.append(fold)
    return float(np.mean(values))


def metrics_of(judged: dict) -> dict:
    """Return the figures that the checkpoint carries: means over the four folds left out."""
    return {
        "accuracy": round(mean(judged, "accuracy"), 4),
        "tag_f1": round(mean(judged, "tag_f1", "macro"), 4),
        "event_f1_collar": round(mean(judged, "collar_f1", "macro"), 4),
        "event_f1_intersection": round(mean(judged, "intersection_f1", "macro"), 4),
        "false_alarms_an_hour": round(mean(judged, "false_alarms_an_hour", ""), 1),
    }


@dataclass(frozen=True)
class Shipment:
    """What a card tells: the checkpoint, how its training and judging went."""

    checkpoint: Checkpoint
    job: TrainJob
    judged: dict
    began: Mapping[str, Any]
    minutes: float

    @property
    def family(self) -> str:
        """The plugin's name."""
        return plugin_of(self.checkpoint.model_id)

    @property
    def left_out(self) -> list[int]:
        """The folds that its training did not hear."""
        return [fold for fold in FOLDS if fold not in self.job.settings["folds"]]


def card(shipment: Shipment) -> str:
    """Return the model's card, in Markdown."""
    about = f"{FAMILIES[shipment.family].about} {shipment.began['parameters'] / 1e6:.2f} million parameters."
    return f"""# {shipment.checkpoint.model_id}

{fill(about, 120)}

## Figures

{_figures(shipment)}

## Training

{_training(shipment)}

## What it cannot do

{CANNOT}"""


def _figures(shipment: Shipment) -> str:
    judged, folds = shipment.judged, shipment.judged["folds"].values()
    clips, minutes = (sum(fold[name] for fold in folds) for name in ("clips", "noise_minutes"))
    accuracies = ", ".join(f"{fold['accuracy']:.1%}" for fold in folds)
    each = f" ({accuracies})" if len(folds) > 1 else ""
    rows = "\n".join(_row(judged, label, shipment.checkpoint.thresholds[label]) for label in LABELS)
    alarms = mean(judged, "false_alarms_an_hour", "")
    return f"""\
Measured on what training left out, through the engine that the program uses, by `python -m earmark_everyday.judge`.

| | {"mean of 4 folds" if len(folds) > 1 else f"fold {next(iter(judged['folds']))}"} |
|---|---|
| accuracy on {clips} ESC-10 clips, best of twelve labels | {mean(judged, "accuracy"):.1%}{each} |
| which labels a scene has, F1, macro over labels | {mean(judged, "tag_f1", "macro"):.3f} |
| event F1, 0.2 s collar (sed_eval), macro over labels | {mean(judged, "collar_f1", "macro"):.3f} |
| event F1, intersection 0.5 (psds_eval), macro | {mean(judged, "intersection_f1", "macro"):.3f} |
| false alarms an hour on {minutes:.0f} minutes of noise, all labels | {alarms:.1f} |

| label | F1 of scenes | F1 collar | F1 intersection | false alarms an hour | threshold |
|---|---|---|---|---|---|
{rows}

Events are those of scenes of 10 s, 120 a fold: up to two sounds of that fold at a time on a background 6 to 30 dB
below. Noise is synthetic: hiss, hum, fans, clicks, claps, knocks, beeps, at 0 to −40 dB of full scale.
{fill(f"{_split(shipment)} No digit speaker is in fold 4: its speech is synthetic.", 120)}"""


def _split(shipment: Shipment) -> str:
    told = [
        "The thresholds are those that were best on every second scene and noise; all figures but the accuracy are of "
        "the others. Nothing else was decided by them, but these few clips are of one fold alone."
        if shipment.left_out
        else "The thresholds for each fold are those that were best on the scenes of the other three."
    ]
    if not card_of(shipment.checkpoint.model_id).draws_timeline:
        told.append(
            "Its timeline is that of windows of some seconds, into which few events fit: its thresholds are those that "
            "best tell which labels a scene has."
        )
    return " ".join(told)


def _training(shipment: Shipment) -> str:
    job, family, left_out = shipment.job, shipment.family, shipment.left_out
    only = "".join(f" --only fold-{fold}" for fold in left_out)
    ran = (
        f"Trained without fold {left_out[0]}, which is what it was judged by:"
        if left_out
        else "Four runs that leave one fold out and one on all folds, each"
    )
    told = f"""{ran} {job.epochs} epochs of {job.settings["steps"]} steps of {job.batch_size} scenes, seed {job.seed},
AdamW at {job.learning_rate}, {shipment.began["precision"]}, on {platform.machine()}: {shipment.minutes:.0f} minutes a
run, one thread beside other work. ESC-10's fold 5 was not at hand: the folds are 1 to 4. The sources of the demo
recording and the two CC-Sampling+ clips are in no run."""
    return f"""\
```
python -m earmark_everyday.prepare --esc10 ESC10 --digits DIGITS --music MUSIC --out CACHE
python -m earmark_everyday.train --cache CACHE --out RUNS --family {family} --epochs {job.epochs}{only}
python -m earmark_everyday.judge --cache CACHE --runs RUNS --out JUDGED --family {family}{_folds(left_out)}
python -m earmark_everyday.ship --run RUNS/{job.folder.name} --judged JUDGED/judged.json --esc10 ESC10 --out FOLDER
```

{fill(told, 120)}"""


def _folds(left_out: list[int]) -> str:
    return f" --folds {','.join(map(str, left_out))}" if left_out else ""


def _row(judged: dict, label: str, threshold: float) -> str:
    tags = mean(judged, "tag_f1", "labels", label)
    collar = mean(judged, "collar_f1", "labels", label)
    intersection = mean(judged, "intersection_f1", "labels", label)
    alarms = mean(judged, "false_alarms_an_hour", label)
    return f"| {label} | {tags:.2f} | {collar:.2f} | {intersection:.2f} | {alarms:.1f} | {threshold} |"


def credits(esc10: Path, shipment: Shipment) -> str:
    """Return the credits of everything that the model was trained on, in Markdown."""
    clips = [clip for clip in for_training(read_clips(esc10)) if clip.fold not in shipment.left_out]
    lines = "\n".join(f"- {clip.label}, {clip.credit}" for clip in clips)
    folds = ", ".join(map(str, shipment.job.settings["folds"]))
    return f"""# What {shipment.checkpoint.model_id} was trained on

- ESC-10, folds {folds}: K. J. Piczak, *ESC: Dataset for Environmental Sound Classification*, ACM Multimedia 2015,
  doi 10.1145/2733373.2806390, CC BY 3.0; each clip with its own author and licence below.
- Free Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0.
- Samples distributed with Sonic Pi (etc/samples), CC0; those named `arovane_` by Uwe Zahn, the others from Freesound.
- Voices of espeak-ng, flite and festival; pieces played by fluidsynth with the FluidR3 GM sound font (Frank Wen, MIT).

## Clips of ESC-10

{lines}
"""


@click.command()
@click.option("--run", type=click.Path(path_type=Path), required=True, help="The job's folder.")
@click.option("--judged", type=click.Path(path_type=Path), required=True)
@click.option("--esc10", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The checkpoint folder to write.")
def main(run: Path, judged: Path, esc10: Path, out: Path) -> None:
    """Write the bundled model's folder."""
    newest = max((run / "checkpoints").glob("[0-9]*[0-9]"))
    figures = json.loads(judged.read_text())
    shipped = replace(
        read_checkpoint(newest),
        thresholds=figures["thresholds"],
        metrics=metrics_of(figures),
        origin="python -m earmark_everyday.train",
        licence=LICENCE,
    )
    checkpoint = write_checkpoint(out, newest / TENSORS, shipped)
    told = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    began = next(each for each in reversed(told) if "parameters" in each)
    shipment = Shipment(checkpoint, read_job(run), figures, began, (told[-1]["time"] - told[0]["time"]) / 60)
    (out / "card.md").write_text(card(shipment), encoding="utf-8")
    (out / "credits.md").write_text(credits(esc10, shipment), encoding="utf-8")
    keep_answers(checkpoint)


def card_of(model_id: str) -> ModelCard:
    """Return a model's card, as its plugin offers it."""
    return next(card for card in _plugin(model_id).models() if card.model_id == model_id)


def _plugin(model_id: str) -> Any:
    return import_module(f"earmark_{plugin_of(model_id)}")


def keep_answers(checkpoint: Checkpoint) -> None:
    """Write beside a checkpoint what its network answers to the golden clips, on the processor in fp32."""
    plugin, card = _plugin(checkpoint.model_id), fitted(card_of(checkpoint.model_id), checkpoint)
    model = plugin.load(card.model_id, checkpoint, "cpu", "fp32")
    answers = golden.answers_of(card, plugin.infer(model, golden.clips(card), Want(frames=False)))
    golden.require_sane(answers, card.model_id)
    golden.write(checkpoint.path, golden.Golden(weights=checkpoint.sha256, answers=answers))


if __name__ == "__main__":
    main()
