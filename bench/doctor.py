"""The dataset doctor against planted faults: how many it finds, how often it is wrong, how long it takes.

    python -m bench doctor                  on generated sounds
    python -m bench.doctor FOLDER           on the clips of a labelled folder, faults planted into a copy
    python -m bench.doctor --clips 96 --each 4 --json

Found: the planted file is named, by the kind of finding it deserves, with the clip that it was made of. A false alarm
is a healthy clip that is named, for copies with one of another source than its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench import target
from bench.doctor_sounds import LABELS, RATE, sound
from earmark.audio_file import read
from earmark.dataset import open_dataset
from earmark.training.doctor import Diagnosis, Finding, Kind, check

CLIPS, SECONDS = 400, 5.0
FEWEST = 12  # of each fault that are planted, or a twentieth of the clips
TEST = 0.2  # of the sources
FOUND, FALSE = 0.95, 0.02
LOWEST_MP3, LOWEST_VORBIS = 0.9, 1.0  # libsndfile's compression levels: about 32 kbit/s and Vorbis quality −1

Samples = np.ndarray
Fault = Callable[[Samples, int, Path, np.random.Generator], Path]


@dataclass
class Planted:
    """What is in a folder: the source of each file, and what was done to some."""

    sources: dict[str, str] = field(default_factory=dict)  # by path below the folder's sides and labels
    faults: dict[str, tuple[str, str]] = field(default_factory=dict)  # file name → fault, name of what it was made of
    sides: dict[str, str] = field(default_factory=dict)


def measure() -> dict[str, Any]:
    """Return how the doctor does on generated sounds."""
    with tempfile.TemporaryDirectory() as folder:
        return tried(generated(Path(folder, "sounds"), CLIPS), Path(folder, "planted"))


def generated(folder: Path, clips: int) -> Path:
    """Return a folder of generated sounds, a folder for each label."""
    for number in range(clips):
        label = LABELS[number % len(LABELS)]
        (folder / label).mkdir(parents=True, exist_ok=True)
        samples = sound(label, np.random.default_rng(number), SECONDS)
        soundfile.write(folder / label / f"{label}{number:04d}x.flac", samples, RATE)
    return folder


def tried(folder: Path, work: Path, *, seed: int = 0, each: int | None = None) -> dict[str, Any]:
    """Return what share of the faults planted into a copy of a folder is found, and of false alarms, by kind."""
    planted = plant(folder, work, np.random.default_rng(seed), each)
    dataset = open_dataset(work)
    began, began_cpu = time.perf_counter(), time.process_time()
    diagnosis = check(dataset)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    found, missed = scores(planted, diagnosis)
    false, wrong = false_alarms(planted, diagnosis)
    targets = [target(f"found: {fault}", share, "", at_least=FOUND) for fault, share in found.items()]
    targets += [target(f"false alarms: {kind}", share, "", at_most=FALSE) for kind, share in false.items()]
    clips = len(dataset.examples)
    figures = {"clips": clips, "planted": len(planted.faults), "found": found, "missed": missed, "false": false}
    speed = {"seconds": seconds, "cpu_seconds": cpu, "seconds_for_2000_clips": seconds / clips * 2000}
    return figures | {"wrong": wrong} | speed | {"targets": targets}


def plant(folder: Path, work: Path, rng: np.random.Generator, each: int | None = None) -> Planted:
    """Return what was planted into a copy of a folder: sources keep to one side, each fault is made of another clip."""
    examples = [example for example in open_dataset(folder).examples if example.labels]
    order, planted = rng.permutation(len(examples)), Planted()
    sources = sorted({example.group for example in examples})
    tested = set(rng.choice(sources, round(TEST * len(sources)), replace=False).tolist())
    count = each or max(FEWEST, len(examples) // 20)
    made = [name for name in FAULTS for _ in range(count)][: len(examples)]
    faults = dict(zip(order.tolist(), made, strict=False))
    labels = sorted({example.labels[0] for example in examples})
    for number, example in enumerate(examples):
        side, label = "test" if example.group in tested else "train", example.labels[0]
        fault = faults.get(number, "")
        if fault == "relabelled":
            label = str(rng.choice([other for other in labels if other != label]))
        place = work / side / label / example.path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(example.path, place)
        planted.sources[place.name], planted.sides[place.name] = example.group, side
        if fault == "relabelled":
            planted.faults[place.name] = (fault, place.name)
        elif fault:
            _plant(fault, place, work / str(rng.choice(["train", "test"])) / label, planted, rng)
    return planted


def _plant(fault: str, place: Path, beside: Path, planted: Planted, rng: np.random.Generator) -> None:
    """Put a faulty file, made of a clip, on either side; what is no copy takes the clip's place."""
    beside.mkdir(parents=True, exist_ok=True)
    rate = soundfile.info(place).samplerate
    where = beside if fault in COPIES else place.parent
    made = FAULTS[fault](read(place), rate, where / f"{fault.replace(' ', '')}{rng.integers(1 << 32):08x}y", rng)
    planted.faults[made.name] = (fault, place.name)
    planted.sources[made.name], planted.sides[made.name] = planted.sources[place.name], where.parent.name
    if fault not in COPIES:
        place.unlink()


