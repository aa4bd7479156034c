"""What is known about the scores of models: judgements of persons, and the calibrations made from them."""

from __future__ import annotations

import json
import sqlite3

from earmark.calibration import Calibration, Judgement, as_plain, from_plain, judgement_of
from earmark.library_annotations import answering


def judgements(database: sqlite3.Connection, model_id: str, weights: str) -> list[Judgement]:
    """Return what persons say of a model's events, in all recordings; those that nobody answered do not count."""
    found = (judgement_of(each) for each in answering(database, model_id, weights) if each.status != "unreviewed")
    return [each for each in found if each is not None]


def read(database: sqlite3.Connection, model_id: str, weights: str) -> dict[str, Calibration]:
    """Return the calibrations of a model, by label; what cannot be read any more is left out."""
    rows = database.execute(
        "SELECT label, facts FROM calibrations WHERE model_id = ? AND weights = ?", (model_id, weights)
    )
    found: dict[str, Calibration] = {}
    for row in rows:
        try:
            found[row["label"]] = from_plain(json.loads(row["facts"]))
        except TypeError:  # another Earmark's, of another form
            continue
    return found


def keep(database: sqlite3.Connection, model: tuple[str, str], calibration: Calibration) -> None:
    """Keep a calibration of a model (its id, its weights) in the place of the label's older one."""
    database.execute(
        "INSERT OR REPLACE INTO calibrations (model_id, weights, label, facts) VALUES (?, ?, ?, ?)",
        (*model, calibration.label, json.dumps(as_plain(calibration), ensure_ascii=False)),
    )


def forget(database: sqlite3.Connection, place: tuple[str, str, str]) -> None:
    """Forget the calibration of (model, weights, label)."""
    database.execute("DELETE FROM calibrations WHERE model_id = ? AND weights = ? AND label = ?", place)
