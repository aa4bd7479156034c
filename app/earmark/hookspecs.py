"""The five hooks. A plugin implements those it needs, marked with `earmark.api.hookimpl`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from earmark.api import Checkpoint, Clip, Heard, ModelCard, Run, TrainJob, Want, hookspec


@hookspec
def models() -> Sequence[ModelCard]:
    """Return the cards on offer; import nothing heavy."""
    raise NotImplementedError


@hookspec(firstresult=True)
def convert(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint | None:
    """Turn a published checkpoint of any layout into `network.safetensors` and `checkpoint.json` in `folder`."""


@hookspec(firstresult=True)
def load(model_id: str, checkpoint: Checkpoint | None, device: str, precision: str) -> object:
    """Return the model, ready to run; the host owns it. `checkpoint` is None for a card without weights."""


@hookspec(firstresult=True)
def infer(model: object, clips: Sequence[Clip], want: Want) -> Sequence[Heard] | None:
    """Return one Heard per clip, in order, from a single forward pass.

    `model` is what `load` returned, or the card where the plugin has no `load`.
    """


@hookspec
def train(job: TrainJob, run: Run) -> None:
    """Fine-tune, in the trainer process."""
