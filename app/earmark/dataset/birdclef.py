"""BirdCLEF: `train_metadata.csv` and the recordings in `train_audio` (or `train_short_audio`), a folder per species."""

from __future__ import annotations

import re
from pathlib import Path

from earmark.dataset.contents import Contents
from earmark.dataset.rows import columns_of
from earmark.dataset.table import Columns, Row, read_table

kind = "birdclef"
title = "BirdCLEF"
TABLE = "train_metadata.csv"
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")  # secondary labels are a list as Python prints it
PEOPLE = ("author", "recordist")


def fits(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def read(folder: Path) -> Contents:
    """Return the recordings; those of one recordist are one group, as places and calls repeat in them."""
    names = columns_of(folder / TABLE)
    group = next((name for name in PEOPLE if name in names), "")
    columns = Columns(file="filename", label="primary_label", group=group, labels_of=_labels, path_of=_path)
    return read_table(folder, folder / TABLE, columns)


def _labels(row: Row) -> list[str]:
    return [row["primary_label"], *QUOTED.findall(row.get("secondary_labels", ""))]


def _path(row: Row) -> str:
    """Return the recording's path; before 2022 the table left out the species' folder."""
    name = row["filename"]
    return name if "/" in name else f"{row['primary_label']}/{name}"
