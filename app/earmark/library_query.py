"""What a search finds. Each condition gives a set of recordings, by an index; what all of them hold is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from earmark.library_meaning import meaning
from earmark.library_recordings import COLUMNS, KnownRecording, known
from earmark.library_search import HeardBy, Judged, Lasting, Recorded, Tagged, Term, Wanted
from earmark.library_words import Meant, resolved

AT_ONCE = 500  # parameters of one question
Scores = dict[int, float]
Matches = dict[int, float | None]  # None where a person said so
EVERYWHERE = "SELECT id FROM recordings"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found.

    Attributes:
        recordings: the surest first, or the newest where no score was asked for; `limit` of them at most.
        count: how many there are.
        meaning: how the search was understood, in words.
    """

    recordings: list[KnownRecording]
    count: int
    meaning: str


@dataclass
class _Matched:
    """Recordings that hold a condition, and what matched in them: (label, score, or None where a person said so)."""

    numbers: set[int]
    labels: dict[str, Matches] = field(default_factory=dict)


def find(database: sqlite3.Connection, wanted: Wanted, limit: int) -> Found:
    """Return what is wanted; a connection with a row factory is given back with it."""
    models = tuple(term.model for term in wanted.terms if isinstance(term, HeardBy))
    terms = [part for term in wanted.terms for part in resolved(database, term, models)]
    unwanted = [tuple(resolved(database, term, models)) for term in wanted.unwanted]
    said = meaning(terms, unwanted)
    with_rows, database.row_factory = database.row_factory, None  # plain tuples are twice as fast
    try:
        matched = [_matched(database, term) for term in terms]
        numbers = _joined(database, matched, [[_matched(database, term) for term in some] for some in unwanted])
        count = _count(database) if numbers is None else len(numbers)
        chosen = _sorted(database, numbers, [each for part in matched for each in part.labels.values()], limit)
    finally:
        database.row_factory = with_rows
    return Found(recordings=_described(database, chosen, matched), count=count, meaning=said)


def _joined(
    database: sqlite3.Connection, matched: Sequence[_Matched], unwanted: Sequence[Sequence[_Matched]]
) -> set[int] | None:
    """Return the recordings that hold all conditions, and none of the unwanted; None is all there are."""
    if not matched and not unwanted:
        return None
    numbers = set.intersection(*(each.numbers for each in matched)) if matched else _ids(database, EVERYWHERE)
    for parts in unwanted:
        numbers = numbers - set.intersection(*(each.numbers for each in parts)) if parts else numbers
    return numbers


def _matched(database: sqlite3.Connection, term: Term | Meant) -> _Matched:
    match term:
        case Meant():
            return _meant(database, term)
        case Tagged(tag=tag):
            same = "SELECT recording FROM recording_tags WHERE tag IN (SELECT DISTINCT tag FROM recording_tags "
            return _Matched(_ids(database, f"{same} WHERE lower(tag) = lower(?))", tag))
        case Judged(status=status):
            return _Matched(_judged(database, status))
        case HeardBy(model=model):
            return _Matched(_ids(database, f"SELECT recording FROM results WHERE {_by((model,))}"))
        case Lasting(over=over, under=under):
            longer = "SELECT id FROM recordings WHERE duration > ifnull(?, -1) AND duration < ifnull(?, 9e99)"
            return _Matched(_ids(database, longer, over, under))
        case Recorded():
            return _Matched(_recorded(database, term))
    return _Matched(set())


def _meant(database: sqlite3.Connection, term: Meant) -> _Matched:
    """Find words: in labels as far as they are some, in names and tags where no score was asked for."""
    if term.is_any_label:
        return _Matched(_any_label(database, term))
    labels = {name: _of_label(database, term, number) for number, name in term.labels.items()}
    found = set().union(*labels.values()) if labels else set()
    for run in term.names:
        found |= _named(database, run)
    return _Matched(found, labels)


def _of_label(database: sqlite3.Connection, term: Meant, label: int) -> Matches:
    """Return the recordings of a label, with their scores; what a person accepted counts whatever its score."""
    said = "SELECT DISTINCT recording FROM annotations WHERE label = ? AND status = ?"
    if term.status:
        answered = _ids(database, said, label, term.status)
        if term.over is None and term.under is None:
            return dict.fromkeys(answered)
        scores = _scores(database, label, term)
        return {number: scores[number] for number in answered & scores.keys()}
    accepted = _ids(database, said, label, "accepted")
    scores: Matches = dict(_scores(database, label, term).items())
    for number in _ids(database, said, label, "rejected") - accepted:
        scores.pop(number, None)
    if term.under is None:
        for number in accepted:
            scores[number] = None
    return scores


def _scores(database: sqlite3.Connection, label: int, term: Meant) -> Scores:
    """Return recording → score of a label, within the limits."""
    by = f"JOIN results ON results.id = highest.result AND {_by(term.models)}" if term.models else ""
    highest = f"SELECT highest.recording, score FROM highest {by} WHERE label = ? AND score > ? ORDER BY score"
    if term.under is None:
        return dict(database.execute(highest, (label, term.least)).fetchall())  # of several results the highest stays
    scores = dict(database.execute(highest, (label, -1.0)).fetchall())
    if term.over is None:  # what knows the label and heard next to nothing of it counts too
        scores = dict.fromkeys(_heard_for(database, term, label), 0.0) | scores
    return {number: score for number, score in scores.items() if term.least < score < term.under}


