"""Reading a list of labels: one a line, a table such as AudioSet's `index,mid,display_name`, or rows like `0,dog`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from earmark.errors import CheckpointError
from earmark.exchange.text import delimiter_of, lines_of, text_of

COLUMNS = ("display_name", "label", "name", "class_name", "category", "class")
NUMBERS = ("index", "target", "id", "class_index", "class_id", "")  # which output a row is of
HINT = "One label a line, or a table with a column display_name, label, name or category."

Rows = Sequence[Sequence[str]]
Numbered = list[tuple[int, str]]


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the labels, in the file's order or, where it numbers them, in that of the numbers.

    Raises:
        CheckpointError: there are none, one is empty or stands there twice, or a number is missing.
    """
    try:
        lines = [line for _, line in lines_of(text_of(path))]
        rows = list(csv.reader(lines, delimiter=delimiter_of(lines[0]) if lines else ","))
    except (OSError, ValueError, csv.Error) as error:
        raise CheckpointError(f"The labels in {path} cannot be read.", hint=f"They must be text. {error}") from error
    stripped = [[cell.strip() for cell in row] for row in rows]
    labels = _of_table(stripped, path) or _of_numbered_rows(stripped, path) or [_plain(line) for line in lines]
    if not labels or not all(labels):
        raise CheckpointError(f"{path} names no labels, or leaves one empty.", hint=HINT)
    if not all(label.isprintable() for label in labels):
        raise CheckpointError(f"The labels in {path} cannot be read.", hint="They must be text.")
    if doubles := sorted({label for label in labels if labels.count(label) > 1}):
        raise CheckpointError(f"{path} names {doubles[0]} twice.", hint="Each label belongs to one output.")
    return tuple(labels)


def _of_table(rows: Rows, path: Path) -> list[str]:
    """Return the labels of a table with a header that names their column; nothing where there is none."""
    names = [name.casefold() for name in rows[0]] if rows else []
    column = next((name for name in COLUMNS if name in names), None)
    if column is None:
        return []
    table = [dict(zip(names, row, strict=False)) for row in rows[1:]]
    labels = [row.get(column, "") for row in table]
    for name in NUMBERS:
        numbers = [row.get(name, "") for row in table]
        if numbers and all(number.isdecimal() for number in numbers):
            return _in_order(list(zip(map(int, numbers), labels, strict=True)), path)
    return labels


def _of_numbered_rows(rows: Rows, path: Path) -> list[str]:
    """Return the labels of rows that begin with their number or end with it, below a header of any names or none."""
    for number, label in ((0, -1), (-1, 0)):
        for first in (0, 1):
            table = rows[first:]
            if table and all(len(row) > 1 and row[number].isdecimal() for row in table):
                return _in_order([(int(row[number]), row[label]) for row in table], path)
    return []


def _in_order(numbered: Numbered, path: Path) -> list[str]:
    """Return the labels by their numbers; a table of clips has each pair many times."""
    pairs = sorted(set(numbered))
    numbers = [number for number, _ in pairs]
    doubled = next((one for one, other in pairwise(numbers) if one == other), None)
    if doubled is not None:
        raise CheckpointError(f"{path} gives number {doubled} to two labels.", hint="Each label belongs to one output.")
    missing = next((after - 1 for before, after in pairwise(numbers) if after != before + 1), None)
    if missing is not None:
        raise CheckpointError(f"{path} numbers its labels, and {missing} is missing.", hint=HINT)
    return [label for _, label in pairs]


def _plain(line: str) -> str:
    """Return a line of a plain list, which may be quoted as a table's cell is."""
    cells = next(csv.reader([line.strip()]), [])
    return cells[0].strip() if len(cells) == 1 else line.strip()
