"""The files of other programs: what was heard, written for them, and their labels read.

Each format is a module with `suffix`, `write` and `read`; `FORMATS` names them all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from earmark.document import Document
from earmark.errors import DatasetError
from earmark.exchange import audacity, birdnet_csv, dcase, json_lines, raven
from earmark.exchange import jams_json as jams
from earmark.exchange.folder import Folder
from earmark.exchange.labelled import Format, Labelled, LabelledEvent

__all__ = ["FORMATS", "Folder", "Format", "Labelled", "LabelledEvent", "read", "write"]

FORMATS: Mapping[str, Format] = {
    "json": json_lines,
    "csv": birdnet_csv,
    "audacity": audacity,
    "raven": raven,
    "dcase": dcase,
    "jams": jams,
}


def write(format_name: str, documents: Iterable[Document], out: Path | TextIO) -> list[Path]:
    """Write documents into a stream, or each into a file of its own in a folder; return the files.

    Raises:
        DatasetError: the folder cannot be written.
    """
    if isinstance(out, Path):
        folder = Folder(out, FORMATS[format_name])
        return [folder.add(document) for document in documents]
    FORMATS[format_name].write(documents, out)
    return []


def read(format_name: str, path: str | os.PathLike[str]) -> list[Labelled]:
    """Return what a file of this format says.

    Raises:
        DatasetError: it cannot be read, or is not of this format.
    """
    try:
        return FORMATS[format_name].read(Path(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # whatever stands in a stranger's file
        raise DatasetError(f"{path} cannot be read as {format_name}.", hint=str(error)) from error
