"""The files of other programs: what was heard, written for them, and their labels read.

Each format is a module with `suffix`, `write` and `read`; `FORMATS` names them all.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from earmark.audio_file import shown
from earmark.document import Document
from earmark.errors import DatasetError
from earmark.exchange import audacity, birdnet_csv, dcase, json_lines, raven
from earmark.exchange import jams_json as jams
from earmark.exchange import losses as _losses
from earmark.exchange.arrival import Arrival, annotations_of, arrive, joined, matched
from earmark.exchange.detection import detect
from earmark.exchange.folder import Folder, write_file
from earmark.exchange.gathering import Gatherer
from earmark.exchange.labelled import Format, Labelled, LabelledEvent
from earmark.exchange.losses import Losses
from earmark.exchange.report import Remark, Report
from earmark.exchange.wanted import WANTED, only, wanted

__all__ = [
    "FORMATS",
    "WANTED",
    "Arrival",
    "Folder",
    "Format",
    "Gatherer",
    "Labelled",
    "LabelledEvent",
    "Losses",
    "Reading",
    "Remark",
    "annotations_of",
    "arrive",
    "detect",
    "joined",
    "losses",
    "matched",
    "only",
    "read",
    "read_any",
    "wanted",
    "write",
    "write_file",
]

FORMATS: Mapping[str, Format] = {
    "json": json_lines,
    "csv": birdnet_csv,
    "audacity": audacity,
    "raven": raven,
    "dcase": dcase,
    "jams": jams,
}


# What reading a stranger's file may raise, whatever stands in it.
STRANGE = (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error, RecursionError)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file of labels says, and what of it could not be read.

    Attributes:
        skipped: lines that were left out; remarks: lines that were read in part.
    """

    path: Path
    format_name: str
    recordings: tuple[Labelled, ...]
    skipped: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()


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


def losses(format_name: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """Return what a format cannot hold of these documents, a sentence for each kind of loss."""
    return _losses.losses(FORMATS[format_name], documents)


def read(format_name: str, path: str | os.PathLike[str]) -> list[Labelled]:
    """Return what a file of this format says, all of it.

    Raises:
        DatasetError: it cannot be read, is not of this format, or a line of it cannot be read.
    """
    return list(_reading(format_name, Path(path), Report(is_strict=True)).recordings)


def read_any(path: str | os.PathLike[str]) -> Reading:
    """Return what a file of labels says, in whatever format it is; lines that cannot be read are named and left out.

    Raises:
        DatasetError: it cannot be read, or is in no format that is known.
    """
    return _reading(detect(Path(path)), Path(path), Report())


def _reading(format_name: str, path: Path, report: Report) -> Reading:
    try:
        recordings = tuple(FORMATS[format_name].read(path, report))
    except STRANGE as error:
        raise DatasetError(f"{shown(path)} cannot be read as {format_name}.", hint=str(error)) from error
    skipped, remarks = tuple(report.skipped), tuple(report.remarks)
    return Reading(path=path, format_name=format_name, recordings=recordings, skipped=skipped, remarks=remarks)
