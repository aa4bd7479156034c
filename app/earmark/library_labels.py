"""The labels of the library: each once, by number."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from earmark.library_recordings import words_of

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def numbers(database: sqlite3.Connection, labels: Iterable[str]) -> dict[str, int]:
    """Return the number of each label; new ones are added."""
    wanted = sorted(set(labels))
    database.executemany("INSERT OR IGNORE INTO labels (name) VALUES (?)", ((name,) for name in wanted))
    found: dict[str, int] = {}
    for first in range(0, len(wanted), 500):  # SQLite allows 999 parameters
        some = wanted[first : first + 500]
        marks = ", ".join("?" * len(some))
        found.update(
            (row["name"], row["id"])
            for row in database.execute(f"SELECT id, name FROM labels WHERE name IN ({marks})", some)
        )
    return found


def words(label: str) -> frozenset[str]:
    """Return the words of a label: those of `dog_bark`, "Dog bark" and `DogBark` are the same."""
    return frozenset(words_of(HUMP.sub(" ", label))) | frozenset(words_of(label))
