"""A job's examples as a source of batches, and as what is judged by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import get_worker_info

from earmark.api import DatasetError, Example, Float, Run, TrainJob
from earmark.evaluation.tag_scores import tag_scores
from earmark.folders import cache_folder
from earmark.windows import fit_clip, plan
from earmark_trainer.clips import Clips, Handling, Row, Shape
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


class ExampleSource:
    """Batches of a job's training examples; its validation examples are what `evaluate` measures.

    Raises:
        DatasetError: there is nothing to train on, or nothing of it can be read.
    """

    def __init__(self, job: TrainJob, arguments: Any, run: Run) -> None:
        self.labels, self.seed = job.labels, job.seed
        self.single_label = bool(arguments.single_label)
        folder = Path(str(job.settings.get("waveforms", cache_folder() / "waveforms")))
        self.clips = Clips(
            waveforms=Waveforms(folder, arguments.sample_rate),
            labels=job.labels,
            shape=Shape(
                samples=round(arguments.seconds * arguments.sample_rate),
                sample_rate=arguments.sample_rate,
                steps=getattr(arguments, "steps", 1),
                short=str(job.settings.get("short", "pad")),
            ),
            handling=Handling.of(job.settings),
        )
        readable = _readable(job, self.clips.waveforms, run)
        self.train = [each for each in readable if each.split == "train"]
        self.held = {split: [each for each in readable if each.split == split] for split in ("validate", "test")}
        self.places = {each: number for number, each in enumerate(job.examples)}
        if not self.train:
            hint = "At least one readable example must be for training."
            raise DatasetError("This job has no sounds to train on.", hint=hint)
        paths, speeds = (each.path for each in self.train), self.clips.handling.speeds
        self.clips.waveforms.fill_speeds(paths, speeds, told=run.preparing)
        own = [each.labels for each in self.train]
        sampling = job.settings.get("sampling", "shuffled")
        self.sampler = Sampler(own, batch=job.batch_size, seed=job.seed, sampling=sampling)

    @property
    def steps(self) -> int:
        """Batches to an epoch."""
        return self.sampler.steps

    def batch(self, epoch: int, step: int) -> tuple[Tensor, ...]:
        """Return waveforms [clips, samples], frame labels [clips, steps, labels], clip labels [clips, labels]."""
        numbers = self.sampler.numbers(epoch, step)
        shape, labels = self.clips.shape, len(self.labels)
        batch = room(len(numbers), shape.samples), room(len(numbers), shape.steps, labels), room(len(numbers), labels)
        rows = zip(*(each.numpy() for each in batch), strict=True)
        for place, (number, (waveform, frames, clip)) in enumerate(zip(numbers, rows, strict=True)):
            rng = np.random.default_rng((self.seed, epoch, step, place))
            self.clips.draw(self.train[number], rng, Row(waveform=waveform, frames=frames, clip=clip))
        return batch

    def judge(self, network: nn.Module, split: str = "validate") -> Judged:
        """Return what a network in evaluation mode says of the examples that are held out."""
        examples = self.held[split]
        device = next(network.parameters()).device
        with torch.inference_mode():
            scores = [self._scores(network, example, device) for example in examples]
        truth = [self.clips.truth_of(example) for example in examples]
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
        shape, samples = self.clips.shape, self.clips.waveforms.samples(example.path)
        last = len(samples) if example.end is None else round(example.end * shape.sample_rate)
        sound = samples[round(example.start * shape.sample_rate) : last]
        sound = sound if len(sound) else np.zeros(1, np.float32)
        for start in plan(len(sound), shape.samples, shape.samples // 2):
            yield fit_clip(sound[start : start + shape.samples], shape.samples, shape.short)

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


def room(*shape: int) -> Tensor:
    """Return a tensor to be filled in; in a loader's process it is in memory that the loop reads as it is."""
    if get_worker_info() is None:
        return torch.empty(shape)
    storage = torch.UntypedStorage._new_shared(4 * math.prod(shape), device="cpu")
    return torch.empty(0).set_(storage, 0, shape)  # type: ignore[call-overload]


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
