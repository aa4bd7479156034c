"""The recordings of the library: known by path, and found again by their content where they were moved."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earmark import clock_time
from earmark.errors import LibraryError

WORD = re.compile(r"[^\W_]+")
COLUMNS = (
    "recordings.*, (SELECT group_concat(DISTINCT model_id) FROM results WHERE recording = recordings.id) AS models, "
    "(SELECT group_concat(tag, char(10)) FROM recording_tags WHERE recording = recordings.id) AS tags"
)


@dataclass(frozen=True, kw_only=True)
class KnownRecording:
    """A recording in the library.

    Attributes:
        duration: seconds.
        sample_rate, channels: None where unknown.
        models: those that have heard it.
        recorded: when, by the recorder's clock, ISO 8601; a day, or with the time; "" where it was not looked at yet.
        recorded_from: "name", "file" or "mtime": where that is known from. The last one is a guess, for searching.
        tags: what a person called it.
        labels: what matched a search, with the score; None where a person said so.
    """

    path: Path
    size: int
    mtime_ns: int
    duration: float
    sample_rate: int | None
    channels: int | None
    models: tuple[str, ...] = ()
    recorded: str = ""
    recorded_from: str = ""
    tags: tuple[str, ...] = ()
    labels: tuple[tuple[str, float | None], ...] = ()


def known(row: sqlite3.Row, labels: Iterable[tuple[str, float | None]] = ()) -> KnownRecording:
    """Return a recording from a row of `COLUMNS`."""
    return KnownRecording(
        path=path_of(row),
        size=row["size"],
        mtime_ns=row["mtime_ns"],
        duration=row["duration"],
        sample_rate=row["sample_rate"],
        channels=row["channels"],
        models=tuple(sorted(row["models"].split(","))) if row["models"] else (),
        recorded=row["recorded"] or "",
        recorded_from=row["recorded_from"] or "",
        tags=tuple(sorted(row["tags"].split("\n"))) if row["tags"] else (),
        labels=tuple(labels),
    )


def stored(path: str | os.PathLike[str]) -> str | bytes:
    """Return the whole path as text, or as bytes where it is none."""
    whole = str(Path(path).resolve())
    return whole if _is_text(whole) else os.fsencode(whole)


def path_of(row: sqlite3.Row) -> Path:
    """Return the path of a row."""
    return Path(os.fsdecode(row["path"]))


def row_of(database: sqlite3.Connection, path: str | os.PathLike[str]) -> sqlite3.Row | None:
    """Return the row of a recording, whatever became of its file; None where it is unknown."""
    return database.execute("SELECT * FROM recordings WHERE path = ?", (stored(path),)).fetchone()


def number_of(database: sqlite3.Connection, path: str | os.PathLike[str]) -> int | None:
    """Return the number of a recording; None where it is unknown."""
    row = row_of(database, path)
    return row["id"] if row else None


def file_facts(path: Path) -> dict[str, Any]:
    """Return what the file system says of a recording.

    Raises:
        LibraryError: it has gone.
    """
    try:
        facts = path.stat()
    except OSError as error:
        name = os.fsencode(path.name).decode("utf-8", "replace")
        raise LibraryError(f"{name} has gone, so nothing about it is kept.") from error
    return {"path": stored(path), "size": facts.st_size, "mtime_ns": facts.st_mtime_ns}


def is_same(row: Mapping[str, Any] | sqlite3.Row, facts: Mapping[str, Any]) -> bool:
    """Return whether a file has the size and the time that are known of it."""
    return (row["size"], row["mtime_ns"]) == (facts["size"], facts["mtime_ns"])


def put(database: sqlite3.Connection, facts: Mapping[str, Any]) -> int:
    """Add a recording, or what is new about it, and return its number.

    A file with another content loses its results; what a person said about it stays.

    Args:
        facts: of `file_facts`, with duration, sample_rate and channels; sha256, recorded and recorded_from may be None.
    """
    row = database.execute("SELECT * FROM recordings WHERE path = ?", (facts["path"],)).fetchone()
    if row is None:
        return _add(database, facts)
    if not is_same(row, facts):
        _renew(database, row, facts)
    database.execute(
        "UPDATE recordings SET duration = max(duration, :duration), sample_rate = ifnull(:sample_rate, sample_rate), "
        "channels = ifnull(:channels, channels) WHERE id = :id",
        {**facts, "id": row["id"]},
    )
    return row["id"]


def _add(database: sqlite3.Connection, facts: Mapping[str, Any]) -> int:
    names = ("path", "size", "mtime_ns", "sha256", "duration", "sample_rate", "channels", "recorded", "recorded_from")
    number = database.execute(
        f"INSERT INTO recordings ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)}) RETURNING id",
        dict.fromkeys(names) | dict(facts),
    ).fetchone()["id"]
    put_words(database, number)
    return number


def _renew(database: sqlite3.Connection, row: sqlite3.Row, facts: Mapping[str, Any]) -> None:
    """Take over a file's new size and time; where it is not known that its content is the same, results go."""
    if not row["sha256"] or row["sha256"] != facts.get("sha256"):
        database.execute("DELETE FROM results WHERE recording = ?", (row["id"],))
        database.execute(
            "UPDATE recordings SET sha256 = :sha256, duration = 0, recorded = :recorded, "
            "recorded_from = :recorded_from WHERE id = :id",
            {"sha256": None, "recorded": None, "recorded_from": None, **facts, "id": row["id"]},
        )
    database.execute(
        "UPDATE recordings SET size = ?, mtime_ns = ? WHERE id = ?", (facts["size"], facts["mtime_ns"], row["id"])
    )


