"""How a network is fitted: the optimiser, the curve of its learning rate, what is averaged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import torch
from torch import nn

from earmark.api import DatasetError, TrainJob


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is fitted.

    Attributes:
        epochs, steps: how many epochs of how many batches.
        learning_rate: the peak; it rises over `warmup` steps, set anew every `warmup_every`.
        schedule: what follows: "cosine" to zero; "steps", `decay` times at epoch `decay_from` and every `decay_every`
            epochs after it; "table", the factor of the last epoch in `factors` that has begun.
        optimizer: "adamw", or "adam", whose weight decay is part of the gradient.
        decay_all: weights decay in biases, norms and position tables too.
        rates: a parameter's rate is this many times the schedule's, by the longest beginning of its name.
        frozen: parameters whose names begin so stay as they are for `frozen_epochs`; 0 is for ever.
        average_from: share of the run after which weights are averaged, at each `average_each`; 1 is never.
        evaluate_every: epochs between evaluations; the last epoch always is.
        patience: evaluations without a better score after which the run ends early; 0 is never.
        clip_norm: longest gradient that is taken as it is; 0 takes any.
        keep_minutes: between checkpoints within an epoch.
        precision: Fabric's name, or "auto": bf16 where the device is fast at it.
        loaders: processes that make batches; -1 is as the machine has cores to spare.
    """

    epochs: int
    steps: int
    learning_rate: float
    warmup: int = 100
    warmup_every: int = 1
    schedule: Literal["cosine", "steps", "table"] = "cosine"
    decay: float = 0.5
    decay_from: int = 2
    decay_every: int = 1
    factors: Mapping[int, float] = field(default_factory=dict)
    optimizer: Literal["adam", "adamw"] = "adamw"
    weight_decay: float = 0.05
    decay_all: bool = False
    betas: tuple[float, float] = (0.9, 0.999)
    clip_norm: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    frozen_epochs: int = 0
    average_from: float = 0.75
    average_each: Literal["step", "epoch"] = "step"
    evaluate_every: int = 5
    patience: int = 0
    keep_minutes: float = 10.0
    precision: str = "auto"
    loaders: int = -1
    seed: int = 0

    @classmethod
    def of(cls, job: TrainJob, steps: int) -> Recipe:
        """Return a job's recipe: its own figures, and what its settings, which have been through JSON, say of it.

        Args:
            steps: batches to an epoch, where the settings do not say.

        Raises:
            DatasetError: a value is none that a recipe can have.
        """
        known = {"epochs": job.epochs, "learning_rate": job.learning_rate, "seed": job.seed}
        named = {each.name for each in fields(cls)} - known.keys()
        chosen: dict[str, Any] = {name: job.settings[name] for name in named if name in job.settings}
        try:
            restored = {name: _restored(name, value) for name, value in ({"steps": steps} | chosen).items()}
            recipe = cls(**known, **restored)
            recipe.rate(0)
        except (TypeError, ValueError, KeyError) as error:
            raise DatasetError(f"The training's settings do not fit: {error}.") from error
        return recipe

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.steps < 1:
            raise ValueError("a run needs at least one epoch of one batch")
        if self.learning_rate <= 0:
            raise ValueError("the learning rate must be above 0")
        if self.schedule not in ("cosine", "steps", "table") or self.optimizer not in ("adam", "adamw"):
            raise ValueError(f"there is no schedule {self.schedule!r} with {self.optimizer!r}")
        if self.average_each not in ("step", "epoch"):
            raise ValueError(f"weights cannot be averaged at each {self.average_each!r}")

    def rate(self, done: int) -> float:
        """Return the learning rate after `done` steps."""
        set_at = done // self.warmup_every * self.warmup_every
        rise = min(1.0, (set_at + 1) / max(1, self.warmup)) if done < self.warmup else 1.0
        return rise * self.learning_rate * self._factor(done)

    def _factor(self, done: int) -> float:
        epoch = done // self.steps
        match self.schedule:
            case "cosine":
                return 0.5 * (1 + math.cos(math.pi * done / (self.epochs * self.steps)))
            case "steps":
                return self.decay ** len(range(self.decay_from, epoch + 1, self.decay_every))
            case _:
                return self.factors[max(each for each in self.factors if each <= epoch)]

    def averages(self, done: int) -> bool:
        """Say whether the weights after `done` steps, counted from 1, go into the average."""
        if self.average_each == "epoch" and done % self.steps:
            return False
        return done > self.average_from * self.epochs * self.steps

    def optimizer_for(self, network: nn.Module) -> torch.optim.Optimizer:
        """Return the optimiser over a network's parameters, in groups that carry their `scale` of the rate."""
        kind = torch.optim.AdamW if self.optimizer == "adamw" else torch.optim.Adam
        return kind(self._groups(network.named_parameters()), lr=self.learning_rate, betas=self.betas)

    def _groups(self, parameters: Iterable[tuple[str, nn.Parameter]]) -> list[dict[str, Any]]:
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in parameters:
            is_free = not self.decay_all and (parameter.ndim < 2 or "bias" in name)
            key = (self._scale(name), 0.0 if is_free else self.weight_decay)
            groups.setdefault(key, []).append(parameter)
        return [{"params": own, "scale": scale, "weight_decay": decay} for (scale, decay), own in groups.items()]

    def _scale(self, name: str) -> float:
        beginnings = [each for each in self.rates if name.startswith(each)]
        return self.rates[max(beginnings, key=len)] if beginnings else 1.0

    def freeze(self, network: nn.Module, epoch: int) -> None:
        """Hold what is frozen in an epoch, and let go of the rest."""
        held = self.frozen if not self.frozen_epochs or epoch < self.frozen_epochs else ()
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not name.startswith(held) if held else True)


def _restored(name: str, value: Any) -> Any:
    """Return a value as it was before JSON made lists of tuples and text of numbers."""
    if name == "factors":
        return {int(epoch): float(factor) for epoch, factor in value.items()}
    return tuple(value) if isinstance(value, list) else value
