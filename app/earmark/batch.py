"""The queue: what a person asked to have heard, kept in the library, so that it goes on after a restart or a kill.

A recording is done for as long as nothing has changed that changes its result: the file (by path, size and time), the
weights, the precision, and how Earmark cuts and stitches.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from earmark.analysis import Heading
from earmark.library import METHOD, Library
from earmark.library_recordings import path_of, stored
from earmark.library_schema import migrate
from earmark.pace import Weight

State = Literal["waiting", "done", "failed"]
CANCELLED = "Cancelled."  # why it failed, where a person did not want to wait
RETRY = "UPDATE queue SET state = 'waiting', reason = '' WHERE state = 'failed'"
AT_ONCE = 500  # files added in one transaction
HEARD_ANEW = (  # failed; or it would not come out the same; or the library has forgotten it
    "state = 'failed' OR facts != excluded.facts OR json_extract(excluded.facts, '$.weights') = '' "
    "OR (state = 'done' AND NOT EXISTS (SELECT 1 FROM recordings JOIN results ON results.recording = recordings.id "
    "WHERE recordings.path = queue.path AND results.model_id = queue.model_id))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One recording in the queue, and the model that is to hear it.

    Attributes:
        number: its place; lower ones are heard first.
        reason: why it failed.
    """

    number: int
    path: Path
    model_id: str
    state: State
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many recordings are in which state."""

    waiting: int = 0
    done: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.waiting + self.done + self.failed

    @property
    def ended(self) -> int:
        """Return how many need no more work."""
        return self.done + self.failed


class Queue:
    """Recordings that wait, are done, or failed; in the order in which they are heard. Safe from any thread.

    Args:
        library: None keeps the queue in memory, for as long as this process lives.

    Raises:
        LibraryError: in every method: the library cannot be used.
    """

    def __init__(self, library: Library | None) -> None:
        self._transaction = library.transaction if library else _Memory().transaction

    def add(self, paths: Iterable[Path], heading: Heading, precision: str = "fp32") -> Iterator[int]:
        """Have recordings heard after those that wait; yield how many were added or renewed, some files at a time.

        What is done is left alone, unless something has changed that changes the result; what failed is tried again.
        """
        remaining = iter(paths)
        while some := list(islice(remaining, AT_ONCE)):
            rows = [(stored(path), heading.model_id, fingerprint(path, heading, precision)) for path in some]
            with self._transaction() as database:
                before = database.total_changes
                database.executemany(
                    "INSERT INTO queue (path, model_id, state, facts) VALUES (?, ?, 'waiting', ?) "
                    "ON CONFLICT (path, model_id) DO UPDATE SET state = 'waiting', reason = '', "
                    f"facts = excluded.facts WHERE {HEARD_ANEW}",
                    rows,
                )
                added = database.total_changes - before
            yield added

    def next(self) -> Item | None:
        """Return the recording that is to be heard next."""
        return next(iter(self.page(0, 1, "waiting")), None)

    def end(self, path: Path, model_id: str, facts: str) -> Item | None:
        """Count a recording as done; return it, or None where the queue does not hold it.

        Args:
            facts: the `fingerprint` of when it began to be heard.
        """
        return self._settle(path, model_id, {"state": "done", "reason": "", "facts": facts})

    def fail(self, path: Path, model_id: str, reason: str) -> Item | None:
        """Count a recording as failed; return it, or None where the queue does not hold it."""
        return self._settle(path, model_id, {"state": "failed", "reason": reason})

    def retry(self, numbers: Sequence[int] | None = None) -> int:
        """Have recordings that failed heard again, all of them or some; return how many."""
        with self._transaction() as database:
            before = database.total_changes
            if numbers is None:
                database.execute(RETRY)
            else:
                database.executemany(f"{RETRY} AND id = ?", ((number,) for number in numbers))
            return database.total_changes - before

    def put_first(self, numbers: Sequence[int]) -> None:
        """Have some recordings heard before all others, in the order that they have."""
        with self._transaction() as database:
            for number in sorted(numbers, reverse=True):
                database.execute("UPDATE queue SET id = (SELECT min(id) FROM queue) - 1 WHERE id = ?", (number,))

    def remove(self, numbers: Sequence[int]) -> None:
        """Take recordings out of the queue; what was heard in them stays in the library."""
        with self._transaction() as database:
            database.executemany("DELETE FROM queue WHERE id = ?", ((number,) for number in numbers))

    def remove_finished(self) -> int:
        """Take out what is done; return how many that were."""
        with self._transaction() as database:
            return database.execute("DELETE FROM queue WHERE state = 'done'").rowcount

    def page(self, first: int, count: int, state: State | None = None) -> list[Item]:
        """Return some of the queue, in order; of one state, or of all.

        Args:
            first: how many stand before them.
        """
        with self._transaction("DEFERRED") as database:
            rows = database.execute(
                "SELECT id, path, model_id, state, reason FROM queue WHERE state = ifnull(:state, state) "
                "ORDER BY id LIMIT :count OFFSET :first",
                {"state": state, "count": count, "first": first},
            ).fetchall()
        return [_item(row) for row in rows]

    def counts(self) -> Counts:
        """Return how many recordings are in which state."""
        with self._transaction("DEFERRED") as database:
            rows = database.execute("SELECT state, count(*) FROM queue GROUP BY state").fetchall()
        return Counts(**{state: count for state, count in rows if state in Counts.__dataclass_fields__})

    def waiting_bytes(self) -> dict[str, int]:
        """Return the sizes of the files that wait, by suffix: what `Pace` expects."""
        with self._transaction("DEFERRED") as database:
            rows = database.execute(
                "SELECT json_extract(facts, '$.kind'), sum(json_extract(facts, '$.size')) FROM queue "
                "WHERE state = 'waiting' GROUP BY 1"
            ).fetchall()
        return {kind or "": size or 0 for kind, size in rows}

    def _settle(self, path: Path, model_id: str, changes: Mapping[str, str]) -> Item | None:
        columns = ", ".join(f"{name} = :{name}" for name in changes)
        with self._transaction() as database:
            row = database.execute(
                f"UPDATE queue SET {columns} WHERE path = :path AND model_id = :model_id "
                "RETURNING id, path, model_id, state, reason",
                {"path": stored(path), "model_id": model_id, **changes},
            ).fetchone()
        return _item(row) if row else None


def fingerprint(path: Path, heading: Heading, precision: str = "fp32") -> str:
    """Return, as JSON, all that changes what this model hears in this file."""
    try:
        facts = path.stat()
        size, mtime_ns = facts.st_size, facts.st_mtime_ns
    except OSError:
        size = mtime_ns = 0
    weighed = {"kind": path.suffix.lower(), "size": size, "mtime_ns": mtime_ns}
    return json.dumps(weighed | {"weights": heading.weights_sha256, "precision": precision, "method": METHOD})


def weight_in(facts: str) -> Weight:
    """Return what the file of a fingerprint weighs."""
    known = json.loads(facts)
    return Weight(known["kind"], known["size"])


class _Memory:
    """Stands in for a library that cannot be used."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        migrate(self._database)

    @contextmanager
    def transaction(self, kind: Literal["DEFERRED", "IMMEDIATE"] = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """Run one transaction."""
        with self._lock:
            self._database.execute(f"BEGIN {kind}")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def _item(row: sqlite3.Row) -> Item:
    return Item(
        number=row["id"],
        path=path_of(row),
        model_id=row["model_id"],
        state=row["state"],
        reason=row["reason"],
    )