def move(database: sqlite3.Connection, row: sqlite3.Row, path: Path, facts: Mapping[str, Any]) -> None:
    """Give a recording its new place; one that has this place already keeps it."""
    by_name = clock_time.in_name(path)
    database.execute(
        "UPDATE OR IGNORE recordings SET path = :path, size = :size, mtime_ns = :mtime_ns, "
        "recorded = ifnull(:recorded, recorded), "
        "recorded_from = CASE WHEN :recorded IS NULL THEN recorded_from ELSE 'name' END WHERE id = :id",
        {**facts, "recorded": by_name and by_name.isoformat(), "id": row["id"]},
    )
    put_words(database, row["id"])


def clock_facts(path: Path, mtime_ns: int) -> dict[str, str]:
    """Return when a recording was made, and where that is known from."""
    found = clock_time.recorded(path)
    if found is None:
        return {"recorded": clock_time.of_mtime(mtime_ns), "recorded_from": "mtime"}
    return {"recorded": found.text, "recorded_from": found.known_from}


def put_words(database: sqlite3.Connection, number: int) -> None:
    """Write down the words by which a recording is found: of its path and its tags."""
    path = database.execute("SELECT path FROM recordings WHERE id = ?", (number,)).fetchone()
    found = set(words_of(os.fsencode(path_of(path)).decode("utf-8", "replace")))
    for tag in tags_of(database, number):
        found.update(words_of(tag))
    database.execute("DELETE FROM words WHERE recording = ?", (number,))
    database.executemany("INSERT INTO words (word, recording) VALUES (?, ?)", ((word, number) for word in found))


def words_of(text: str) -> list[str]:
    """Return the words of a name: letters and digits, whatever their case; all else stands between them."""
    return WORD.findall(text.casefold())


def tags_of(database: sqlite3.Connection, number: int) -> tuple[str, ...]:
    """Return the tags of a recording, sorted."""
    rows = database.execute("SELECT tag FROM recording_tags WHERE recording = ? ORDER BY tag", (number,))
    return tuple(row["tag"] for row in rows)


def set_tags(database: sqlite3.Connection, number: int, tags: Iterable[str]) -> None:
    """Give a recording these tags and no others; of equal ones in another case the first counts."""
    wanted: dict[str, str] = {}
    for tag in tags:
        if plain := " ".join(tag.split()).removeprefix("#").strip():
            wanted.setdefault(plain.casefold(), plain)
    database.execute("DELETE FROM recording_tags WHERE recording = ?", (number,))
    database.executemany(
        "INSERT INTO recording_tags (recording, tag) VALUES (?, ?)", ((number, tag) for tag in wanted.values())
    )
    put_words(database, number)


def unseen(database: sqlite3.Connection, count: int) -> list[sqlite3.Row]:
    """Return some recordings of which it is not known when they were made, nor the words of their names."""
    return database.execute("SELECT * FROM recordings WHERE recorded IS NULL LIMIT ?", (count,)).fetchall()


def put_clock(database: sqlite3.Connection, number: int, facts: Mapping[str, str]) -> None:
    """Keep when a recording was made, and the words of its name."""
    database.execute(
        "UPDATE recordings SET recorded = :recorded, recorded_from = :recorded_from WHERE id = :id",
        {**facts, "id": number},
    )
    put_words(database, number)


def siblings(database: sqlite3.Connection, old: Path, new: Path) -> Iterator[tuple[sqlite3.Row, Path]]:
    """Yield the recordings that lay in the folder that was moved, with the places where they would be now.

    Args:
        old, new: one recording before and after; the folders above what both end in are the moved ones.
    """
    ending = _shared_ending(old, new)
    if not ending:
        return
    before, after = (Path(*path.parts[: -len(ending)]) for path in (old, new))
    prefix = f"{before}{os.sep}"
    if not _is_text(prefix):  # each of these is found when it is opened
        return
    rows = database.execute(
        "SELECT * FROM recordings WHERE path >= ? AND path < ?", (prefix, f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}")
    ).fetchall()
    for row in rows:
        place = path_of(row)
        if place != old:
            yield row, after / place.relative_to(before)


def _shared_ending(old: Path, new: Path) -> tuple[str, ...]:
    count = 0
    for one, other in zip(reversed(old.parts[1:]), reversed(new.parts[1:]), strict=False):
        if one != other:
            break
        count += 1
    return old.parts[len(old.parts) - count :]


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
