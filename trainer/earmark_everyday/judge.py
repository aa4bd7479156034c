"""Judge a bundled model: `python -m earmark_everyday.judge --cache CACHE --runs RUNS --out JUDGED --family ast`.

Each fold's model hears what its training left out, as files, through the engine that people use: whole clips
(accuracy), scenes with events of known time (F1 of labels and of events), noise (false alarms an hour). Thresholds for
a fold are those that were best on the scenes of the other folds; the thresholds to ship are those that are best on all.
Where one fold alone is judged, its thresholds are those that were best on every second scene, and its figures are of
the others.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
import numpy as np
import soundfile

from earmark.analysis import Analysis
from earmark.api import Float
from earmark.checkpoints import folder_of
from earmark.engine_client import Engines
from earmark.evaluation.event_scores import event_f1, false_alarms_an_hour, intersection_f1
from earmark.events import Event, EventSettings, find_events
from earmark_everyday import LABELS, NOISE, SAMPLE_RATE
from earmark_everyday.families import FAMILIES
from earmark_everyday.matching import best_threshold
from earmark_everyday.placing import Placed
from earmark_everyday.scenes import make_scenes
from earmark_everyday.sounds import Cache, Sound, read_cache

SCENES = 120
"""Scenes of 10 s to a fold."""


@dataclass(frozen=True)
class Trial:
    """What one fold's model heard in what its training left out.

    Attributes:
        clips: the label and the analysis of each clip.
        scenes: what is in each scene, and its analysis.
        noise: the analyses of noises.
    """

    clips: list[tuple[str, Analysis]]
    scenes: list[tuple[tuple[Placed, ...], Analysis]]
    noise: list[Analysis]


def settings_of(thresholds: Mapping[str, float]) -> EventSettings:
    """Return the product's own settings with these thresholds."""
    return EventSettings(thresholds=thresholds)


def events_in(analysis: Analysis, thresholds: Mapping[str, float]) -> list[Event]:
    """Return the events that the product would draw."""
    frames, hop = analysis.timeline()
    return find_events(frames, hop, analysis.labels, settings_of(thresholds), duration=analysis.duration)


def hear_fold(cache: Cache, fold: int, model_id: str, engines: Engines, folder: Path) -> Trial:
    """Return what a model hears in the sounds of a fold, written to `folder` as files first."""

    def heard(name: str, samples: Float) -> Analysis:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
        return engines.analyse(path, model_id)

    clips = [sound for sound in cache.sounds if sound.kind == "clip" and sound.variant == 0 and sound.fold == fold]
    noises = [sound for sound in cache.sounds if sound.label == NOISE and sound.fold == fold]
    scenes = make_scenes(cache, [fold], SCENES, seed=fold)
    return Trial(
        [(clip.label, heard(f"clips/{number}.wav", cache.stretch(clip))) for number, clip in enumerate(clips)],
        [(scene.events, heard(f"scenes/{scene.name}", scene.samples)) for scene in scenes],
        [heard(f"noise/{number}.wav", _quiet(cache, noise)) for number, noise in enumerate(noises)],
    )


def _quiet(cache: Cache, noise: Sound) -> Float:
    """Return a noise at a level that follows from its name: rooms are heard quietly, fans loudly."""
    gain_db = -np.random.default_rng(noise.offset).uniform(0, 40)
    return cache.stretch(noise) * np.float32(10 ** (gain_db / 20))


def halves(trial: Trial) -> tuple[Trial, Trial]:
    """Return a trial with every second of its scenes and noises, and the same with the others."""
    one, other = (replace(trial, scenes=trial.scenes[first::2], noise=trial.noise[first::2]) for first in (0, 1))
    return one, other


