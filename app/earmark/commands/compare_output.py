"""What `earmark compare` prints of one recording: tables for people, a document for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from earmark.analysis import Analysis, Heading
from earmark.comparing import LETTERS, TagRow, heard_by, tags_beside
from earmark.disagreements import Disagreement, Side, disagreements
from earmark.document import DECIMALS, DocumentEvent, event_of
from earmark.events import Event
from earmark.times import time_text

VERSION = 1
UNKNOWN = "–"  # in place of a score, where a model does not know the label


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model, what it heard, and its events."""

    heading: Heading
    analysis: Analysis
    events: Sequence[Event]

    def side(self) -> Side:
        """Return it as one side of a comparison."""
        frames, hop = self.analysis.timeline()
        return Side(labels=self.analysis.labels, events=self.events, frames=frames, hop=hop)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One recording and several models."""

    path: Path
    models: Sequence[Model]
    edge: float

    @cached_property
    def tags(self) -> list[TagRow]:
        """Return all labels with the scores of all models."""
        return tags_beside([model.analysis.tags() for model in self.models])

    @cached_property
    def disagreements(self) -> list[Disagreement]:
        """Return where the models disagree."""
        return disagreements([model.side() for model in self.models], edge=self.edge)


def lines(compared: Compared, top: int) -> Iterator[str]:
    """Yield the models with their speed, the tags beside each other, and the disagreements in order of time."""
    duration = compared.models[0].analysis.duration
    yield f"{compared.path} · {time_text(duration, 1)}"
    for letter, model in zip(LETTERS, compared.models, strict=False):
        yield f"  {letter}  {model.heading.title} ({model.heading.model_id}), {_speed(model.analysis)}"
    rows, found = compared.tags[:top], compared.disagreements
    width = max((len(each.label) for each in (*rows, *found)), default=0)
    yield f"  {'':<{width}}  " + "  ".join(f"{letter:>4}" for letter in LETTERS[: len(compared.models)])
    for row in rows:
        yield f"  {row.label:<{width}}  {_scores(row.scores)}"
    yield from (f"  {line}" for line in _disagreements(found, width))
    for model in compared.models:
        yield from (f"  Note: {warning}" for warning in model.analysis.warnings)
    yield ""


def _disagreements(found: Sequence[Disagreement], width: int) -> Iterator[str]:
    if not found:
        yield "They agree."
        return
    yield f"They disagree {len(found)} times:" if len(found) > 1 else "They disagree once:"
    for each in found:
        stretch = f"{time_text(each.onset, 1)} – {time_text(each.offset, 1)}"
        who = heard_by(each.heard_by, LETTERS) + (" hears it" if len(each.heard_by) == 1 else " hear it")
        yield f"  {stretch}  {each.label:<{width}}  {_scores(each.scores)}  {who}"


def _scores(scores: Sequence[float | None]) -> str:
    return "  ".join(f"{UNKNOWN:>4}" if score is None else f"{score:.2f}" for score in scores)


def _speed(analysis: Analysis) -> str:
    if not analysis.times_real_time:
        return "speed unknown"
    device = analysis.device.partition(":")[0]  # without the reason why it is no other
    return f"{analysis.times_real_time:.0f} × real time" + (f" on {device}" if device else "")


def document(compared: Compared, top: int) -> dict[str, Any]:
    """Return the versioned document of one comparison; times are seconds, scores are by model."""
    models = compared.models
    ids = [model.heading.model_id for model in models]
    return {
        "version": VERSION,
        "file": str(compared.path),
        "duration": round(models[0].analysis.duration, DECIMALS),
        "models": [_model(model) for model in models],
        "tags": [{"label": row.label, "scores": _by_model(ids, row.scores)} for row in compared.tags[:top]],
        "edge": compared.edge,
        "disagreements": [_disagreement(each, ids) for each in compared.disagreements],
    }


def _model(model: Model) -> dict[str, Any]:
    analysis = model.analysis
    events: list[DocumentEvent] = [event_of(event) for event in model.events]
    return {
        "model": model.heading.model_id,
        "title": model.heading.title,
        "weights": analysis.weights,
        "times_real_time": round(analysis.times_real_time, 2),
        "device": analysis.device,
        "events": events,
        "warnings": list(analysis.warnings),
    }


def _disagreement(found: Disagreement, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "label": found.label,
        "onset": round(found.onset, DECIMALS),
        "offset": round(found.offset, DECIMALS),
        "heard_by": [ids[place] for place in found.heard_by],
        "missed_by": [ids[place] for place in found.missed_by],
        "scores": _by_model(ids, found.scores),
    }


def _by_model(ids: Sequence[str], scores: Sequence[float | None]) -> dict[str, float | None]:
    return {
        model_id: None if score is None else round(score, DECIMALS) for model_id, score in zip(ids, scores, strict=True)
    }
