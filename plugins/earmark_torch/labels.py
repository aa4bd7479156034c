"""The label sets that come with Earmark, in the order of the published checkpoints' outputs."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def labels_of(file: str) -> tuple[str, ...]:
    """Return the labels of a table in `earmark_resources/labels`."""
    table = files("earmark_resources") / "labels" / file
    return tuple(row["display_name"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
