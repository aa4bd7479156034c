"""A job's examples as a source of batches, and as what is judged by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import torch
from torch import Tensor, nn

from earmark.api import DatasetError, Example, Float, Run, TrainJob
from earmark.evaluation.tag_scores import tag_scores
from earmark.folders import cache_folder
from earmark.windows import fit_clip, plan
from earmark_trainer.sampling import Sampler
from earmark_trainer.waveforms import Waveforms

JUDGED_AT_ONCE = 8  # windows


@dataclass(frozen=True)
class Judged:
    """What a network says of examples.

    Attributes:
        scores: [examples, labels] in 0..1, the mean over an example's windows.
        truth: [examples, labels], 1 where the label is in it.
    """

    examples: Sequence[Example]
    scores: Float
    truth: Float


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a network takes and gives: samples and frame steps of a clip, and how shorter sounds are brought there."""

    samples: int
    sample_rate: int
    steps: int
    short: str


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How a clip is changed on its way into a batch.

    Attributes:
        speeds: factors of speed, one drawn for each clip; pitch follows.
        gain_db: ± decibels.
        place: a sound that is shorter than the window lies anywhere in it, not only at its start.
        roll: share of clips that are shifted in a circle, where they carry no events.
    """

    speeds: tuple[float, ...] = (1.0,)
    gain_db: float = 0.0
    place: bool = True
    roll: float = 0.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Handling:
        """Return the handling in a job's settings."""
        named = [each.name for each in fields(cls) if each.name in settings]
        found: dict[str, Any] = {name: settings[name] for name in named}
        restored: dict[str, Any] = {n: tuple(each) if isinstance(each, list) else each for n, each in found.items()}
        return cls(**restored)


