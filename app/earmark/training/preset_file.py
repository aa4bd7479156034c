"""A recipe as a file: the report of a job, or the part of it that says how it was trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from earmark.api import DatasetError
from earmark.training.plan import FIGURES, Preset

SMALL = 16 << 20  # bytes


def read_preset(path: Path, plugin: str) -> Preset:
    """Return the recipe in a `report.json`, or in a file of its "recipe" alone.

    Raises:
        DatasetError: it holds none, or one of another family.
    """
    try:
        if path.stat().st_size > SMALL:
            raise ValueError("it is far too long")
        plain = json.loads(path.read_text(encoding="utf-8"))
        preset = _preset(plain.get("recipe", plain))
        own = plain.get("recipe", plain).get("plugin", plugin)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Give the report.json of a job, or the name of a recipe."
        raise DatasetError(f"{path} is no recipe: {error}.", hint=hint) from error
    if own != plugin:
        raise DatasetError(f"The recipe in {path.name} is for {own}, not for {plugin}.")
    return preset


def _preset(plain: Mapping[str, Any]) -> Preset:
    figures = {name: plain[name] for name in FIGURES}
    if any(not isinstance(value, int | float) or value <= 0 for value in figures.values()):
        raise ValueError("epochs, batch size and rate are numbers above 0")
    settings = dict(plain.get("settings", {}))
    return Preset(name=str(plain.get("preset", "of a file")), settings=settings, **figures)
