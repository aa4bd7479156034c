"""ESC-50: `meta/esc50.csv` and the recordings in `audio`.

Source: Piczak, ESC: Dataset for Environmental Sound Classification, 2015. The five folds keep the clips of one source
together, and have to be used as they are.
"""

from __future__ import annotations

from pathlib import Path

from earmark.dataset.contents import Contents
from earmark.dataset.rows import Table
from earmark.dataset.table import Columns, read_table

kind = "esc50"
title = "ESC-50"
TABLE = Path("meta", "esc50.csv")


def fits(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def read(folder: Path) -> Contents:
    columns = Columns(file="filename", label="category", group="src_file", fold="fold")
    return read_table(folder, folder / TABLE, columns, _in_order(folder / TABLE))


def _in_order(path: Path) -> list[str]:
    """Return the categories by their target, the order of published checkpoints."""
    targets = {row["category"]: row["target"] for row in Table(path).rows("category", "target")}
    return sorted(targets, key=lambda label: (len(targets[label]), targets[label]))
