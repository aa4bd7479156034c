"""The loop that all `train` hooks share, and a third party's may use.

A plugin brings a `Task` (network, loss, evaluation, how its checkpoint is written) and a `Source` of batches; the loop
brings the device, precision, schedule, weight averaging, checkpoints and resuming. Every batch is a function of (seed,
epoch, step), and random state is set anew at each epoch, so a run that was killed and resumed ends as the
uninterrupted one would.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from earmark.api import DatasetError, Run, Stopped, TrainJob
from earmark_trainer.averaging import WeightAverage, retake_statistics

STATE = "state.pt"
STATISTICS_BATCHES = 30


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is fitted.

    Attributes:
        epochs, steps: how many epochs of how many batches.
        learning_rate: the peak; it rises over `warmup` steps and falls to zero on a cosine.
        average_from: share of the run after which weights are averaged; 1 is never.
        evaluate_every: epochs between evaluations; the last epoch always is.
        precision: Fabric's name, or "auto": bf16 where the device is fast at it.
        loaders: processes that make batches.
    """

    epochs: int
    steps: int
    learning_rate: float
    warmup: int = 100
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.999)
    clip_norm: float = 1.0
    average_from: float = 0.75
    evaluate_every: int = 5
    precision: str = "auto"
    loaders: int = 1
    seed: int = 0

    def rate(self, done: int) -> float:
        """Return the learning rate after `done` steps."""
        rise = min(1.0, (done + 1) / max(1, self.warmup))
        return rise * self.learning_rate * 0.5 * (1 + math.cos(math.pi * done / (self.epochs * self.steps)))


class Source(Protocol):
    """Where batches come from; may be sent to loader processes.

    Attributes:
        steps: batches to an epoch, where the job does not say.
    """

    steps: int

    def batch(self, epoch: int, step: int) -> tuple[Tensor, ...]:
        """Return one batch, a function of its arguments only; its first tensor is what the network takes."""
        ...

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return metrics on sounds that no batch holds; "score" is the one to be best at."""
        ...


class Task(Protocol):
    """What a plugin trains."""

    @property
    def network(self) -> nn.Module:
        """The network, whose parameters are fitted in place."""
        ...

    def loss(self, network: Any, batch: tuple[Tensor, ...]) -> Tensor:
        """Return the loss of one batch on the network's device."""
        ...

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        """Return metrics; "score" is the one to be best at."""
        ...

    def write(self, folder: Path, network: nn.Module, metrics: Mapping[str, float]) -> None:
        """Write `network.safetensors` and `checkpoint.json`."""
        ...


class _Batches(Dataset):
    def __init__(self, source: Source, recipe: Recipe, first: int) -> None:
        self.source, self.steps, self.first = source, recipe.steps, first
        self.length = (recipe.epochs - first) * recipe.steps

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        epoch, step = divmod(index, self.steps)
        return self.source.batch(self.first + epoch, step)


def open_source(job: TrainJob, *, seconds: float, steps: int) -> Source:
    """Return where a job's batches come from: waveforms of `seconds`, frame labels in `steps`, clip labels.

    Raises:
        DatasetError: the job names none.
    """
    if folder := job.settings.get("scenes"):
        from earmark_everyday.source import SceneSource  # needed by this kind of job only

        return SceneSource(Path(folder), job, seconds=seconds, steps=steps)
    raise DatasetError("This job has no sounds to train on.", hint="Give the settings a folder of `scenes`.")


def fit(task: Task, source: Source, recipe: Recipe, run: Run) -> None:
    """Fit the task's network and leave its checkpoints with the run; goes on from the newest one.

    Raises:
        Cancelled: the person asked for it. (`Stopped` is answered here: evaluate, write, and raise it again.)
    """
    fabric = Fabric(accelerator=run.device, devices=1, precision=precision(recipe, run.device))  # type: ignore[arg-type]
    torch.manual_seed(recipe.seed)
    optimizer = torch.optim.AdamW(
        _groups(task.network, recipe.weight_decay), lr=recipe.learning_rate, betas=recipe.betas
    )
    network, optimizer = fabric.setup(task.network, optimizer)
    session = _Session(task, source, recipe, run, fabric, network, optimizer)
    session.restore()
    session.go()


