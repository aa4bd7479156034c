"""What is shown of a recording: a model's events, with what a person says about them."""

from __future__ import annotations

from dataclasses import dataclass

from earmark.annotations import Annotation, Status


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event as all views show it, in seconds; a model's own, or an annotation.

    Attributes:
        score: the model's highest; None where a person drew it.
        status: "unreviewed" is a model's event that nobody has answered.
        annotation: what a person said; None while unreviewed.
    """

    label: str
    onset: float
    offset: float
    score: float | None
    status: Status = "unreviewed"
    low: float | None = None
    high: float | None = None
    model_id: str = ""
    weights: str = ""
    annotation: Annotation | None = None