def _heard_for(database: sqlite3.Connection, term: Meant, label: int) -> set[int]:
    """Return the recordings heard by any model that has the label."""
    name = database.execute("SELECT name FROM labels WHERE id = ?", (label,)).fetchone()[0]
    found: set[int] = set()
    of = f"WHERE {_by(term.models)}" if term.models else ""
    for model in database.execute(f"SELECT DISTINCT model_id, weights FROM results {of}").fetchall():
        knows = database.execute(
            "SELECT EXISTS (SELECT 1 FROM json_each(results.facts, '$.labels') WHERE value = ?) FROM results "
            "WHERE model_id = ? AND weights = ? LIMIT 1",
            (name, *model),
        ).fetchone()
        if knows and knows[0]:
            found |= _ids(database, "SELECT recording FROM results WHERE model_id = ? AND weights = ?", *model)
    return found


def _any_label(database: sqlite3.Connection, term: Meant) -> set[int]:
    if term.status:
        return _judged(database, term.status)
    under = 9.0 if term.under is None else term.under
    by = f"AND {_by(term.models)}" if term.models else ""
    return _ids(database, f"SELECT recording FROM results WHERE best > ? AND best < ? {by}", term.least, under)


def _named(database: sqlite3.Connection, run: Iterable[str]) -> set[int]:
    """Return the recordings whose names and tags have words that begin with these."""
    within = "SELECT recording FROM words WHERE word >= ? AND word < ?"
    sets = [_ids(database, within, word, f"{word}\U0010ffff") for word in run]
    return set.intersection(*sets) if sets else set()


def _judged(database: sqlite3.Connection, status: str) -> set[int]:
    if status in ("accepted", "rejected"):
        return _ids(database, "SELECT DISTINCT recording FROM annotations WHERE status = ?", status)
    annotated = _ids(database, "SELECT DISTINCT recording FROM annotations")
    return annotated if status == "annotated" else _ids(database, EVERYWHERE) - annotated


def _by(models: Iterable[str]) -> str:
    """Return the condition that a result is of a model with all of these in its id."""
    inside = " AND ".join(f"instr(lower(model_id), {_quoted(model)})" for model in models)
    return f"model_id IN (SELECT DISTINCT model_id FROM results WHERE {inside})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


def _recorded(database: sqlite3.Connection, term: Recorded) -> set[int]:
    day, begins = term.day, "SELECT id FROM recordings WHERE recorded"
    if term.how == "in" and not day.year:
        within = "SELECT id FROM recordings WHERE substr(recorded, 6, 5) >= ? AND substr(recorded, 6, 5) < ?"
        return _ids(database, within, day.prefix, day.after_it())
    match term.how:
        case "in":
            return _ids(database, f"{begins} >= ? AND recorded < ?", day.prefix, day.after_it())
        case "since":
            return _ids(database, f"{begins} >= ?", day.prefix)
        case "after":
            return _ids(database, f"{begins} >= ?", day.after_it())
        case "before":
            return _ids(database, f"{begins} < ?", day.prefix)


def _ids(database: sqlite3.Connection, question: str, *values: object) -> set[int]:
    return {number for (number,) in database.execute(question, values).fetchall()}


def _count(database: sqlite3.Connection) -> int:
    return database.execute("SELECT count(*) FROM recordings").fetchone()[0]


def _sorted(
    database: sqlite3.Connection,
    numbers: set[int] | None,
    labels: Sequence[Matches],
    limit: int,
) -> list[int]:
    """Return the first recordings: with the highest scores, what persons accepted before; else the newest."""
    if numbers and labels:
        first = {number: max((_rank(each, number) for each in labels), default=0.0) for number in numbers}
        return sorted(first, key=lambda number: (-first[number], number))[:limit]
    newest = database.execute("SELECT id FROM recordings ORDER BY recorded DESC")
    chosen: list[int] = []
    for (number,) in newest:
        if len(chosen) == limit:
            break
        if numbers is None or number in numbers:
            chosen.append(number)
    return chosen


def _rank(scores: Matches, number: int) -> float:
    score = scores.get(number, 0.0)
    return 2.0 if score is None else score


def _described(
    database: sqlite3.Connection, numbers: Sequence[int], matched: Sequence[_Matched]
) -> list[KnownRecording]:
    """Return all that is known of some recordings, in this order."""
    rows: dict[int, sqlite3.Row] = {}
    for first in range(0, len(numbers), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        marks = ", ".join("?" * len(some))
        found = database.execute(f"SELECT {COLUMNS} FROM recordings WHERE id IN ({marks})", some)
        rows.update((row["id"], row) for row in found)
    labels = [pair for part in matched for pair in part.labels.items()]
    return [
        known(rows[number], ((name, scores[number]) for name, scores in labels if number in scores))
        for number in numbers
        if number in rows
    ]
