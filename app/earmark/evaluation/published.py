"""What was published of a model, beside what was found here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from earmark.api import Weights
from earmark.dataset import Dataset
from earmark.evaluation.label_match import DESED_GROUPS, plain

METRICS: Mapping[str, str] = {
    "map": "mean_average_precision",
    "accuracy": "accuracy",
    "top 1 accuracy": "accuracy",
    "top 5 accuracy": "top_5",
    "top 5": "top_5",
    "auc": "auc",
    "d": "d_prime",  # d′
    "f1": "intersection_f1",
    "event f1": "intersection_f1",
    "intersection f1": "intersection_f1",
}
"""A figure's first words → which of ours it is."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "audioset": ("audioset",),
    "esc50": ("esc 50", "esc50"),
    "speech_commands": ("speech commands",),
    "vggsound": ("vggsound", "vgg sound"),
    "urbansound8k": ("urbansound8k",),
    "birdclef": ("birdclef",),
}
"""What figures call each kind of data set."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A figure of the paper, and ours; None where ours was not made."""

    figure: str
    published: float
    here: float | None


def published_beside(
    weights: Iterable[Weights], dataset: Dataset, ours: Mapping[str, float | None]
) -> tuple[Published, ...]:
    """Return the published figures on this data set, `accuracy on ESC-50`, each beside ours.

    Args:
        ours: by the names in METRICS, fractions.
    """
    figures = {figure: value for each in weights for figure, value in each.figures.items()}
    return tuple(
        Published(figure=figure, published=value / 100 if value > 1 and key != "d_prime" else value, here=ours.get(key))
        for figure, value in figures.items()
        if (key := _metric(figure)) and _is_about(figure, dataset)
    )


def _metric(figure: str) -> str:
    return METRICS.get(plain(figure.partition(" on ")[0]), "")


def _is_about(figure: str, dataset: Dataset) -> bool:
    about = plain(figure.partition(" on ")[2])
    names = ("desed",) if is_desed(dataset) else NAMES.get(dataset.kind, ())
    return any(about.startswith(name) for name in names)


def is_desed(dataset: Dataset) -> bool:
    """Say whether a data set's labels are DESED's."""
    return bool(dataset.labels) and set(dataset.labels) <= DESED_GROUPS.keys()
