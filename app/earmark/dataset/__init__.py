"""Labelled folders, in the layouts in which data sets come: recognised by what is in them, read as `api.Example`s.

Each layout is a module with `kind`, `title`, `fits` and `read`; `READERS` names them all.
"""

from __future__ import annotations

from pathlib import Path

from earmark.dataset import (
    audioset,
    birdclef,
    class_folders,
    esc50,
    event_lists,
    labels_beside,
    speech_commands,
    table,
    urbansound8k,
    vggsound,
)
from earmark.dataset.contents import Contents, Dataset, Reader
from earmark.errors import DatasetError

__all__ = ["KINDS", "READERS", "Contents", "Dataset", "Reader", "fitting_readers", "open_dataset", "open_list"]

NAMED: tuple[Reader, ...] = (esc50, urbansound8k, speech_commands, audioset, vggsound, birdclef)
"""Told by a file that no other folder has."""

LISTED: tuple[Reader, ...] = (event_lists, table, labels_beside)
"""Told by lists and labels; asked where no named one fits."""

TIERS: tuple[tuple[Reader, ...], ...] = (NAMED, LISTED, (class_folders,))
READERS = tuple(reader for tier in TIERS for reader in tier)
KINDS = tuple(reader.kind for reader in READERS)


def open_dataset(folder: Path, kind: str | None = None) -> Dataset:
    """Return the labelled recordings of a folder; what is missing or odd is in its warnings.

    No recording is opened.

    Args:
        kind: one of KINDS; None is found out.

    Raises:
        DatasetError: it is no folder, in no layout that is known, in several, or holds no labelled recording.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    reader = _reader(folder, kind)
    contents = reader.read(folder)
    if not contents.examples:
        raise DatasetError(
            f"No labelled recording is in {folder}, read as {reader.title}.", hint=" ".join(contents.warnings)
        )
    return Dataset.of(folder, reader, contents)


def open_list(path: Path, folder: Path) -> Dataset:
    """Return the recordings in a folder that a list of events or labels names, all of them for testing.

    Raises:
        DatasetError: the list or the folder cannot be read, or none of the recordings is here.
    """
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    contents = event_lists.read_list(path, folder)
    if not contents.examples:
        raise DatasetError(f"No recording that {path.name} names is in {folder}.", hint=" ".join(contents.warnings))
    return Dataset.of(folder, event_lists, contents)


def fitting_readers(folder: Path) -> list[Reader]:
    """Return the layouts as which a folder can be read: the surest that fit, more than one where that is open."""
    found = ([reader for reader in tier if reader.fits(folder)] for tier in TIERS)
    return next(filter(None, found), [])


def _reader(folder: Path, kind: str | None) -> Reader:
    if kind is not None:
        known = next((reader for reader in READERS if reader.kind == kind), None)
        if known is None:
            raise DatasetError(f"There is no kind of data set called “{kind}”.", hint=f"There are: {', '.join(KINDS)}.")
        return known
    fitting = fitting_readers(folder)
    if not fitting:
        raise DatasetError(
            f"{folder} is no data set that Earmark knows.",
            hint="Put the recordings of each class into a folder named after it, or labels beside the recordings.",
        )
    if len(fitting) > 1:
        read_as = " or ".join(reader.title for reader in fitting)
        kinds = " or ".join(f"--kind {reader.kind}" for reader in fitting)
        raise DatasetError(f"{folder} can be read as {read_as}.", hint=f"Say which: {kinds}.")
    return fitting[0]
