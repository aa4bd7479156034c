"""The library's file: opening it, one transaction in it, and what befalls it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from earmark.errors import LibraryError
from earmark.library_schema import STEPS, migrate, version_of

BUSY_SECONDS = 15.0
Kind = Literal["DEFERRED", "IMMEDIATE"]
ENDINGS = ("", "-wal", "-shm")  # of the files that SQLite keeps beside each other


@contextmanager
def transaction(path: Path, kind: Kind) -> Iterator[sqlite3.Connection]:
    """Run one transaction: all of it counts, or nothing.

    Args:
        kind: a writing one is "IMMEDIATE", so that it waits for its turn before it reads.

    Raises:
        LibraryError: the file cannot be used; a damaged one is moved aside, so that the next call begins a new one.
    """
    try:
        with _opened(path) as database:
            database.execute(f"BEGIN {kind}")
            yield database
            database.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            raise _moved_aside(path) from error
        raise LibraryError(f"The library cannot be used: {error}.", hint=f"It is {path}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database and bring it up to date; what was not committed at the end is undone.

    `synchronous` is FULL, as SQLite has it: what was committed outlives a power cut too.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The library cannot be opened: {error}.", hint="EARMARK_HOME names another place."
        ) from error
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA foreign_keys = ON")
        migrate(database)
        yield database


def backup(path: Path, to: Path) -> None:
    """Write a whole copy of the library into one file, while others may go on writing into it.

    Raises:
        LibraryError: it cannot be written.
    """
    beside = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with _opened(path) as source, closing(sqlite3.connect(beside, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, and none beside it
        beside.replace(to)
    except (sqlite3.DatabaseError, OSError) as error:
        raise LibraryError(f"{to.name} cannot be written.", hint=str(error)) from error
    finally:
        _remove(beside)


def restore(path: Path, source: Path) -> Path:
    """Put a backup in the library's place, and return the file in which the library that was there is kept.

    Raises:
        LibraryError: that file is no backup of a library, or is damaged; then nothing is changed.
    """
    _check(source)
    kept = beside(path, "before-restoring")
    backup(path, kept)
    try:
        with closing(_read_only(source)) as origin, _opened(path) as database:
            origin.backup(database)  # one transaction: others see the old one or the new one
            migrate(database)
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"{source.name} cannot be restored: {error}.", hint=f"The library is {path}.") from error
    return kept


def beside(path: Path, why: str) -> Path:
    """Return a name beside the library's, with the time in it."""
    return path.with_name(f"{path.stem}.{why}-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")


def _check(source: Path) -> None:
    """Refuse what is no library, or none that this Earmark knows."""
    try:
        with closing(_read_only(source)) as origin:
            sound = origin.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = {name for (name,) in origin.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            version = version_of(origin)
    except (sqlite3.DatabaseError, OSError) as error:
        raise LibraryError(f"{source.name} is not a backup of a library.", hint=str(error)) from error
    if not {"recordings", "results", "scores"} <= tables:
        raise LibraryError(f"{source.name} is not a backup of a library.", hint="It is a database of something else.")
    if not sound:
        raise LibraryError(f"{source.name} is damaged.", hint="Nothing was changed. Choose another backup.")
    if version > len(STEPS):
        raise LibraryError(f"{source.name} was made by a newer Earmark.", hint="Nothing was changed.")


def _read_only(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _moved_aside(path: Path) -> LibraryError:
    """Move a damaged library aside and return the error that says so."""
    moved = beside(path, "damaged")
    for ending in ENDINGS:
        with suppress(OSError):
            Path(f"{path}{ending}").replace(f"{moved}{ending}")
    return LibraryError(
        "The library is damaged and was moved aside.",
        hint=f"It is now {moved}. A new one is begun; recordings are heard again when they are needed.",
    )


def _remove(path: Path) -> None:
    for ending in (*ENDINGS, "-journal"):
        with suppress(OSError):
            Path(f"{path}{ending}").unlink()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