def scores(planted: Planted, diagnosis: Diagnosis) -> tuple[dict[str, float], list[str]]:
    """Return the share that was found of each fault, and of the leaks that copies made; and what was missed."""
    told: defaultdict[str, list[bool]] = defaultdict(list)
    missed = []
    for name, (fault, origin) in planted.faults.items():
        expected, named = {fault: DESERVED[fault]}, {name, origin} if fault in COPIES else {name}
        if fault in COPIES and planted.sides[name] != planted.sides[origin]:
            expected["leak"] = (Kind.LEAK,)
        for what, kinds in expected.items():
            told[what].append(any(named <= _names(each) for each in diagnosis.of(*kinds)))
            missed += [f"{what}: {name} of {origin}"] * (not told[what][-1])
    return {what: sum(each) / len(each) for what, each in sorted(told.items())}, missed


def false_alarms(planted: Planted, diagnosis: Diagnosis) -> tuple[dict[str, float], list[str]]:
    """Return the share of clips that are wrongly named, by kind; and the sentences."""
    wrong: defaultdict[Kind, set[str]] = defaultdict(set)
    said = []
    for finding in diagnosis.of(*JUDGED):
        if names := _wrongly_named(finding, planted):
            wrong[finding.kind] |= names
            said.append(f"{finding.kind}: {finding.sentence}")
    return {str(kind): len(wrong[kind]) / len(planted.sources) for kind in JUDGED}, said


def _wrongly_named(finding: Finding, planted: Planted) -> set[str]:
    names = _names(finding)
    if finding.kind in (Kind.NEAR, Kind.EXACT, Kind.CONFLICT, Kind.LEAK):
        return names if len({planted.sources[name] for name in names}) > 1 else set()
    faults = {name: planted.faults.get(name, ("",))[0] for name in names}
    return {name for name, fault in faults.items() if finding.kind not in DESERVED.get(fault, ())}


def _names(finding: Finding) -> set[str]:
    return {place.path.name for place in finding.places}


