"""Fine-tuning ASCA; the loop is `earmark_trainer.fit`."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from earmark.api import Run, TrainJob
from earmark_asca.model import FAMILY
from earmark_asca.published import start_from
from earmark_torch.checkpoint import TENSORS
from earmark_torch.tagger import Tagger, is_ours, network_for
from earmark_trainer.fit import Recipe, fit, open_source


def train(job: TrainJob, run: Run) -> None:
    """Fit ASCA to the job's sounds, by the labels of whole clips."""
    network = network_for(FAMILY, job, start)
    source = open_source(job, network.arguments, run)
    fit(Tagger(job, network, source), source, Recipe.of(job, source.steps), run)


def start(network: nn.Module, path: Path) -> list[str]:
    """Fill a network with what fits of one of ours, or of a CoAtNet that timm saved; return what was not filled."""
    return start_from(network, path / TENSORS if is_ours(path) else path)
