"""Fine-tuning HTS-AT; the loop is `earmark_trainer.fit`."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from earmark.api import Run, TrainJob
from earmark_htsat.model import FAMILY
from earmark_htsat.published import start_from
from earmark_torch.checkpoint import read_tensors
from earmark_torch.tagger import Tagger, fill_fitting, is_ours, network_for
from earmark_trainer.fit import Recipe, fit, open_source


def train(job: TrainJob, run: Run) -> None:
    """Fit HTS-AT to the job's sounds; weak labels train the clip's scores, strong ones the frames too."""
    network = network_for(FAMILY, job, start)
    source = open_source(job, network.arguments, run)
    fit(Tagger(job, network, source), source, Recipe.of(job, source.steps), run)


def start(network: nn.Module, path: Path) -> list[str]:
    """Fill a network with what fits of one of ours or of a published one; return what was not filled."""
    return fill_fitting(network, read_tensors(path)) if is_ours(path) else start_from(network, path)