def precision(recipe: Recipe, device: str) -> Any:
    """Return Fabric's precision: as asked, else bf16 where the device computes it natively, else fp32."""
    if recipe.precision != "auto":
        return recipe.precision
    if device in ("auto", "cuda") and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    if device in ("auto", "cpu") and torch.cpu._is_avx512_bf16_supported():
        return "bf16-mixed"
    return "32-true"


def _groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Return the parameter groups: no decay on biases, norms and position tables (one dimension, or named bias)."""
    decayed, free = [], []
    for name, parameter in network.named_parameters():
        (free if parameter.ndim < 2 or "bias" in name else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]


class _Session:
    """One run of the loop: what the epochs share."""

    def __init__(
        self, task: Task, source: Source, recipe: Recipe, run: Run, fabric: Fabric, network, optimizer
    ) -> None:
        self.task, self.source, self.recipe, self.run = task, source, recipe, run
        self.fabric, self.network, self.optimizer = fabric, network, optimizer
        self.average = WeightAverage(task.network)
        self.first = 0

    def restore(self) -> None:
        """Go on from the newest checkpoint, if there is one."""
        if (folder := self.run.latest()) is None:
            return
        state = torch.load(folder / STATE, map_location=self.fabric.device, weights_only=True)
        self.task.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.first = state["epoch"] + 1

    def go(self) -> None:
        """Run the epochs that are left."""
        batches = self._batches()
        for epoch in range(self.first, self.recipe.epochs):
            torch.manual_seed(self.recipe.seed * 1_000_003 + epoch)
            try:
                self._epoch(epoch, batches)
            except Stopped:
                self._close(epoch, evaluated=True)
                raise
            last = epoch + 1 == self.recipe.epochs
            self._close(epoch, evaluated=last or (epoch + 1) % self.recipe.evaluate_every == 0)

    def _batches(self) -> Iterator[tuple[Tensor, ...]]:
        loader = DataLoader(
            _Batches(self.source, self.recipe, self.first),
            batch_size=None,
            num_workers=self.recipe.loaders,
            prefetch_factor=4 if self.recipe.loaders else None,
            pin_memory=self.fabric.device.type == "cuda",
        )
        return iter(loader)

    def _epoch(self, epoch: int, batches: Iterator[tuple[Tensor, ...]]) -> None:
        self.network.train()
        for step in range(self.recipe.steps):
            done = epoch * self.recipe.steps + step
            for group in self.optimizer.param_groups:
                group["lr"] = self.recipe.rate(done)
            loss = self._step(tuple(each.to(self.fabric.device, non_blocking=True) for each in next(batches)))
            if done >= self.recipe.average_from * self.recipe.epochs * self.recipe.steps:
                self.average.add(self.task.network)
            self.run.progress(epoch, step, loss)

    def _step(self, batch: tuple[Tensor, ...]) -> float:
        with self.fabric.autocast():
            loss = self.task.loss(self.network, batch)
        if not math.isfinite(value := loss.item()):
            raise FloatingPointError("The loss is not a number any more; the last good checkpoint is kept.")
        self.fabric.backward(loss)
        self.fabric.clip_gradients(
            self.network, self.optimizer, max_norm=self.recipe.clip_norm, error_if_nonfinite=False
        )
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return value

    def _close(self, epoch: int, *, evaluated: bool) -> None:
        """Write the epoch's checkpoint, evaluated and fit for use where asked."""
        metrics = self._evaluate(epoch) if evaluated else {}
        state = {
            "epoch": epoch,
            "network": self.task.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
        }
        with self.run.checkpoint(epoch, float(metrics.get("score", -math.inf))) as folder:
            torch.save(state, folder / STATE)
            if evaluated:
                self.task.write(folder, self._best_network(), metrics)

    def _best_network(self) -> nn.Module:
        return self.average.network if self.average.count else self.task.network

    def _evaluate(self, epoch: int) -> Mapping[str, float]:
        network = self._best_network().to(self.fabric.device)
        if self.average.count:
            extra = range(self.recipe.steps, self.recipe.steps + STATISTICS_BATCHES)  # batches that no step sees
            retake_statistics(network, (self.source.batch(epoch, step)[0].to(self.fabric.device) for step in extra))
        network.eval()
        with torch.inference_mode(), self.fabric.autocast():
            metrics = self.task.evaluate(network)
        self.run.evaluated(epoch, metrics)
        return metrics
