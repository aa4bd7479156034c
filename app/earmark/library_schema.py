"""The tables of the library, as numbered steps from one form to the next."""

from __future__ import annotations

import sqlite3

from earmark.errors import LibraryError

FIRST = (
    """
    CREATE TABLE recordings (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE,       -- bytes where the name is no text
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        sha256 TEXT,                     -- of the content, where it was computed
        duration REAL NOT NULL,          -- seconds
        sample_rate INTEGER,
        channels INTEGER,
        added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    )
    """,
    """
    CREATE TABLE results (
        id INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
        model_id TEXT NOT NULL,
        weights TEXT NOT NULL,           -- sha256
        window REAL NOT NULL,            -- seconds
        hop REAL NOT NULL,
        channel TEXT NOT NULL,
        precision TEXT NOT NULL,
        starts_at REAL NOT NULL,         -- the span of the recording, in seconds
        ends_at REAL,                    -- NULL is its end
        method INTEGER NOT NULL,
        duration REAL NOT NULL,
        frame_hop REAL,
        facts TEXT NOT NULL,             -- JSON: labels, thresholds, warnings, device, seconds_taken
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    )
    """,
    "CREATE INDEX results_of_recording ON results (recording, model_id)",
    """
    CREATE TABLE scores (
        result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
        kind TEXT NOT NULL,              -- starts, windows, frames
        place INTEGER NOT NULL,          -- the first row's number
        row_count INTEGER NOT NULL,
        data BLOB NOT NULL,              -- zlib
        PRIMARY KEY (result, kind, place)
    )
    """,
)
STEPS = (FIRST,)  # only ever added to: each runs once on every library there is


def migrate(database: sqlite3.Connection) -> None:
    """Bring a library to the newest form; all steps count, or none.

    Raises:
        LibraryError: it was made by a newer Earmark.
    """
    if _version(database) == len(STEPS):
        return
    database.execute("PRAGMA journal_mode = WAL")  # stays with the file
    database.execute("BEGIN IMMEDIATE")  # another process may be at it: wait, then look again
    version = _version(database)
    if version > len(STEPS):
        raise LibraryError(
            f"The library has form {version}; this Earmark knows forms up to {len(STEPS)}.",
            hint="It was made by a newer Earmark: use that one, or another EARMARK_HOME.",
        )
    for statements in STEPS[version:]:
        for statement in statements:
            database.execute(statement)
    database.execute(f"PRAGMA user_version = {len(STEPS)}")
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return database.execute("PRAGMA user_version").fetchone()[0]
