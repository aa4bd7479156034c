"""What every family trains: clip labels, and frame labels where the network has frames, on augmented spectrograms.

A plugin's `train` hook gives a `Tagger` to `earmark_trainer.fit`; what differs is the family and how a network starts
from published weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from earmark.api import CheckpointError, DatasetError, TrainJob
from earmark_torch.augment import Augmentation, Mixing, draw_mixing
from earmark_torch.checkpoint import TENSORS, write_checkpoint
from earmark_torch.known_labels import keep_known_labels, scoring_rows
from earmark_torch.model import Family, restore

Start = Callable[..., list[str]]
"""Fills a network with what fits of the checkpoint at a path; returns the names of the tensors that were not filled.

What else it takes, by keyword, a job's setting `begin` may say; it refuses what it does not know with a ValueError.
"""


class Judge(Protocol):
    """Where a tagger's sounds come from, as far as judging goes."""

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return metrics on sounds that it does not train with."""
        ...


def network_for(family: Family, job: TrainJob, start: Start) -> Any:
    """Return a job's network: drawn by its seed, filled from what it starts from, labels that this knows with it.

    Settings: `network`, the family's arguments; `begin`, how weights are taken over: `positions` of AST and HAM,
    `colours` of MAST.

    Raises:
        DatasetError: the arguments contradict each other, or the family does not begin so.
    """
    wanted = {**job.settings.get("network", {}), "labels": len(job.labels)}
    try:
        arguments = restore(family.arguments, wanted)
    except (TypeError, ValueError) as error:
        raise DatasetError(f"There is no such network of {family.title}: {error}.") from error
    torch.manual_seed(job.seed)
    network = family.network(arguments)
    if job.start_from:
        drawn = scoring_rows(family, network)
        _begin(network, job.start_from, start, job.settings.get("begin", {}))
        if is_ours(job.start_from):
            keep_known_labels(network, drawn, job.start_from, job.labels)
    return network


def _begin(network: Any, path: Path, start: Start, how: Mapping[str, Any]) -> None:
    """Fill a network from a checkpoint, or refuse one that would be no start.

    Raises:
        CheckpointError: nothing of it fits.
        DatasetError: it does not begin so.
    """
    known = [each.name for each in signature(start).parameters.values() if each.kind is each.KEYWORD_ONLY]
    if not isinstance(how, Mapping) or not how.keys() <= set(known):
        names = ", ".join(f"begin.{name}" for name in known) or "nothing"
        raise DatasetError(f"There is no such choice of how this network begins: {how}.", hint=f"There is: {names}.")
    try:
        left = start(network, path, **how)
    except ValueError as error:
        raise DatasetError(f"This network does not begin so: {error}") from error
    if len(left) == len(network.state_dict()):
        raise CheckpointError(f"Nothing of {path.name} fits this network.", hint="Train it from scratch instead.")


def is_ours(path: Path) -> bool:
    """Say whether a checkpoint is a folder as we write it."""
    return (path / TENSORS).is_file() and (path / "checkpoint.json").is_file()


def fill_fitting(network: nn.Module, tensors: Mapping[str, Tensor]) -> list[str]:
    """Fill a network with the tensors that have its names and shapes; return the names that were not filled."""
    wanted = network.state_dict()
    fitting = {name: each for name, each in tensors.items() if name in wanted and each.shape == wanted[name].shape}
    network.load_state_dict(fitting, strict=False)
    return sorted(wanted.keys() - fitting.keys())


class Tagger:
    """The task: binary cross entropy of clips and frames, or cross entropy where a clip has one label."""

    def __init__(self, job: TrainJob, network: Any, judge: Judge) -> None:
        self.job, self.network, self.judge = job, network, judge
        self.arguments: Any = network.arguments
        self.augmentation = Augmentation.of(job.settings)

    def loss(self, network: Any, batch: tuple[Tensor, ...]) -> Tensor:
        """Return the loss of waveforms [clips, samples], frames [clips, steps, labels] and clips [clips, labels]."""
        waveforms, frames, clips = batch
        how = self.augmentation
        mixing = draw_mixing(
            len(waveforms), share=how.mix, alpha=how.mix_alpha, mirrored=how.mix_of == "power", device=waveforms.device
        )
        if how.mix_of != "spectrogram":
            waveforms = mixing.mixed(waveforms, 0.5 if how.mix_of == "power" else 1.0)
        if how.mix_labels:
            frames, clips = mixing.mixed(frames), mixing.mixed(clips)
        heard = network(waveforms, augment=lambda normalised: self._augment(normalised, mixing))
        loss = self._cross_entropy(heard.logits, clips)
        if heard.frame_logits is None or not how.frame_weight or self.arguments.single_label:
            return loss
        return loss + how.frame_weight * self._cross_entropy(heard.frame_logits, frames)

    def _augment(self, normalised: Tensor, mixing: Mixing) -> Tensor:
        if self.augmentation.mix_of == "spectrogram":
            normalised = mixing.mixed(normalised)
        return self.augmentation.spectrogram(normalised)

    def _cross_entropy(self, logits: Tensor, wanted: Tensor) -> Tensor:
        smooth, logits = self.augmentation.label_smoothing, logits.float()
        if self.arguments.single_label:
            return cross_entropy(logits, wanted * (1 - smooth) + smooth / wanted.shape[-1])
        return binary_cross_entropy_with_logits(logits, wanted * (1 - smooth) + smooth / 2)

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return what is measured on sounds that it does not train with."""
        return self.judge.evaluate(network)

    def write(self, folder: Path, network: nn.Module, metrics: Mapping[str, float]) -> None:
        """Write the checkpoint that `load` reads."""
        write_checkpoint(
            folder,
            network.state_dict(),
            model_id=self.job.model_id,
            labels=self.job.labels,
            network=asdict(self.arguments),
            front_end={
                "sample_rate": self.arguments.sample_rate,
                "window_seconds": self.arguments.seconds,
                "short": str(self.job.settings.get("short", "pad")),
            },
            metrics=dict(metrics),
            origin="trained by Earmark",
            trained_on=str(self.job.settings.get("trained_on", "")),
        )
