"""The tables of the library, as numbered steps from one form to the next.

What searching needs of older rows is filled in later: what is NULL has not been looked at yet.
"""

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
SECOND = (
    "ALTER TABLE recordings ADD COLUMN recorded TEXT",  # ISO 8601, by the recorder's clock; NULL: not looked at yet
    "ALTER TABLE recordings ADD COLUMN recorded_from TEXT",  # name, file or mtime: where that is known from
    "CREATE INDEX recordings_of_size ON recordings (size)",
    "CREATE INDEX recordings_of_content ON recordings (sha256) WHERE sha256 IS NOT NULL",
    "CREATE INDEX recordings_of_time ON recordings (recorded)",
    "CREATE INDEX recordings_of_day ON recordings (substr(recorded, 6, 5))",  # of any year
    "CREATE INDEX recordings_of_length ON recordings (duration)",
    "ALTER TABLE results ADD COLUMN best REAL",  # the highest of all scores; NULL: not looked at yet
    "CREATE INDEX results_of_model ON results (model_id, weights, recording)",
    "CREATE INDEX results_of_best ON results (best, recording)",
    """
    CREATE TABLE labels (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE highest (               -- the highest score of each label in each result, for searching
        result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
        label INTEGER NOT NULL REFERENCES labels,
        score REAL NOT NULL,
        recording INTEGER NOT NULL,      -- the result's
        PRIMARY KEY (result, label)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX highest_of_label ON highest (label, score, recording)",
    """
    CREATE TABLE words (                 -- of the names of files and folders, and of tags
        word TEXT NOT NULL,
        recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
        PRIMARY KEY (word, recording)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX words_of_recording ON words (recording)",
    """
    CREATE TABLE recording_tags (
        recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (recording, tag)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX recordings_of_tag ON recording_tags (tag, recording)",
    """
    CREATE TABLE annotations (
        recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
        id TEXT NOT NULL,
        label INTEGER NOT NULL REFERENCES labels,
        status TEXT NOT NULL,            -- accepted, rejected
        model_id TEXT NOT NULL,          -- whose event it answers; empty where a person drew it
        weights TEXT NOT NULL,
        whole TEXT NOT NULL,             -- JSON of the annotation
        PRIMARY KEY (recording, id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX annotations_of_label ON annotations (label, status, recording)",
    "CREATE INDEX annotations_of_status ON annotations (status, recording)",
    "CREATE INDEX annotations_of_model ON annotations (model_id, weights)",
    """
    CREATE TABLE changes (               -- the journal: what was done, in order; undone ones wait to be redone
        id INTEGER PRIMARY KEY,
        recording INTEGER NOT NULL REFERENCES recordings ON DELETE CASCADE,
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        name TEXT NOT NULL,
        before TEXT NOT NULL,            -- JSON: annotations
        after TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX changes_of_recording ON changes (recording, undone, id)",
    """
    CREATE TABLE calibrations (          -- probability = 1 / (1 + exp(-(slope * logit(score) + intercept)))
        model_id TEXT NOT NULL,
        weights TEXT NOT NULL,
        label TEXT NOT NULL,
        facts TEXT NOT NULL,             -- JSON: slope, intercept, how many were judged, the scores they span
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        PRIMARY KEY (model_id, weights, label)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE queue (                 -- what a person asked to have heard
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,              -- bytes where the name is no text
        model_id TEXT NOT NULL,
        state TEXT NOT NULL,             -- waiting, done, failed
        reason TEXT NOT NULL DEFAULT '', -- why it failed
        facts TEXT NOT NULL DEFAULT '{}',-- JSON: size, mtime_ns, weights and what else changes the result
        added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        UNIQUE (path, model_id)
    )
    """,
)
STEPS = (FIRST, SECOND)  # only ever added to: each runs once on every library there is


def migrate(database: sqlite3.Connection) -> None:
    """Bring a library to the newest form; all steps count, or none.

    Raises:
        LibraryError: it was made by a newer Earmark.
    """
    if version_of(database) == len(STEPS):
        return
    database.execute("PRAGMA journal_mode = WAL")  # stays with the file
    database.execute("BEGIN IMMEDIATE")  # another process may be at it: wait, then look again
    version = version_of(database)
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


def version_of(database: sqlite3.Connection) -> int:
    """Return the form that a library has; 0 is none yet."""
    return database.execute("PRAGMA user_version").fetchone()[0]
