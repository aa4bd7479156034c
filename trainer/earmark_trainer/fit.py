"""The loop that all `train` hooks share, and a third party's may use.

A plugin brings a `Task` (network, loss, evaluation, how its checkpoint is written) and a `Source` of batches; the loop
brings the device, precision, schedule, weight averaging, checkpoints and resuming. Every batch is a function of (seed,
epoch, step), and random state is set anew at each step, so a run that was killed anywhere and resumed ends as the
uninterrupted one would.

Under torchrun the same job runs on several GPUs or machines: each takes its slice of the one global batch.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from lightning_fabric import Fabric
from safetensors.torch import load_file
from torch import Tensor, nn

from earmark.api import Cancelled, Run, Stopped, TrainJob
from earmark_torch.packed import is_faster_in_bf16
from earmark_trainer.averaging import WeightAverage, retake_statistics
from earmark_trainer.batches import Source, batches
from earmark_trainer.failures import NOT_A_NUMBER
from earmark_trainer.recipe import Recipe

__all__ = ["Recipe", "Source", "Task", "fit", "open_source", "precision"]

STATE = "state.pt"
TENSORS = "network.safetensors"
STATISTICS_BATCHES = 30


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


class Hears(Protocol):
    """What a network's arguments tell of its clips: their rate, seconds, and steps of frame scores (1 without any)."""

    sample_rate: int

    @property
    def seconds(self) -> float:
        """Length of a clip."""
        ...


def open_source(job: TrainJob, arguments: Hears, run: Run) -> Source:
    """Return where a job's batches come from: waveforms, frame labels in as many steps as the network has, clip labels.

    Raises:
        DatasetError: there is nothing to train on.
    """
    if folder := job.settings.get("scenes"):
        from earmark_everyday.source import SceneSource  # needed by this kind of job only

        return SceneSource(Path(folder), job, seconds=arguments.seconds, steps=getattr(arguments, "steps", 1))
    from earmark_trainer.examples import ExampleSource

    return ExampleSource(job, arguments, run)


def fit(task: Task, source: Source, recipe: Recipe, run: Run) -> None:
    """Fit the task's network and leave its checkpoints with the run; goes on from the newest one.

    Raises:
        Cancelled: the person asked for it. (`Stopped` is answered here: evaluate, write, and raise it again.)
    """
    kind, _, number = run.device.partition(":")
    state = _newest(run)
    here = state["precision"] if state else precision(recipe, kind)  # goes on as it began, whatever is fast today
    fabric = Fabric(accelerator=kind, precision=here, **_machines(number))  # type: ignore[arg-type]
    if fabric.world_size > 1:
        fabric.launch()  # where torchrun started us: meet the others
    torch.manual_seed(recipe.seed)
    network, optimizer = fabric.setup(task.network, recipe.optimizer_for(task.network))
    session = _Session(task, source, recipe, run, fabric, network, optimizer, here)
    if state:
        session.restore(state)
    session.go()


def _newest(run: Run) -> dict[str, Any]:
    """Return the state in the newest checkpoint, or nothing where there is none."""
    folder = run.latest()
    return torch.load(folder / STATE, map_location="cpu", weights_only=True) if folder else {}


def precision(recipe: Recipe, device: str) -> Any:
    """Return Fabric's precision: as asked, else bf16 where the device is faster in it, else fp32."""
    if recipe.precision != "auto":
        return recipe.precision
    if device in ("auto", "cuda") and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    if device in ("auto", "cpu") and is_faster_in_bf16():
        return "bf16-mixed"
    return "32-true"