class ExampleSource:
    """Batches of a job's training examples; its validation examples are what `evaluate` measures.

    Raises:
        DatasetError: there is nothing to train on, or nothing of it can be read.
    """

    def __init__(self, job: TrainJob, arguments: Any, run: Run) -> None:
        self.labels, self.seed = job.labels, job.seed
        self.single_label = bool(arguments.single_label)
        self.shape = Shape(
            samples=round(arguments.seconds * arguments.sample_rate),
            sample_rate=arguments.sample_rate,
            steps=getattr(arguments, "steps", 1),
            short=str(job.settings.get("short", "pad")),
        )
        self.handling = Handling.of(job.settings)
        folder = Path(str(job.settings.get("waveforms", cache_folder() / "waveforms")))
        self.waveforms = Waveforms(folder, arguments.sample_rate)
        readable = _readable(job, self.waveforms, run)
        self.train = [each for each in readable if each.split == "train"]
        self.held = {split: [each for each in readable if each.split == split] for split in ("validate", "test")}
        self.places = {each: number for number, each in enumerate(job.examples)}
        if not self.train:
            hint = "At least one readable example must be for training."
            raise DatasetError("This job has no sounds to train on.", hint=hint)
        own = [each.labels for each in self.train]
        sampling = job.settings.get("sampling", "shuffled")
        self.sampler = Sampler(own, batch=job.batch_size, seed=job.seed, sampling=sampling)

    @property
    def steps(self) -> int:
        """Batches to an epoch."""
        return self.sampler.steps

    def batch(self, epoch: int, step: int) -> tuple[Tensor, ...]:
        """Return waveforms [clips, samples], frame labels [clips, steps, labels], clip labels [clips, labels]."""
        drawn = [
            self._clip(self.train[number], np.random.default_rng((self.seed, epoch, step, place)))
            for place, number in enumerate(self.sampler.numbers(epoch, step))
        ]
        return tuple(torch.from_numpy(np.stack(each)) for each in zip(*drawn, strict=True))

    def _clip(self, example: Example, rng: np.random.Generator) -> tuple[Float, Float, Float]:
        """Return one example as a window: samples [samples], frames [steps, labels], clip labels [labels]."""
        speed = float(rng.choice(self.handling.speeds))
        sound = at_speed(self._sound(example), speed, self.shape.sample_rate)
        offset = self._offset(len(sound), rng)  # of the window in the sound; negative: silence comes first
        gain = np.float32(10 ** (rng.uniform(-1, 1) * self.handling.gain_db / 20))
        window = fit_clip(np.pad(sound[max(0, offset) :], (max(0, -offset), 0)), self.shape.samples, self.shape.short)
        frames = self._frames(example, offset / self.shape.sample_rate, speed)
        if not example.events and rng.random() < self.handling.roll:
            window = np.roll(window, rng.integers(len(window)))
        return window * gain, frames, self._clip_labels(example, frames)

    def _offset(self, length: int, rng: np.random.Generator) -> int:
        room = length - self.shape.samples
        if room >= 0:
            return int(rng.integers(room + 1))
        return -int(rng.integers(1 - room)) if self.handling.place and self.shape.short == "pad" else 0

    def _sound(self, example: Example) -> Float:
        samples, rate = self.waveforms.samples(example.path), self.shape.sample_rate
        last = len(samples) if example.end is None else round(example.end * rate)
        found = samples[round(example.start * rate) : last]
        return np.array(found if len(found) else np.zeros(1), np.float32)

    def _frames(self, example: Example, offset: float, speed: float) -> Float:
        """Return [steps, labels] in 0..1: how much of a step an event covers; weak labels cover all of it."""
        frames = np.zeros((self.shape.steps, len(self.labels)), np.float32)
        if not example.events:
            frames[:] = self.truth_of(example)
            return frames
        step = self.shape.samples / self.shape.sample_rate / self.shape.steps
        begins = np.arange(self.shape.steps) * step
        for event in (each for each in example.events if each.label in self.labels):
            onset, offset_of = ((at - example.start) / speed - offset for at in (event.onset, event.offset))
            covered = np.minimum(begins + step, offset_of) - np.maximum(begins, onset)
            column = self.labels.index(event.label)
            frames[:, column] = np.maximum(frames[:, column], np.clip(covered / step, 0, 1))
        return frames

    def _clip_labels(self, example: Example, frames: Float) -> Float:
        """Return [labels]: of a crop, what can be heard in it where that is known."""
        return (frames.max(0) > 0.25).astype(np.float32) if example.events else self.truth_of(example)

    def truth_of(self, example: Example) -> Float:
        """Return [labels], 1 where the label is in the example."""
        return np.array([label in example.labels for label in self.labels], np.float32)

    def judge(self, network: nn.Module, split: str = "validate") -> Judged:
        """Return what a network in evaluation mode says of the examples that are held out."""
        examples = self.held[split]
        device = next(network.parameters()).device
        with torch.inference_mode():
            scores = [self._scores(network, example, device) for example in examples]
        truth = [self.truth_of(example) for example in examples]
        shape = (len(examples), len(self.labels))
        return Judged(examples, np.array(scores, np.float32).reshape(shape), np.array(truth, np.float32).reshape(shape))

    def _scores(self, network: nn.Module, example: Example, device: torch.device) -> Float:
        found = []
        for windows in _grouped(self._windows(example), JUDGED_AT_ONCE):
            logits = network(torch.from_numpy(np.stack(windows)).to(device)).logits.float()
            found.append(logits.softmax(-1) if self.single_label else logits.sigmoid())
        return torch.cat(found).mean(0).cpu().numpy()

    def _windows(self, example: Example) -> Iterator[Float]:
        """Yield the windows of an example as the host cuts them: half overlapping, the last moved back."""
        sound, window = self._sound(example), self.shape.samples
        for start in plan(len(sound), window, window // 2):
            yield fit_clip(sound[start : start + window], window, self.shape.short)

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return metrics on the validation examples; "score" is accuracy, or mAP where clips have several labels."""
        judged = self.judge(network)
        if not len(judged.scores):
            return {"score": 0.0}
        truth = judged.truth > 0
        told = tag_scores(judged.scores, truth, self.labels, is_single_label=bool((truth.sum(1) <= 1).all()))
        found = {
            "accuracy": told.accuracy,
            "top_5": told.top_5,
            "mAP": told.mean_average_precision,
            "AUC": told.auc,
            "d_prime": told.d_prime if told.d_prime is not None and math.isfinite(told.d_prime) else None,
        }
        known = {name: value for name, value in found.items() if value is not None}
        score = known.get("accuracy", known.get("mAP", 0.0))
        return {"score": score, "loss": self._loss(judged), **known, "clips": told.clips}

    def _loss(self, judged: Judged) -> float:
        """Return the mean cross entropy of what is judged: over labels, or of each label by itself."""
        right = np.log(judged.scores.clip(1e-7))
        if self.single_label:
            return -float((judged.truth * right).sum(1).mean())
        wrong = np.log((1 - judged.scores).clip(1e-7))
        return -float((judged.truth * right + (1 - judged.truth) * wrong).mean())

    def finish(self, network: nn.Module, folder: Path) -> None:
        """Leave what the network says of each held-out example in `judged.npz`, for the report.

        Arrays: `numbers` [examples], their places in the job; `scores` and `truth` [examples, labels].
        """
        kept = self.held["validate"] + self.held["test"]
        parts = [self.judge(network, split) for split in ("validate", "test")]
        numbers = [self.places[each] for each in kept]
        scores, truth = (np.concatenate([getattr(part, name) for part in parts]) for name in ("scores", "truth"))
        beside = folder / "judged.part.npz"
        np.savez(beside, numbers=np.array(numbers, np.int64), scores=scores, truth=truth)
        beside.replace(folder / "judged.npz")


def at_speed(sound: Float, speed: float, sample_rate: int) -> Float:
    """Return a sound played `speed` times as fast, its pitch with it."""
    return sound if speed == 1.0 else soxr.resample(sound, sample_rate * speed, sample_rate, quality="LQ")


def _readable(job: TrainJob, waveforms: Waveforms, run: Run) -> list[Example]:
    """Return the examples whose recordings are decoded; those that cannot be are told, and left out."""
    failed = waveforms.fill((each.path for each in job.examples), told=run.preparing)
    for path, sentence in failed.items():
        run.skipped(path, sentence)
    return [each for each in job.examples if each.path not in failed]


def _grouped(items: Iterator[Float], count: int) -> Iterator[list[Float]]:
    group: list[Float] = []
    for item in items:
        group.append(item)
        if len(group) == count:
            yield group
            group = []
    if group:
        yield group
