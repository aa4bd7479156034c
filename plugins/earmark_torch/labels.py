"""The label sets that come with Earmark, in the order of the published checkpoints' outputs; which one fits a file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from earmark.api import CheckpointError


@cache
def labels_of(file: str) -> tuple[str, ...]:
    """Return the labels of a table in `earmark_resources/labels`."""
    table = files("earmark_resources") / "labels" / file
    return tuple(row["display_name"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def labels_for(
    count: int, given: Sequence[str] | None, published: Mapping[int, tuple[str, ...]], *, file: str
) -> tuple[str, ...]:
    """Return the labels of a checkpoint file that scores `count` of them.

    Args:
        given: by the person, or by the file itself.
        published: the sets that its family was published with, by their size: taken where none are given.

    Raises:
        CheckpointError: nobody knows their names, or there are not as many as were given.
    """
    if given is None and count in published:
        return published[count]
    if given is None:
        raise CheckpointError(f"{file} scores {count} labels, whose names it does not hold.", hint="Give --labels CSV.")
    if len(given) != count:
        hint = "Each of its outputs needs one, in their order."
        raise CheckpointError(f"{file} scores {count} labels, but {len(given)} were given.", hint=hint)
    return tuple(given)
