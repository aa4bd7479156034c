"""UrbanSound8K: `metadata/UrbanSound8K.csv` and the slices in `audio/fold1` to `fold10`.

Source: Salamon et al., A Dataset and Taxonomy for Urban Sound Research, 2014. The folds keep the slices of one
Freesound recording together, and have to be used as they are.
"""

from __future__ import annotations

from pathlib import Path

from earmark.dataset.contents import Contents
from earmark.dataset.table import Columns, Row, read_table

kind = "urbansound8k"
title = "UrbanSound8K"
TABLE = Path("metadata", "UrbanSound8K.csv")


def fits(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def read(folder: Path) -> Contents:
    columns = Columns(file="slice_file_name", label="class", group="fsid", fold="fold", path_of=_path)
    return read_table(folder, folder / TABLE, columns)


def _path(row: Row) -> str:
    return f"fold{row.get('fold', '')}/{row['slice_file_name']}"
