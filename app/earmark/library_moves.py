"""Files that were moved or renamed: found again by what is in them, whole folders included."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from earmark import library_recordings as recordings
from earmark.errors import LibraryError

FEW = 64  # recordings of one size: whether their files are still there is quicker to see than what is in a new one
PIECE = 1 << 22  # bytes read at once
LARGE = 1 << 28  # bytes, which take a second to read
CLOSE = 0.5  # seconds by which a stated length may be off
ANNOTATED = (
    "SELECT * FROM recordings WHERE sha256 IS NULL AND (EXISTS (SELECT 1 FROM annotations WHERE recording = "
    "recordings.id) OR EXISTS (SELECT 1 FROM recording_tags WHERE recording = recordings.id))"
)


class Shelf(Protocol):
    """What of the library is needed here."""

    def transaction(self, kind: Any = ...) -> AbstractContextManager[sqlite3.Connection]: ...
    def content_of(self, path: Path, cancelled: Callable[[], bool] = ...) -> str | None: ...


def recognise(library: Shelf, path: Path, duration: float | None) -> bool:
    """Give a moved file what is known about it; see `Library.recognise`."""
    try:
        facts = recordings.file_facts(path)
    except LibraryError:
        return False
    with library.transaction("DEFERRED") as database:
        here = recordings.row_of(database, path)
        size = (facts["size"],)
        alike = database.execute(f"SELECT * FROM recordings WHERE size = ? LIMIT {FEW + 1}", size).fetchall()
    if here is not None:
        return _is_touched_only(library, here, path, facts)
    row = _original(library, alike, path, duration)
    if row is None:
        return False
    with library.transaction() as database:
        recordings.move(database, row, path, facts)
    _move_siblings(library, recordings.path_of(row), Path(path).resolve())
    return True


def sha256(path: Path, cancelled: Callable[[], bool]) -> str | None:
    """Return the sha256 of a file; None where it was cancelled."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            if cancelled():
                return None
            found.update(piece)
    return found.hexdigest()


def hash_missing(library: Shelf, paths: Iterable[str | os.PathLike[str]] | None, cancelled: Callable[[], bool]) -> int:
    """Look at the content of files that were not looked at yet; see `Library.hash_missing`."""
    with library.transaction("DEFERRED") as database:
        if paths is None:
            rows = database.execute(ANNOTATED).fetchall()
        else:
            rows = [row for row in (recordings.row_of(database, path) for path in paths) if row and not row["sha256"]]
    return sum(_hash(library, row, cancelled) for row in rows)


def _hash(library: Shelf, row: sqlite3.Row, cancelled: Callable[[], bool]) -> bool:
    found = library.content_of(recordings.path_of(row), cancelled)
    if found is None:
        return False
    facts = recordings.file_facts(recordings.path_of(row))
    with library.transaction() as database:  # not where it has changed meanwhile, or is not the file that was heard
        changed = database.execute(
            "UPDATE recordings SET sha256 = ? WHERE id = ? AND size = ? AND mtime_ns = ?",
            (found, row["id"], facts["size"], facts["mtime_ns"]),
        )
        return changed.rowcount > 0


def _is_touched_only(library: Shelf, row: sqlite3.Row, path: Path, facts: dict[str, Any]) -> bool:
    """Take over the new time of a file whose content is as it was."""
    if recordings.is_same(row, facts) or row["size"] != facts["size"] or not row["sha256"]:
        return False
    if library.content_of(path) != row["sha256"]:
        return False
    with library.transaction() as database:
        database.execute("UPDATE recordings SET mtime_ns = ? WHERE id = ?", (facts["mtime_ns"], row["id"]))
    return True


def _original(library: Shelf, alike: list[sqlite3.Row], path: Path, duration: float | None) -> sqlite3.Row | None:
    """Return the recording that a file was; None where there is none, or its own file is still there.

    Args:
        alike: recordings of its size, `FEW` and one more where there are more.
    """
    if len(alike) <= FEW:
        alike = [row for row in alike if _has_left(row) and _is_as_long(row, duration)]
    if not alike:
        return None
    known = [row for row in alike if _looks_the_same(row, path) and _has_left(row)]
    if known and known[0]["size"] >= LARGE:  # somebody waits, and a minute of reading would hardly say more
        return known[0]
    with library.transaction("DEFERRED") as database:
        rows = database.execute("SELECT * FROM recordings WHERE sha256 = ?", (library.content_of(path),)).fetchall()
    rows += [row for row in known if not row["sha256"]]
    return next((row for row in rows if _has_left(row) and not _was_only_touched(library, row)), None)


def _is_as_long(row: sqlite3.Row, duration: float | None) -> bool:
    return duration is None or not row["duration"] or abs(row["duration"] - duration) < CLOSE


def _has_left(row: sqlite3.Row) -> bool:
    """Tell whether a recording's file is gone, or its name has now a file of another size or time."""
    try:
        return not recordings.is_same(row, recordings.file_facts(recordings.path_of(row)))
    except LibraryError:
        return True


def _was_only_touched(library: Shelf, row: sqlite3.Row) -> bool:
    """Tell whether a recording's file is where it was, with the same content and another time."""
    path = recordings.path_of(row)
    return path.exists() and path.stat().st_size == row["size"] and library.content_of(path) == row["sha256"]


def _looks_the_same(row: sqlite3.Row, path: Path) -> bool:
    """Tell whether a recording has the name and, to the nanosecond, the time of a file of its size."""
    return recordings.path_of(row).name == path.name and row["mtime_ns"] == path.stat().st_mtime_ns


def _move_siblings(library: Shelf, old: Path, new: Path) -> None:
    """Move what lay in the same folder, as far as it is in the new one with the size and time it had."""
    with library.transaction("DEFERRED") as database:
        there = list(recordings.siblings(database, old, new))
    moved = [(row, place, facts) for row, place in there if (facts := _facts_where_moved(row, place))]
    if moved:
        with library.transaction() as database:
            for row, place, facts in moved:
                recordings.move(database, row, place, facts)


def _facts_where_moved(row: sqlite3.Row, place: Path) -> dict[str, Any] | None:
    try:
        facts = recordings.file_facts(place)
    except LibraryError:
        return None
    return facts if recordings.is_same(row, facts) and _has_left(row) else None