def install(run: Path, model_id: str) -> None:
    """Put a run's newest checkpoint where the engine finds it."""
    newest = max((run / "checkpoints").glob("[0-9]*[0-9]"))
    folder = folder_of(model_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("network.safetensors", "checkpoint.json"):
        shutil.copy(newest / name, folder)


def thresholds_from(trials: Iterable[Trial]) -> dict[str, float]:
    """Return the threshold of each label that finds its events best, by collar F1, in the trials' scenes."""
    scenes = [scene for trial in trials for scene in trial.scenes]
    noise = [analysis for trial in trials for analysis in trial.noise]
    return {label: best_threshold(label, scenes, noise) for label in LABELS}


def figures(trial: Trial, thresholds: Mapping[str, float]) -> dict:
    """Return how good the model is on what one fold left out."""
    right = [analysis.tags()[0][0] == label for label, analysis in trial.clips]
    truth = {str(analysis.path.name): events for events, analysis in trial.scenes}
    found = {str(analysis.path.name): events_in(analysis, thresholds) for _, analysis in trial.scenes}
    durations = {str(analysis.path.name): analysis.duration for _, analysis in trial.scenes}
    alarms = {str(analysis.path.name): events_in(analysis, thresholds) for analysis in trial.noise}
    return {
        "clips": len(right),
        "accuracy": float(np.mean(right)),
        "tag_f1": tag_f1(truth, found),
        "collar_f1": asdict(event_f1(truth, found)),
        "intersection_f1": asdict(intersection_f1(truth, found, durations)),
        "false_alarms_an_hour": false_alarms_an_hour(alarms, {a.path.name: a.duration for a in trial.noise}),
        "noise_minutes": sum(analysis.duration for analysis in trial.noise) / 60,
    }


def tag_f1(truth: Mapping[str, Sequence[Placed]], found: Mapping[str, Sequence[Event]]) -> dict:
    """Return how well it is told which labels a scene has, whenever they sound: F1 over scenes, macro over labels."""

    def has(events: Mapping[str, Sequence[Placed | Event]], label: str) -> set[str]:
        return {name for name, there in events.items() if any(event.label == label for event in there)}

    pairs = {label: (has(truth, label), has(found, label)) for label in LABELS}
    by_label = {
        label: 2 * len(wanted & told) / (len(wanted) + len(told))
        for label, (wanted, told) in pairs.items()
        if wanted or told
    }
    return {"macro": float(np.mean(list(by_label.values()) or 0.0)), "labels": by_label}


def confusion(trials: Sequence[Trial]) -> dict[str, dict[str, int]]:
    """Return how often clips of a label were taken for which."""
    table: dict[str, dict[str, int]] = {}
    for trial in trials:
        for label, analysis in trial.clips:
            row = table.setdefault(label, {})
            best = analysis.tags()[0][0]
            row[best] = row.get(best, 0) + 1
    return table


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="What prepare rendered.")
@click.option("--runs", type=click.Path(path_type=Path), required=True, help="Where train put its jobs.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the files and judged.json go.")
@click.option("--family", type=click.Choice(list(FAMILIES)), default="htsat", show_default=True)
@click.option("--folds", default="1,2,3,4", show_default=True)
def main(cache: Path, runs: Path, out: Path, family: str, folds: str) -> None:
    """Judge each fold's model on what its training left out."""
    os.environ["EARMARK_HOME"] = str((out / "home").resolve())
    sounds, engines = read_cache(cache), Engines()
    chosen = [int(fold) for fold in folds.split(",")]
    trials = {}
    for fold in chosen:
        install(runs / f"fold-{fold}", f"{family}/fold-{fold}")
    engines.refresh()
    for fold in chosen:
        trials[fold] = hear_fold(sounds, fold, f"{family}/fold-{fold}", engines, out / f"fold-{fold}")
    engines.close()
    judged = judged_of(trials)
    (out / "judged.json").write_text(json.dumps(judged, indent=1) + "\n")
    print(summary(judged))


def judged_of(trials: Mapping[int, Trial]) -> dict:
    """Return each fold's figures, by thresholds that its own events did not choose, and the thresholds to ship."""
    if len(trials) == 1:
        ((fold, trial),) = trials.items()
        chosen_by, told = halves(trial)
        found = {fold: (told, thresholds_from([chosen_by]))}
    else:
        others = {fold: [trials[each] for each in trials if each != fold] for fold in trials}
        found = {fold: (trial, thresholds_from(others[fold])) for fold, trial in trials.items()}
    return {
        "folds": {fold: figures(trial, thresholds) for fold, (trial, thresholds) in found.items()},
        "thresholds": next(iter(found.values()))[1] if len(trials) == 1 else thresholds_from(trials.values()),
        "confusion": confusion(list(trials.values())),
    }


def summary(judged: dict) -> str:
    """Return the means over folds, a line each, and the F1 of each label."""
    folds = list(judged["folds"].values())
    lines = [f"accuracy {[round(f['accuracy'], 4) for f in folds]} mean {np.mean([f['accuracy'] for f in folds]):.4f}"]
    for name in ("tag_f1", "collar_f1", "intersection_f1"):
        lines.append(f"{name} {np.mean([f[name]['macro'] for f in folds]):.3f}")
        by_label = {label: np.mean([f[name]["labels"].get(label, 0.0) for f in folds]) for label in LABELS}
        lines.append("  " + ", ".join(f"{label} {value:.2f}" for label, value in by_label.items()))
    alarms = [f["false_alarms_an_hour"] for f in folds]
    lines.append(f"false alarms an hour {np.mean([a[''] for a in alarms]):.1f}")
    lines.append(f"  {[{k: round(v, 1) for k, v in a.items() if k} for a in alarms]}")
    return "\n".join([*lines, f"thresholds {judged['thresholds']}", f"confusion {judged['confusion']}"])


if __name__ == "__main__":
    main()
