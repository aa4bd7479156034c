"""Fine-tuning MAST; the loop is `earmark_trainer.fit`."""

from __future__ import annotations

from earmark.api import Run, TrainJob
from earmark_mast.model import FAMILY
from earmark_mast.published import start_from
from earmark_torch.tagger import Tagger, network_for
from earmark_trainer.fit import Recipe, fit, open_source


def train(job: TrainJob, run: Run) -> None:
    """Fit MAST to the job's sounds, by the labels of whole clips."""
    network = network_for(FAMILY, job, start_from)
    source = open_source(job, network.arguments, run)
    fit(Tagger(job, network, source), source, Recipe.of(job, source.steps), run)
