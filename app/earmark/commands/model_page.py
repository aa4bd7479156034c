"""What `earmark models show` tells about a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from earmark.analysis import Heading
from earmark.api import Checkpoint, ModelCard
from earmark.checkpoints import checkpoint_for
from earmark.counted import counted
from earmark.ensembles import members_of
from earmark.events import EventSettings
from earmark.weights_text import facts

WIDTH = 100  # characters to a line of labels


def lines(heading: Heading, card: ModelCard | None) -> Iterator[str]:
    """Yield the page, line by line."""
    yield f"{heading.model_id}: {heading.title}"
    yield from _fields(_network(heading, card))
    if not heading.has_weights:
        yield from _fields({"Not ready": heading.error})
    checkpoint = checkpoint_for(card) if card and heading.has_weights else None
    if checkpoint:
        yield from _fields(_weights(checkpoint))
        yield from _metrics(checkpoint.metrics)
    for published in card.weights if card else ():
        yield f"  Published as {published.name}"
        yield from (f"  {line}" for line in _fields(facts(published)))
    for name, start in card.starts.items() if card else ():
        yield f"  Training can start from {name}: {start.name}"
        yield from (f"  {line}" for line in _fields(facts(start)))
    if heading.only_embeds:
        return
    yield from _labels(heading)


def _labels(heading: Heading) -> Iterator[str]:
    default = EventSettings().threshold
    thresholds = [heading.thresholds.get(label, default) for label in heading.labels]
    if len(set(thresholds)) == 1:
        yield f"{counted(len(thresholds), 'label')}, counted from a score of {thresholds[0]:.2f}:"
        yield fill("; ".join(heading.labels), WIDTH, initial_indent="  ", subsequent_indent="  ")
        return
    yield "Labels, each with the score from which it counts:"
    for label, threshold in zip(heading.labels, thresholds, strict=True):
        yield f"  {threshold:.2f}  {label}"


def _network(heading: Heading, card: ModelCard | None) -> Mapping[str, Any]:
    hears = f"{heading.window_seconds:g} s at a time, at {heading.sample_rate:g} Hz"
    timeline = "frame by frame" if heading.draws_timeline else "window by window"
    known = {"Hears": hears, "Draws events": timeline, "Plugin": heading.plugin}
    if members := members_of(heading.model_id):
        known |= {"Averages": ", ".join(members), "Plugin": ""}
    if card:
        known |= {"Paper": card.paper, "Licence": card.licence}
        known["Can be"] = ", ".join(
            word for word, able in (("fine-tuned", card.trainable), ("embedded with", card.embeds)) if able
        )
    return known


def _weights(checkpoint: Checkpoint) -> Mapping[str, Any]:
    return {
        "Weights": f"{checkpoint.path} (sha256 {checkpoint.sha256[:12]}…)",
        "Trained on": checkpoint.trained_on,
        "Origin": checkpoint.origin,
        "Licence": checkpoint.licence,
        "Made": checkpoint.created,
    }


def _metrics(metrics: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: value for name, value in metrics.items() if isinstance(value, int | float | str)}
    if plain:
        yield "  Measured:"
    for name, value in plain.items():
        yield f"    {name.replace('_', ' ')}: {f'{value:.3g}' if isinstance(value, float) else value}"


def _fields(known: Mapping[str, Any]) -> Iterator[str]:
    for name, value in known.items():
        if value:
            yield f"  {name + ':':<14}{value}"
