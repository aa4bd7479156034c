"""The label sets of the published checkpoints, and of the bundled model, in the order of their outputs."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

EVERYDAY = (
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
EVERYDAY_SECONDS = 5.12

_FILES = {
    "htsat/audioset": "audioset_527.csv",
    "htsat/esc50": "esc50.csv",
    "htsat/speech-commands": "speechcommands_v2_35_htsat.csv",
}


@cache
def labels_of(model_id: str) -> tuple[str, ...]:
    """Return the labels of one of the published models."""
    table = files("earmark_resources") / "labels" / _FILES[model_id]
    return tuple(row["display_name"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
