"""How far a training is, on stderr: a bar where somebody looks, a line for each evaluation everywhere."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from earmark.score_text import per_cent
from earmark.times import time_text

RECENT = 50  # steps that the speed is of
SHOWN = ("accuracy", "mAP", "loss")


class TrainingBar:
    """The bar of one job; lines told meanwhile stand above it.

    Args:
        title: which job this is.
        batch: clips to a step.
    """

    def __init__(self, title: str, batch: int) -> None:
        self._title, self._batch = title, batch
        self._epochs = self._steps = 0
        self._times: deque[float] = deque(maxlen=RECENT)
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._is_shown = sys.stderr.isatty()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not self._is_shown,
        )
        self._task = self._bar.add_task(title, total=None, state="starting …")

    def __enter__(self) -> TrainingBar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def tell(self, line: str) -> None:
        """Print a line to stderr."""
        if self._is_shown:
            self._console.print(line, markup=False)
        else:
            click.echo(line, err=True)

    def show(self, event: Mapping[str, Any]) -> None:
        """Show what the trainer says."""
        match event["event"]:
            case "preparing":
                state = f"decoding {event['done']} of {event['total']}"
                self._bar.update(self._task, completed=event["done"], total=event["total"], state=state)
            case "skipped":
                self.tell(f"{event['path']}: {event['sentence']}")
            case "began":
                self._begin(event)
            case "progress":
                self._step(event)
            case "evaluated":
                self.tell(self._evaluated(event))

    def _begin(self, event: Mapping[str, Any]) -> None:
        self._epochs, self._steps = event["epochs"], event["steps"]
        self._times.clear()
        gone_on = f", going on after step {event['done']}" if event["done"] else ""
        size = f"{event['parameters'] / 1e6:.2f} million parameters" if "parameters" in event else ""
        self.tell(f"{self._title}: {size}, {event['device']}, {event.get('precision', '')}{gone_on}")

    def _step(self, event: Mapping[str, Any]) -> None:
        done, total = event["epoch"] * self._steps + event["step"] + 1, self._epochs * self._steps
        self._times.append(event["time"])
        state = f"epoch {event['epoch'] + 1} of {self._epochs}, loss {event['loss']:.3f}{self._pace(total - done)}"
        self._bar.update(self._task, completed=done, total=total, state=state)

    def _pace(self, left: int) -> str:
        if len(self._times) < 2:
            return ""
        seconds = (self._times[-1] - self._times[0]) / (len(self._times) - 1)
        speed = f"{self._batch / seconds:.0f} clips a second" if seconds else ""
        return f", {speed}, {time_text(left * seconds, 0)} left"

    def _evaluated(self, event: Mapping[str, Any]) -> str:
        metrics = event["metrics"]
        told = [f"{name} {_figure(name, metrics[name])}" for name in SHOWN if name in metrics]
        return f"  epoch {event['epoch'] + 1} of {self._epochs}: {', '.join(told) or 'no clips to judge by'}"


def _figure(name: str, value: float) -> str:
    return per_cent(value) if name == "accuracy" else f"{value:.3f}"
