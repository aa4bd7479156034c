"""What models heard, in the library: whole results, and of each the highest score of each label, for searching."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from earmark import library_labels as labels
from earmark import library_scores as scores
from earmark.analysis import Analysis
from earmark.api import Float
from earmark.library_annotations import annotations_of, refused
from earmark.stretches import Stretch

METHOD = 1  # raised when windows are cut or stitched in another way: what was heard before is then heard anew
NOTABLE = 0.2  # every label with this score can be searched for
LEAST, OTHERS = 0.05, 25  # of those below, as many, down to this score

KEY = (
    "model_id = :model_id AND weights = :weights AND channel = :channel AND precision = :precision "
    "AND starts_at = :start AND ends_at IS :end AND method = :method"
)


def put(database: sqlite3.Connection, recording: int, analysis: Analysis, parts: Sequence[scores.Part]) -> None:
    """Keep a result in the place of what was there.

    Args:
        parts: of `library_scores.packed`.
    """
    database.execute(
        f"DELETE FROM results WHERE recording = :recording AND window = :window AND hop = :hop AND {KEY}",
        {"recording": recording, **_key_of(analysis)},
    )
    facts = {"recording": recording, **_key_of(analysis), **scores.facts_of(analysis)}
    facts["starts_at"], facts["ends_at"] = facts.pop("start"), facts.pop("end")
    columns, values = ", ".join(facts), ", ".join(f":{name}" for name in facts)
    row = database.execute(f"INSERT INTO results ({columns}) VALUES ({values}) RETURNING id", facts).fetchone()
    rows = ((row["id"], part.kind, part.place, part.rows, part.data) for part in parts)
    database.executemany("INSERT INTO scores (result, kind, place, row_count, data) VALUES (?, ?, ?, ?, ?)", rows)
    put_highest(database, row["id"], recording, analysis)


def find(database: sqlite3.Connection, recording: int, key: Mapping[str, Any]) -> sqlite3.Row | None:
    """Return the newest row of a result; None where this was never heard.

    Args:
        key: model_id, weights, channel, precision, start, end; window and hop may be None: any.
    """
    return database.execute(
        "SELECT * FROM results WHERE recording = :recording AND window = ifnull(:window, window) "
        f"AND hop = ifnull(:hop, hop) AND {KEY} ORDER BY id DESC LIMIT 1",
        {"recording": recording, "method": METHOD, **key},
    ).fetchone()


def parts_of(database: sqlite3.Connection, result: int) -> list[scores.Part]:
    """Return the scores of a result, in pieces."""
    rows = database.execute(
        "SELECT kind, place, row_count, data FROM scores WHERE result = ? ORDER BY kind, place", (result,)
    )
    return [scores.Part(*row) for row in rows]


def highest(analysis: Analysis) -> dict[str, float]:
    """Return the highest score of each label that can be searched for."""
    if not len(analysis.window_scores):
        return {}
    peaks = analysis.window_scores.max(axis=0)
    order = np.argsort(-peaks, kind="stable")
    enough = max(OTHERS, int((peaks >= NOTABLE).sum()))
    return {analysis.labels[index]: float(peaks[index]) for index in order[:enough] if peaks[index] >= LEAST}


def put_highest(database: sqlite3.Connection, result: int, recording: int, analysis: Analysis | None) -> None:
    """Keep the highest scores of a result, if it is still there; None is one that cannot be read.

    What persons said is not there does not count: a recording is not found by it.
    """
    said = annotations_of(database, recording)
    wrong = [each for each in map(refused, said) if each]
    found = highest(without(analysis, wrong)) if analysis else {}
    best = max(found.values(), default=0.0)
    if not database.execute("UPDATE results SET best = ? WHERE id = ?", (best, result)).rowcount:
        return
    known = labels.numbers(database, analysis.labels if analysis else ())  # also what was not heard: it is a label
    database.execute("DELETE FROM highest WHERE result = ?", (result,))
    database.executemany(
        "INSERT INTO highest (result, label, score, recording) VALUES (?, ?, ?, ?)",
        ((result, known[label], score, recording) for label, score in found.items()),
    )


def without(analysis: Analysis, wrong: Iterable[Stretch]) -> Analysis:
    """Return an analysis whose windows have, for these labels, only what was heard outside these stretches.

    Where the model draws a timeline, that is what its frames say of the rest of a window; else it is nothing.
    """
    columns = {label: column for column, label in enumerate(analysis.labels)}
    scores = analysis.window_scores.copy()
    by_label: dict[str, list[tuple[float, float]]] = {}
    for label, onset, offset in wrong:
        by_label.setdefault(label, []).append((onset - analysis.start, offset - analysis.start))
    for label in by_label.keys() & columns.keys():
        _leave_out(analysis, scores[:, columns[label]], columns[label], by_label[label])
    return replace(analysis, window_scores=scores)


def _leave_out(analysis: Analysis, scores: Float, column: int, spans: Sequence[tuple[float, float]]) -> None:
    """Lower the scores [windows] of a label, in place, to what is left of them outside some spans."""
    begins, ends = analysis.starts, analysis.starts + analysis.window
    touched = np.zeros(len(scores), bool)
    for onset, offset in spans:
        touched |= (begins < offset) & (ends > onset)
    if analysis.frames is None or not analysis.frame_hop:
        scores[touched] = 0.0
        return
    left = analysis.frames[:, column].copy()
    for onset, offset in spans:  # a frame at the edge belongs to the event too
        left[max(0, math.floor(onset / analysis.frame_hop) - 1) : math.ceil(offset / analysis.frame_hop) + 1] = 0.0
    for index in np.flatnonzero(touched):
        frames = left[int(begins[index] / analysis.frame_hop) : math.ceil(ends[index] / analysis.frame_hop)]
        scores[index] = min(scores[index], frames.max(initial=0.0))


def unseen(database: sqlite3.Connection, count: int) -> list[sqlite3.Row]:
    """Return some results whose highest scores are not known yet."""
    return database.execute(
        "SELECT results.*, recordings.path FROM results JOIN recordings ON recordings.id = results.recording "
        "WHERE best IS NULL LIMIT ?",
        (count,),
    ).fetchall()


def _key_of(analysis: Analysis) -> dict[str, object]:
    key = {"model_id": analysis.model_id, "weights": analysis.weights, "window": analysis.window, "hop": analysis.hop}
    key |= {"channel": str(analysis.channel), "precision": analysis.precision, "method": METHOD}
    return {**key, "start": analysis.start, "end": analysis.end}
