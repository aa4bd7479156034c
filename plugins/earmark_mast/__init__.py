"""MAST, a plugin of Earmark: its hooks. What is heavy is imported by the hook that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earmark.api import Checkpoint, Clip, Heard, ModelCard, Run, TrainJob, Want, hookimpl
from earmark_mast.cards import CARDS


@hookimpl
def models() -> Sequence[ModelCard]:
    """Return the cards on offer."""
    return CARDS


@hookimpl
def convert(path: Path, labels: Sequence[str] | None, folder: Path) -> Checkpoint:
    """Turn an MViTv2 that hears into a folder that `load` reads."""
    from earmark_mast.published import convert_published

    return convert_published(path, labels, folder)


@hookimpl
def load(model_id: str, checkpoint: Checkpoint | None, device: str, precision: str) -> object:
    """Return the network with its weights on the device."""
    from earmark_mast.model import FAMILY
    from earmark_torch.model import load_model

    return load_model(FAMILY, model_id, checkpoint, device, precision)


@hookimpl
def infer(model: Any, clips: Sequence[Clip], want: Want) -> Sequence[Heard]:
    """Return one Heard per clip from a single forward pass."""
    return model.hear(clips, want)


@hookimpl(specname="train")
def fine_tune(job: TrainJob, run: Run) -> None:
    """Fine-tune; a function named `train` would be replaced by the module of that name once it is imported."""
    from earmark_mast.train import train

    train(job, run)
