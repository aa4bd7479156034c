"""What persons say about recordings: annotations, and the journal of how they came to be.

The annotations of a recording are always those that its journal gives when it is replayed: what a change takes away is
written down as it was found, not as whoever made the change remembers it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from earmark import library_labels as labels
from earmark.annotations import Annotation, Change, as_plain, from_plain
from earmark.stretches import Stretch


def annotations_of(database: sqlite3.Connection, number: int) -> list[Annotation]:
    """Return all annotations of a recording, in order of time."""
    rows = database.execute("SELECT whole FROM annotations WHERE recording = ?", (number,))
    found = (from_plain(json.loads(row["whole"])) for row in rows)
    return sorted(found, key=lambda each: (each.onset, each.offset, each.label))


def change(database: sqlite3.Connection, number: int, wanted: Change) -> None:
    """Make a change and write it down; what waited to be redone is forgotten."""
    made = _made(database, number, wanted)
    if not made.before and not made.after:
        return
    database.execute("DELETE FROM changes WHERE recording = ? AND undone = 1", (number,))
    database.execute(
        "INSERT INTO changes (recording, name, before, after) VALUES (?, ?, ?, ?)",
        (number, made.name, _text(made.before), _text(made.after)),
    )


def undo(database: sqlite3.Connection, number: int) -> Change | None:
    """Take the last change back, and return the change that did so."""
    row = _last_done(database, number)
    return _step(database, row, _change(row).undone()) if row else None


def redo(database: sqlite3.Connection, number: int) -> Change | None:
    """Make again what was taken back last, and return it."""
    row = _first_undone(database, number)
    return _step(database, row, _change(row)) if row else None


def can_undo(database: sqlite3.Connection, number: int) -> tuple[str, str]:
    """Return the names of what undo and redo would do, "" for nothing."""
    done, undone = _last_done(database, number), _first_undone(database, number)
    return (done["name"] if done else ""), (undone["name"] if undone else "")


def journal(database: sqlite3.Connection, number: int) -> list[Change]:
    """Return all changes that hold, in order."""
    rows = database.execute("SELECT * FROM changes WHERE recording = ? AND undone = 0 ORDER BY id", (number,))
    return [_change(row) for row in rows]


def answering(database: sqlite3.Connection, model_id: str, weights: str) -> list[Annotation]:
    """Return the annotations of all recordings that answer an event of this model."""
    rows = database.execute("SELECT whole FROM annotations WHERE model_id = ? AND weights = ?", (model_id, weights))
    found = (from_plain(json.loads(row["whole"])) for row in rows)
    return [each for each in found if each.answers is not None]


def judged(database: sqlite3.Connection) -> list[tuple[sqlite3.Row, list[Annotation]]]:
    """Return each recording that persons have said something of, with all of that in order of time."""
    rows = database.execute("SELECT * FROM recordings WHERE id IN (SELECT recording FROM annotations) ORDER BY id")
    return [(row, annotations_of(database, row["id"])) for row in rows.fetchall()]


def _made(database: sqlite3.Connection, number: int, wanted: Change) -> Change:
    """Change the annotations, and return the change as it really was."""
    ids = {each.annotation_id for each in (*wanted.before, *wanted.after)}
    made = replace(wanted, before=tuple(_those(database, number, ids)))
    _put(database, number, made)
    return made


def _those(database: sqlite3.Connection, number: int, ids: Iterable[str]) -> Iterable[Annotation]:
    for each in sorted(ids):
        rows = database.execute("SELECT whole FROM annotations WHERE recording = ? AND id = ?", (number, each))
        yield from (from_plain(json.loads(row["whole"])) for row in rows.fetchall())


def _put(database: sqlite3.Connection, number: int, change: Change) -> None:
    database.executemany(
        "DELETE FROM annotations WHERE recording = ? AND id = ?",
        ((number, each.annotation_id) for each in change.before),
    )
    known = labels.numbers(database, (each.label for each in change.after))
    database.executemany(
        "INSERT INTO annotations (recording, id, label, status, model_id, weights, whole) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((number, each.annotation_id, known[each.label], *_facts(each)) for each in change.after),
    )

    if any(refused(each) for each in (*change.before, *change.after)):  # what is left of the scores is found out later
        database.execute("UPDATE results SET best = NULL WHERE recording = ?", (number,))


def refused(annotation: Annotation) -> Stretch | None:
    """Return the stretch, with its label, where an annotation says that a model was wrong; None where it does not."""
    heard = annotation.answers or annotation
    if annotation.status != "rejected" and annotation.label == heard.label:
        return None
    return heard.label, heard.onset, heard.offset


def _facts(annotation: Annotation) -> tuple[str, str, str, str]:
    whole = json.dumps(as_plain(annotation), ensure_ascii=False)
    return annotation.status, annotation.model_id, annotation.weights, whole


def _step(database: sqlite3.Connection, row: sqlite3.Row, change: Change) -> Change:
    _put(database, row["recording"], change)
    database.execute("UPDATE changes SET undone = 1 - undone WHERE id = ?", (row["id"],))
    return change


def _last_done(database: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    return database.execute(
        "SELECT * FROM changes WHERE recording = ? AND undone = 0 ORDER BY id DESC LIMIT 1", (number,)
    ).fetchone()


def _first_undone(database: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    return database.execute(
        "SELECT * FROM changes WHERE recording = ? AND undone = 1 ORDER BY id LIMIT 1", (number,)
    ).fetchone()


def _change(row: sqlite3.Row) -> Change:
    before, after = (tuple(map(from_plain, json.loads(row[side]))) for side in ("before", "after"))
    return Change(name=row["name"], before=before, after=after)


def _text(annotations: Iterable[Annotation]) -> str:
    return json.dumps([as_plain(each) for each in annotations], ensure_ascii=False)
