"""Fine-tuning HTS-AT: its network, augmentation, loss and checkpoint; the loop is `earmark_trainer.fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from earmark.api import Run, TrainJob
from earmark_htsat.arguments import Arguments
from earmark_htsat.network import HTSAT
from earmark_htsat.published import start_from
from earmark_torch.augment import filter_bands, mask_spans, mix_clips
from earmark_torch.checkpoint import write_checkpoint
from earmark_torch.model import restore
from earmark_trainer.fit import Recipe, fit, open_source


def train(job: TrainJob, run: Run) -> None:
    """Fit HTS-AT to the job's sounds; weak labels train the clip's scores, strong ones the frames too."""
    arguments = restore(Arguments, {**job.settings.get("network", {}), "labels": len(job.labels)})
    torch.manual_seed(job.seed)
    network = HTSAT(arguments)
    if job.start_from:
        start_from(network, job.start_from)
    source = open_source(job, seconds=arguments.seconds, steps=arguments.steps)
    recipe = Recipe(
        epochs=job.epochs,
        steps=int(job.settings.get("steps", source.steps)),
        learning_rate=job.learning_rate,
        seed=job.seed,
        **{name: job.settings[name] for name in _RECIPE if name in job.settings},
    )
    fit(Tagger(job, arguments, network, source), source, recipe, run)


_RECIPE = {each.name for each in fields(Recipe)} - {"epochs", "steps", "learning_rate", "seed"}


class Tagger:
    """The task: clip and frame labels by binary cross entropy, on augmented log-mel.

    Settings: `mix`, the share of clips that are mixed; `filter_db`, the depth of random filters; `mask_bands` and
    `mask_frames`, the longest masks; `frame_weight`, of the strong labels' loss beside the weak ones'.
    """

    def __init__(self, job: TrainJob, arguments: Arguments, network: HTSAT, source: Any) -> None:
        self.job, self.arguments, self.network, self.source = job, arguments, network, source
        self.settings = AUGMENT | {name: job.settings[name] for name in AUGMENT if name in job.settings}

    def loss(self, network: HTSAT, batch: tuple[Tensor, ...]) -> Tensor:
        """Return the cross entropy of clips and frames."""
        waveforms, frames, clips = batch  # [clips, samples], [clips, steps, labels], [clips, labels]
        waveforms, frames, clips = mix_clips(waveforms, frames, clips, share=self.settings["mix"])
        heard = network(waveforms, augment=self._augment)
        loss = binary_cross_entropy_with_logits(heard.logits.float(), clips)
        if heard.frame_logits is None:
            return loss
        strong = binary_cross_entropy_with_logits(heard.frame_logits.float(), frames)
        return loss + self.settings["frame_weight"] * strong

    def _augment(self, normalised: Tensor) -> Tensor:
        """Filter, then mask with 0, the mean of a band."""
        filtered = filter_bands(normalised, decibels=self.settings["filter_db"] / DECIBELS)
        masked = mask_spans(filtered, axis=2, longest=self.settings["mask_bands"])
        return mask_spans(masked, axis=1, longest=self.settings["mask_frames"])

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return what the source measures on sounds it did not train with."""
        return self.source.evaluate(network)

    def write(self, folder: Path, network: nn.Module, metrics: Mapping[str, float]) -> None:
        """Write the checkpoint that `load` reads."""
        write_checkpoint(
            folder,
            network.state_dict(),
            model_id=self.job.model_id,
            labels=self.job.labels,
            network=asdict(self.arguments),
            metrics=dict(metrics),
            origin="trained by Earmark",
            trained_on=str(self.job.settings.get("trained_on", "")),
        )


AUGMENT = {"mix": 0.5, "filter_db": 6.0, "mask_bands": 10, "mask_frames": 16, "frame_weight": 1.0}
DECIBELS = 15.0
"""Of one deviation of a band in everyday sounds, about: what `filter_db` is in normalised units."""
