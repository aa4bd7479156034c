"""Reading a list of labels: one a line, or a CSV such as AudioSet's `index,mid,display_name`."""

from __future__ import annotations

import csv
from pathlib import Path

from earmark.errors import CheckpointError

COLUMNS = ("display_name", "label", "name", "category")


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the labels, in the file's order or, where there is an `index` column, in its order.

    Raises:
        CheckpointError: there are none, one is empty, or one stands there twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"The labels in {path} cannot be read.", hint="They must be text in UTF-8.") from error
    labels = _from_table(text) or [line.strip() for line in text.splitlines() if line.strip()]
    if not labels or not all(labels):
        raise CheckpointError(f"{path} names no labels, or leaves one empty.", hint=f"A CSV needs one of {COLUMNS}.")
    if doubles := sorted({label for label in labels if labels.count(label) > 1}):
        raise CheckpointError(f"{path} names {doubles[0]} twice.", hint="Each label belongs to one output.")
    return tuple(labels)


def _from_table(text: str) -> list[str]:
    """Return the labels of a CSV or TSV with a header that names their column; nothing where it is a plain list."""
    lines = text.splitlines()
    header, *rows = list(csv.reader(lines, delimiter="\t" if lines and "\t" in lines[0] else ",")) or [[]]
    names = [name.strip().lower() for name in header]
    column = next((name for name in COLUMNS if name in names), None)
    if column is None:
        return []
    table = [dict(zip(names, row, strict=False)) for row in rows if row]
    if all(row.get("index", "").isdigit() for row in table):
        table.sort(key=lambda row: int(row["index"]))
    return [row.get(column, "").strip() for row in table]
