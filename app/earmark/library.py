"""The library: which recordings are known, and what was heard in them.

One SQLite file that any process may use: each call opens it, works in one short transaction and closes it again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from earmark import library_scores as scores
from earmark.analysis import Analysis
from earmark.audio_file import AudioInfo, shown
from earmark.errors import LibraryError
from earmark.library_schema import migrate

BUSY_SECONDS = 15.0
METHOD = 1  # raised when windows are cut or stitched in another way: what was heard before is then heard anew

RESULT_KEY = (
    "model_id = :model_id AND weights = :weights AND channel = :channel AND precision = :precision "
    "AND starts_at = :start AND ends_at IS :end AND method = :method"
)


@dataclass(frozen=True, kw_only=True)
class KnownRecording:
    """A recording in the library. `models` are those that have heard it; rate and channels are None where unknown."""

    path: Path
    size: int
    mtime_ns: int
    duration: float
    sample_rate: int | None
    channels: int | None
    models: tuple[str, ...]


class Library:
    """Recordings and results in one SQLite file.

    Raises:
        LibraryError: on opening and in every method: the file cannot be used. A damaged one is moved aside, so that the
            next call begins a new one.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        with self._transaction("DEFERRED"):
            pass

    def recording(self, path: str | os.PathLike[str], info: AudioInfo) -> int:
        """Add a recording, or what is new about it, and return its number."""
        with self._transaction() as database:
            return _put_recording(database, Path(path), info.duration, info)

    def store(self, analysis: Analysis, info: AudioInfo | None = None) -> Analysis:
        """Keep what was heard, in the place of what was there, and return it as it will be found again.

        A file that has changed since it was last heard loses all other results.
        """
        kept = scores.as_kept(analysis)
        parts = list(scores.packed(kept))  # before the transaction: others may write meanwhile
        with self._transaction() as database:
            recording = _put_recording(database, analysis.path, _whole_duration(analysis), info)
            database.execute(
                "DELETE FROM results WHERE recording = :recording AND window = :window AND hop = :hop "
                f"AND {RESULT_KEY}",
                {"recording": recording, **_key_of(analysis)},
            )
            result = _put_result(database, recording, analysis)
            rows = ((result, part.kind, part.place, part.rows, part.data) for part in parts)
            database.executemany(
                "INSERT INTO scores (result, kind, place, row_count, data) VALUES (?, ?, ?, ?, ?)", rows
            )
        return kept

    def find(
        self,
        path: str | os.PathLike[str],
        model_id: str,
        *,
        weights: str = "",
        window: float | None = None,
        hop: float | None = None,
        channel: str | int = "mix",
        precision: str = "fp32",
        start: float = 0.0,
        end: float | None = None,
    ) -> Analysis | None:
        """Return what the model heard in this file, or None: never heard, or the file has changed since.

        Args:
            window, hop: seconds; None is any, the newest first.
        """
        key = {"model_id": model_id, "weights": weights, "channel": str(channel), "precision": precision}
        key |= {"start": start, "end": end, "window": window, "hop": hop, "method": METHOD}
        try:
            facts = Path(path).stat()
        except OSError:
            return None
        with self._transaction("DEFERRED") as database:
            row = database.execute(
                "SELECT results.* FROM results JOIN recordings ON recordings.id = results.recording "
                "WHERE path = :path AND size = :size AND mtime_ns = :mtime "
                f"AND window = ifnull(:window, window) AND hop = ifnull(:hop, hop) AND {RESULT_KEY} "
                "ORDER BY results.id DESC LIMIT 1",
                {"path": _stored(Path(path)), "size": facts.st_size, "mtime": facts.st_mtime_ns, **key},
            ).fetchone()
            if row is None:
                return None
            parts = database.execute(
                "SELECT kind, place, row_count, data FROM scores WHERE result = ? ORDER BY kind, place", (row["id"],)
            ).fetchall()
        return scores.unpacked(Path(path), row, [scores.Part(*part) for part in parts])

    def recordings(self) -> list[KnownRecording]:
        """Return all recordings, the newest first."""
        with self._transaction("DEFERRED") as database:
            rows = database.execute(
                "SELECT recordings.*, (SELECT group_concat(DISTINCT model_id) FROM results "
                "WHERE recording = recordings.id) AS models FROM recordings ORDER BY recordings.id DESC"
            ).fetchall()
        return [_known(row) for row in rows]

    def forget(self, path: str | os.PathLike[str]) -> None:
        """Drop a recording and all that was heard in it; the file itself is left alone."""
        with self._transaction() as database:
            database.execute("DELETE FROM recordings WHERE path = ?", (_stored(Path(path)),))

    @contextmanager
    def _transaction(self, kind: Literal["DEFERRED", "IMMEDIATE"] = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """Run one transaction; a writing one is "IMMEDIATE", so that it waits for its turn before it reads."""
        try:
            with _opened(self.path, kind) as database:
                yield database
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise self._moved_aside() from error
            raise LibraryError(f"The library cannot be used: {error}.", hint=f"It is {self.path}.") from error
        except OSError as error:
            raise LibraryError(
                f"The library cannot be opened: {error}.", hint="EARMARK_HOME names another place."
            ) from error

    def _moved_aside(self) -> LibraryError:
        """Move a damaged library aside and return the error that says so."""
        moved = self.path.with_name(f"{self.path.stem}.damaged-{datetime.now():%Y%m%d-%H%M%S}{self.path.suffix}")
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{self.path}{ending}").replace(f"{moved}{ending}")
        return LibraryError(
            "The library is damaged and was moved aside.",
            hint=f"It is now {moved}. A new one is begun; recordings are heard again when they are needed.",
        )


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[sqlite3.Connection]:
    """Open the database, bring it up to date, and run one transaction in it: all of it counts, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA synchronous = NORMAL")
        migrate(database)
        database.execute(f"BEGIN {kind}")
        yield database
        database.execute("COMMIT")
    finally:
        database.close()  # what was not committed is undone


def _put_recording(database: sqlite3.Connection, path: Path, duration: float, info: AudioInfo | None) -> int:
    """Add the recording or bring it up to date; a file that has changed loses its results."""
    try:
        facts = path.stat()
    except OSError as error:
        raise LibraryError(f"{shown(path)} has gone, so nothing about it is kept.") from error
    new = {"path": _stored(path), "size": facts.st_size, "mtime": facts.st_mtime_ns, "duration": duration}
    new |= {"sample_rate": info and info.sample_rate, "channels": info and info.channels}
    database.execute("DELETE FROM recordings WHERE path = :path AND (size != :size OR mtime_ns != :mtime)", new)
    database.execute(
        "INSERT INTO recordings (path, size, mtime_ns, duration, sample_rate, channels) "
        "VALUES (:path, :size, :mtime, :duration, :sample_rate, :channels) ON CONFLICT (path) DO UPDATE SET "
        "duration = max(duration, :duration), sample_rate = ifnull(:sample_rate, sample_rate), "
        "channels = ifnull(:channels, channels)",
        new,
    )
    return database.execute("SELECT id FROM recordings WHERE path = ?", (new["path"],)).fetchone()["id"]


def _put_result(database: sqlite3.Connection, recording: int, analysis: Analysis) -> int:
    facts = {"recording": recording, **_key_of(analysis), **scores.facts_of(analysis)}
    facts["starts_at"], facts["ends_at"] = facts.pop("start"), facts.pop("end")
    columns, values = ", ".join(facts), ", ".join(f":{name}" for name in facts)
    return database.execute(f"INSERT INTO results ({columns}) VALUES ({values}) RETURNING id", facts).fetchone()["id"]


def _key_of(analysis: Analysis) -> dict[str, object]:
    key = {"model_id": analysis.model_id, "weights": analysis.weights, "window": analysis.window, "hop": analysis.hop}
    key |= {"channel": str(analysis.channel), "precision": analysis.precision, "method": METHOD}
    return {**key, "start": analysis.start, "end": analysis.end}


def _whole_duration(analysis: Analysis) -> float:
    return analysis.start + analysis.duration


def _known(row: sqlite3.Row) -> KnownRecording:
    return KnownRecording(
        path=Path(os.fsdecode(row["path"])),
        size=row["size"],
        mtime_ns=row["mtime_ns"],
        duration=row["duration"],
        sample_rate=row["sample_rate"],
        channels=row["channels"],
        models=tuple(sorted((row["models"] or "").split(","))) if row["models"] else (),
    )


def _stored(path: Path) -> str | bytes:
    """Return the whole path as text, or as bytes where it is none."""
    whole = str(path.resolve())
    try:
        whole.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(whole)
    return whole


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
