"""One table that names each recording and its labels, by whichever of the usual column names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from earmark.api import Example
from earmark.dataset.contents import Contents, Split
from earmark.dataset.naming import labels_in, present_and_absent, source_of, split_of
from earmark.dataset.rows import Table, columns_of
from earmark.dataset.sounds import Sounds
from earmark.errors import DatasetError

kind = "table"
title = "a table of recordings"

FILES = ("filename", "file", "file_name", "fname", "slice_file_name", "path", "filepath")
LABELS = ("label", "labels", "category", "class", "primary_label", "species")
GROUPS = ("group", "source", "src_file", "fsid", "author", "recordist", "speaker", "recording_id")
FOLDS, SPLITS = ("fold",), ("split", "subset", "set")
TIMES = frozenset({"onset", "offset", "event_onset", "start (s)", "begin time (s)"})
"""What only a table of events has."""

Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """In which columns what stands; empty where the table does not say.

    Attributes:
        labels_of: the labels of a row, where one cell is not a list by commas.
        path_of: the recording of a row, where one cell does not name it.
    """

    file: str
    label: str
    group: str = ""
    fold: str = ""
    split: str = ""
    labels_of: Callable[[Row], Sequence[str]] | None = None
    path_of: Callable[[Row], str] | None = None


@dataclass
class _Rows:
    examples: list[Example] = field(default_factory=list)
    folds: list[str] = field(default_factory=list)


def fits(folder: Path) -> bool:
    return bool(_tables(folder))


def read(folder: Path) -> Contents:
    found = _tables(folder)
    if len(found) != 1:
        names = " and ".join(path.name for path, _ in found) or "none"
        raise DatasetError(f"One table of recordings is needed in {folder}.", hint=f"There is: {names}.")
    return read_table(folder, *found[0])


def read_table(folder: Path, path: Path, columns: Columns, labels: Iterable[str] = ()) -> Contents:
    """Return what a table says of the recordings in a folder.

    Args:
        labels: all labels in their order, where the table's own order means something.
    """
    table, sounds, rows = Table(path), Sounds(folder), _Rows()
    needed = (columns.file,) if columns.labels_of else (columns.file, columns.label)
    for row in table.rows(*needed):
        recording = sounds.find(columns.path_of(row) if columns.path_of else row[columns.file])
        if recording is not None:
            rows.examples.append(_example(recording, row, columns))
            rows.folds.append(row.get(columns.fold, ""))
    return Contents(
        examples=rows.examples,
        labels=tuple(labels),
        folds=rows.folds if columns.fold else (),
        warnings=(*table.warnings(), *sounds.warnings()),
    )


def _example(path: Path, row: Row, columns: Columns) -> Example:
    said = columns.labels_of(row) if columns.labels_of else labels_in(row[columns.label], ",;")
    present, absent = present_and_absent(said)
    group = row.get(columns.group, "") or source_of(path.stem)
    return Example(path=path, labels=present, absent=absent, group=group, split=_split(row, columns))


def _split(row: Row, columns: Columns) -> Split:
    return split_of(row.get(columns.split, "")) or "train"


def _tables(folder: Path) -> list[tuple[Path, Columns]]:
    """Return the tables that name recordings and labels, and no times."""
    found = []
    for path in sorted(
        each for place in (folder, folder / "meta", folder / "metadata") for each in place.glob("*.csv")
    ):
        names = columns_of(path)
        file, label = _first(FILES, names), _first(LABELS, names)
        if file and label and not names & TIMES:
            group, fold, split = (_first(known, names) for known in (GROUPS, FOLDS, SPLITS))
            found.append((path, Columns(file=file, label=label, group=group, fold=fold, split=split)))
    return found


def _first(known: Sequence[str], names: set[str]) -> str:
    return next((name for name in known if name in names), "")
