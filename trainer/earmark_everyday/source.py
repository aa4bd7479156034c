"""Scenes as a source of batches for `earmark_trainer.fit`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from earmark.api import TrainJob
from earmark_everyday import FOLDS, LABELS, SAMPLE_RATE
from earmark_everyday.scenes import Scenes
from earmark_everyday.sounds import Sound, read_cache


class SceneSource:
    """Scenes mixed on the fly from the folds of a job, and the untouched clips of the other folds to judge by."""

    steps = 50

    def __init__(self, folder: Path, job: TrainJob, *, seconds: float, steps: int) -> None:
        self.job, self.seconds = job, seconds
        self.cache = read_cache(folder)
        self.scenes = Scenes(self.cache, job.settings["folds"], seconds=seconds, step=seconds / steps)

    def batch(self, epoch: int, step: int) -> tuple[Tensor, ...]:
        """Return waveforms [clips, samples], frame labels [clips, steps, labels], clip labels [clips, labels]."""
        generators = (np.random.default_rng((self.job.seed, epoch, step, clip)) for clip in range(self.job.batch_size))
        drawn = [self.scenes.draw(rng) for rng in generators]
        return tuple(torch.from_numpy(np.stack(each)) for each in zip(*drawn, strict=True))

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return the share of held-out clips whose highest score is their label's; 0 where nothing is held out."""
        held = [sound for sound in self.cache.sounds if _judges(sound, self.job.settings["folds"])]
        if not held:
            return {"score": 0.0}
        device = next(network.parameters()).device
        right = [self._best(network, sound, device) == LABELS.index(sound.label) for sound in held]
        return {"score": float(np.mean(right)), "accuracy": float(np.mean(right)), "clips": len(held)}

    def finish(self, network: nn.Module, folder: Path) -> None:
        """Leave nothing: `earmark_everyday.judge` judges through the engine."""

    def _best(self, network: nn.Module, sound: Sound, device: torch.device) -> int:
        samples = np.zeros(round(self.seconds * SAMPLE_RATE), np.float32)
        stretch = self.cache.stretch(sound)[: len(samples)]
        samples[: len(stretch)] = stretch
        return int(network(torch.from_numpy(samples)[None].to(device)).logits[0].argmax())


def _judges(sound: Sound, folds: list[int]) -> bool:
    return sound.kind == "clip" and sound.variant == 0 and sound.fold in set(FOLDS) - set(folds)