def _machines(number: str) -> dict[str, Any]:
    """Return Fabric's arguments: one device, by its number where it has one, or what torchrun started us for."""
    world, here = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    return (
        {"devices": here, "num_nodes": world // here, "strategy": "ddp"}
        if world > 1
        else {"devices": [int(number)] if number else 1}
    )


class _Session:
    """One run of the loop: what the steps share."""

    def __init__(
        self, task: Task, source: Source, recipe: Recipe, run: Run, fabric: Fabric, network, optimizer, precision: str
    ) -> None:
        self.task, self.source, self.recipe, self.run = task, source, recipe, run
        self.fabric, self.network, self.optimizer = fabric, network, optimizer
        self.average = WeightAverage(task.network)
        self.done = 0  # steps, over all epochs
        self.pieces = 1  # a batch is heard in so many where memory does not suffice for all of it
        self.best, self.without = -math.inf, 0
        self.kept_at = time.monotonic()
        self.precision = precision

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint's state."""
        self.task.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.done, self.pieces = state["done"], state["pieces"]
        self.best, self.without = state["best"], state["without"]

    def go(self) -> None:
        """Run the steps that are left."""
        last = self.recipe.epochs * self.recipe.steps
        found = batches(
            self.source,
            self.recipe,
            first=self.done,
            rank=self.fabric.global_rank,
            world=self.fabric.world_size,
            pinned=self.fabric.device.type == "cuda",
        )
        self._begin()
        self.network.train()
        while self.done < last and not self._is_enough():
            try:
                self._advance(found)
            except Stopped:
                self._close(evaluated=True)
                self._finish()
                raise
        self._finish()

    def _begin(self) -> None:
        sizes = (each.numel() for each in self.task.network.parameters())
        known = {"parameters": sum(sizes), "precision": self.precision}
        self.run.began(self.recipe.epochs, self.recipe.steps, self.done, **known)

    def _is_enough(self) -> bool:
        return bool(self.recipe.patience) and self.without >= self.recipe.patience

    def _advance(self, found: Iterator[tuple[Tensor, ...]]) -> None:
        """Take one step, and close the epoch or keep what there is where it is time for that."""
        epoch, step = divmod(self.done, self.recipe.steps)
        torch.manual_seed((self.recipe.seed * 1_000_003 + epoch) * 1_000_003 + step * 1009 + self.fabric.global_rank)
        if step == 0:
            self.recipe.freeze(self.task.network, epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate(self.done) * group["scale"]
        batch = tuple(each.to(self.fabric.device, non_blocking=True) for each in next(found))
        loss = self._step(batch)
        self.done += 1
        if self.recipe.averages(self.done):
            self.average.add(self.task.network)
        self._report(epoch, step, loss)
        self._keep(epoch, step + 1)

    def _report(self, epoch: int, step: int, loss: float) -> None:
        """Report a step; what the person asked for is raised on every machine."""
        wish: Exception | None = None
        if self.fabric.is_global_zero:
            try:
                self.run.progress(epoch, step, loss)
            except (Stopped, Cancelled) as asked:
                wish = asked
        if wish := self.fabric.broadcast(wish):
            raise wish

    def _keep(self, epoch: int, steps: int) -> None:
        if steps == self.recipe.steps:
            last = epoch + 1 == self.recipe.epochs
            self._close(evaluated=last or (epoch + 1) % self.recipe.evaluate_every == 0)
        elif time.monotonic() - self.kept_at > self.recipe.keep_minutes * 60:
            self._close(evaluated=False)

    def _step(self, batch: tuple[Tensor, ...]) -> float:
        """Return the loss of a step taken; where memory does not suffice, the batch is heard in halves of halves."""
        while True:
            try:
                value = self._gradients(batch)
                break
            except torch.OutOfMemoryError:
                if self.pieces >= len(batch[0]):
                    raise
                self.pieces *= 2
                self.optimizer.zero_grad(set_to_none=True)
                torch.cuda.empty_cache()
        if not math.isfinite(value):
            raise FloatingPointError(NOT_A_NUMBER)
        if norm := self.recipe.clip_norm:
            self.fabric.clip_gradients(self.network, self.optimizer, max_norm=norm, error_if_nonfinite=False)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return value

    def _gradients(self, batch: tuple[Tensor, ...]) -> float:
        pieces = list(zip(*(each.tensor_split(self.pieces) for each in batch), strict=True))
        value = 0.0
        for number, piece in enumerate(pieces, start=1):
            share = len(piece[0]) / len(batch[0])
            with self.fabric.no_backward_sync(self.network, enabled=number < len(pieces)), self.fabric.autocast():
                loss = self.task.loss(self.network, piece) * share
            self.fabric.backward(loss)
            value += cast(Tensor, self.fabric.all_reduce(loss.detach(), reduce_op="mean")).item()
        return value

    def _close(self, *, evaluated: bool) -> None:
        """Write a checkpoint, evaluated and fit for use where asked."""
        epoch, step = divmod(self.done - 1, self.recipe.steps) if self.done else (0, 0)
        if self.fabric.is_global_zero:
            metrics = self._evaluate(epoch) if evaluated else {}
            with self.run.checkpoint(epoch, float(metrics.get("score", -math.inf)), step + 1) as folder:
                torch.save(self._state(), folder / STATE)
                if evaluated:
                    self.task.write(folder, self._best_network(), metrics)
        self.best, self.without = self.fabric.broadcast((self.best, self.without))
        self.network.train()
        self.kept_at = time.monotonic()

    def _finish(self) -> None:
        """Let the source judge the best network on what no decision was made by."""
        best = self.run.best()
        if best is None or not self.fabric.is_global_zero:
            return
        network = self._best_network().to(self.fabric.device)
        network.load_state_dict(load_file(best / TENSORS))
        self.source.finish(network.eval(), self.run.folder)

    def _state(self) -> dict[str, Any]:
        return {
            "precision": self.precision,
            "done": self.done,
            "pieces": self.pieces,
            "best": self.best,
            "without": self.without,
            "network": self.task.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
        }

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
        score = float(metrics["score"])
        self.best, self.without = (score, 0) if score > self.best else (self.best, self.without + 1)
        self.run.evaluated(epoch, metrics)
        return metrics
