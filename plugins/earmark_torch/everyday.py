"""What small models of twelve everyday sounds, `FAMILY/everyday`, have in common; they ship with Earmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earmark.api import ModelCard, Weights

LABELS = (
    "chainsaw",
    "clock_tick",
    "crackling_fire",
    "crying_baby",
    "dog_bark",
    "helicopter",
    "rain",
    "rooster",
    "sea_waves",
    "sneezing",
    "speech",
    "music",
)
"""In the order of the models' outputs."""


def everyday_card(
    family: str, title: str, *, recipe: Mapping[str, Any], paper: str, window_seconds: float = 5.0, **fields: Any
) -> ModelCard:
    """Return the card of a family's bundled model."""
    weights = Weights(name=title, url=f"bundled:{family}-everyday", source="trained by Earmark")
    return ModelCard(
        model_id=f"{family}/everyday",
        title=title,
        sample_rate=32000,
        window_seconds=window_seconds,
        labels=LABELS,
        embeds=True,
        trainable=True,
        recipe=recipe,
        weights=(weights,),
        paper=paper,
        **fields,
    )