def _crop(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    """Keep a third to two thirds, around some moment that is not silent."""
    length = round(len(samples) * rng.uniform(0.35, 0.65))
    heard = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max())
    begin = int(np.clip(rng.choice(heard) - length // 2, 0, len(samples) - length))
    return _written(samples[begin : begin + length], rate, place, ".wav")


def _louder(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    """Change the gain by 12 dB: up where there is room."""
    factor = 4.0 if np.abs(samples).max() < 0.24 else 0.25
    return _written(samples * factor, rate, place, ".wav")


def _mp3(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    return _written(samples, rate, place, ".mp3", compression_level=LOWEST_MP3)


def _vorbis(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    return _written(samples, rate, place, ".ogg", compression_level=LOWEST_VORBIS)


def _clipped(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    """Cut off three in a hundred samples, at any level."""
    limit = np.quantile(np.abs(samples), 0.97)
    return _written(np.clip(samples / limit, -1, 1) * rng.uniform(0.5, 1), rate, place, ".wav")


def _silent(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    """Nothing, or what a converter makes of nothing."""
    noise = rng.normal(0, 1e-4, len(samples)) * rng.integers(2)
    return _written(noise, rate, place, ".wav")


def _short(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    begin = int(np.argmax(np.abs(samples[: -rate // 4])))
    return _written(samples[begin : begin + round(rate * rng.uniform(0.02, 0.15))], rate, place, ".wav")


def _empty(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    path = _written(samples[:0], rate, place, ".wav")
    path.write_bytes(path.read_bytes() * int(rng.integers(2)))
    return path


def _unreadable(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    path = place.with_suffix(".wav")
    path.write_bytes(rng.bytes(int(rng.integers(100, 100_000))))
    return path


def _same(samples: Samples, rate: int, place: Path, rng: np.random.Generator) -> Path:
    """Write the decoded samples as they are, bit by bit."""
    return _written(samples, rate, place, ".wav", subtype="FLOAT")


def _written(samples: Samples, rate: int, place: Path, suffix: str, **how: Any) -> Path:
    path = place.with_suffix(suffix)
    soundfile.write(path, samples, rate, **how)
    return path


COPIES: dict[str, Fault] = {
    "crop": _crop,
    "gain": _louder,
    "mp3": _mp3,
    "vorbis": _vorbis,
    "same samples": _same,
}
FAULTS: dict[str, Fault] = COPIES | {
    "relabelled": _same,
    "clipped": _clipped,
    "silent": _silent,
    "too short": _short,
    "empty": _empty,
    "unreadable": _unreadable,
}
DESERVED: dict[str, tuple[Kind, ...]] = {
    **dict.fromkeys(COPIES, (Kind.NEAR, Kind.EXACT)),
    "relabelled": (Kind.SUSPECT, Kind.CONFLICT),
    "clipped": (Kind.CLIPPED,),
    "silent": (Kind.SILENT,),
    "too short": (Kind.SHORT,),
    "empty": (Kind.EMPTY,),
    "unreadable": (Kind.UNREADABLE,),
}
JUDGED = (
    *(Kind.LEAK, Kind.CONFLICT, Kind.UNREADABLE, Kind.EMPTY, Kind.SILENT, Kind.SHORT, Kind.CLIPPED),
    *(Kind.EXACT, Kind.NEAR, Kind.SUSPECT),
)


def main() -> None:
    """Print what was measured, for a folder or generated sounds, under a home of its own."""
    parser = argparse.ArgumentParser(description="The dataset doctor against planted faults.")
    parser.add_argument("folder", nargs="?", type=Path, help="Labelled clips; without, sounds are generated.")
    parser.add_argument("--clips", type=int, default=CLIPS, help="How many are generated.")
    parser.add_argument("--each", type=int, help="How many of each fault are planted.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="Instead of lines for people.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        os.environ["EARMARK_HOME"] = str(Path(work, "home"))
        folder = chosen.folder or generated(Path(work, "sounds"), chosen.clips)
        report = tried(folder, Path(work, "planted"), seed=chosen.seed, each=chosen.each)
    print(json.dumps(report, indent=1) if chosen.json else "\n".join(lines(report)))


def lines(report: dict[str, Any]) -> list[str]:
    """Return a report as people read it."""
    said = [f"{report['clips']} clips, {report['planted']} faults; {report['seconds']:.1f} s"]
    said += [
        f"{'  ' if each['met'] else '! '}{each['what']:<32} {100 * each['value']:6.1f} %" for each in report["targets"]
    ]
    return [*said, *(f"missed: {each}" for each in report["missed"]), *(f"false: {each}" for each in report["wrong"])]


if __name__ == "__main__":
    main()
