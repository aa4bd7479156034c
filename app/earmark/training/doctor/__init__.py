"""The dataset doctor: hears every recording of a labelled folder once and says what is wrong, and what to do about it.

diagnosis = check(open_dataset(folder))
better = split(grouped(apply(dataset, chosen), diagnosis.findings))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from earmark.dataset import Dataset
from earmark.training.doctor.copies import exact_copies, near_copies
from earmark.training.doctor.faults import faults_of, is_usable, mixtures
from earmark.training.doctor.findings import Action, Diagnosis, Finding, Kind, Place, Remedy, Severity, ordered
from earmark.training.doctor.hearing import Heard, Told, hear_all
from earmark.training.doctor.label_findings import few, imbalance, spellings
from earmark.training.doctor.remedies import apply, beyond_question, grouped
from earmark.training.doctor.report import rendered
from earmark.training.doctor.sources import Sources, alike_by_name
from earmark.training.doctor.suspects import suspected_labels

__all__ = [
    "Action",
    "Diagnosis",
    "Finding",
    "Kind",
    "Place",
    "Remedy",
    "Severity",
    "Told",
    "apply",
    "beyond_question",
    "check",
    "grouped",
    "rendered",
]


def check(dataset: Dataset, *, told: Told | None = None, cancelled: Callable[[], bool] | None = None) -> Diagnosis:
    """Return what is wrong with a data set, and with its split where it has one.

    Every recording is decoded once; what was heard is kept on disk for the next time.

    Args:
        told: called with how many are done, of how many, and what is being done.
        cancelled: once it says so, `Cancelled` is raised.

    Raises:
        Cancelled: `cancelled` said so.
    """
    told, cancelled = told or (lambda done, total, what: None), cancelled or (lambda: False)
    heard = hear_all(dataset.examples, told, cancelled)
    exact = exact_copies(heard)
    near = near_copies(dataset.examples, heard, exact, told, cancelled)
    sources = Sources(dataset=dataset, exact=exact, near=near)
    groups = sources.groups()
    opinion = suspected_labels(dataset.examples, [_texture(each) for each in heard], groups, told, cancelled)
    found = [*faults_of(dataset.examples, heard), *mixtures(dataset.examples, heard)]
    found += [*sources.copies(), *sources.leaks()]
    found += [*few(dataset, groups), *imbalance(dataset), *spellings(dataset), *alike_by_name(dataset, groups)]
    return Diagnosis(
        folder=dataset.folder,
        title=dataset.title,
        clips=len(dataset.examples),
        sources=len(set(groups)),
        seconds=sum(each.seconds for each in heard),
        labels=dataset.counts(),
        rates=_counts([each.sample_rate for each in heard]),
        channels=_counts([each.channels for each in heard]),
        findings=ordered([*found, *opinion.findings]),
        notes=(*dataset.warnings, *opinion.notes),
    )


def _texture(heard: Heard) -> np.ndarray:
    """Return what labels are told apart by; nothing where nothing can be heard."""
    return heard.texture if is_usable(heard) else np.zeros(0, np.float32)


def _counts(values: list[int]) -> dict[int, int]:
    """Return how often each value occurs, the most frequent first; 0 is none."""
    return dict(Counter(value for value in values if value).most_common())
