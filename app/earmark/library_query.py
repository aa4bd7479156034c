"""What a search finds. Each condition gives a set of recordings, by an index; what all of them hold is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from earmark.library_meaning import meaning
from earmark.library_recordings import COLUMNS, KnownRecording, known
from earmark.library_search import HeardBy, Judged, Lasting, Recorded, Tagged, Term, Wanted
from earmark.library_words import Meant, resolved

AT_ONCE = 500  # parameters of one question
Scores = dict[int, float]  # recording → score
SAID = 2.0  # the score of what a person said: above all others
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
    """Recordings that hold a condition, and the labels that matched in them."""

    numbers: set[int]
    labels: dict[str, Scores] = field(default_factory=dict)


def find(database: sqlite3.Connection, wanted: Wanted, limit: int) -> Found:
    """Return what is wanted; a connection with a row factory is given back with it."""
    results = _results_that_count(database, wanted)
    terms = [part for term in wanted.terms for part in resolved(database, term, results)]
    unwanted = [tuple(resolved(database, term, results)) for term in wanted.unwanted]
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


def _results_that_count(database: sqlite3.Connection, wanted: Wanted) -> frozenset[int] | None:
    models = [term.model for term in wanted.terms if isinstance(term, HeardBy)]
    if not models:
        return None
    condition, ids = _called(database, models)
    return frozenset(row[0] for row in database.execute(f"SELECT id FROM results WHERE {condition}", ids).fetchall())


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
            condition, ids = _called(database, [model])
            return _Matched(_ids(database, f"SELECT recording FROM results WHERE {condition}", *ids))
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


def _of_label(database: sqlite3.Connection, term: Meant, label: int) -> Scores:
    """Return the recordings of a label, with their scores; what a person accepted counts whatever its score."""
    said = "SELECT recording FROM annotations WHERE label = ? AND status = ?"
    answered = _ids(database, said, label, term.status or "accepted")
    if term.status:
        if term.over is None and term.under is None:
            return dict.fromkeys(answered, SAID)
        scores = _scores(database, label, term)
        return {number: scores[number] for number in answered & scores.keys()}
    scores = _scores(database, label, term)
    return scores if term.under is not None else scores | dict.fromkeys(answered, SAID)


def _scores(database: sqlite3.Connection, label: int, term: Meant) -> Scores:
    """Return recording → score of a label, within the limits."""
    if term.under is None:
        return _highest(database, label, term)
    scores = _highest(database, label, term, above=-1.0)
    if term.over is None:  # what knows the label and heard next to nothing of it counts too
        scores = dict.fromkeys(_heard_for(database, term, label), 0.0) | scores
    least, under = term.least, term.under
    return {number: score for number, score in scores.items() if least < score < under}


def _highest(database: sqlite3.Connection, label: int, term: Meant, above: float | None = None) -> Scores:
    """Return recording → score; of several results the highest stays, as it comes last."""
    limits = (label, term.least if above is None else above)
    order = "FROM highest WHERE label = ? AND score > ? ORDER BY score"
    if term.results is None:
        return dict(database.execute(f"SELECT recording, score {order}", limits).fetchall())
    rows = database.execute(f"SELECT result, recording, score {order}", limits).fetchall()
    return {recording: score for result, recording, score in rows if result in term.results}


def _heard_for(database: sqlite3.Connection, term: Meant, label: int) -> set[int]:
    """Return the recordings heard by any model that has the label."""
    name = database.execute("SELECT name FROM labels WHERE id = ?", (label,)).fetchone()[0]
    found: set[int] = set()
    for model in list(_models(database)):
        knows = database.execute(
            "SELECT EXISTS (SELECT 1 FROM json_each(results.facts, '$.labels') WHERE value = ?) FROM results "
            "WHERE model_id = ? AND weights = ? LIMIT 1",
            (name, *model),
        ).fetchone()
        if knows and knows[0]:
            found |= _heard(database, term, "model_id = ? AND weights = ?", *model)
    return found


def _any_label(database: sqlite3.Connection, term: Meant) -> set[int]:
    if term.status:
        return _judged(database, term.status)
    under = 9.0 if term.under is None else term.under
    return _heard(database, term, "best > ? AND best < ?", term.least, under)


def _heard(database: sqlite3.Connection, term: Meant, condition: str, *values: object) -> set[int]:
    """Return the recordings with such results, of those that count."""
    if term.results is None:
        return _ids(database, f"SELECT recording FROM results WHERE {condition}", *values)
    rows = database.execute(f"SELECT id, recording FROM results WHERE {condition}", values).fetchall()
    return {recording for result, recording in rows if result in term.results}


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


def _called(database: sqlite3.Connection, parts: Iterable[str]) -> tuple[str, list[str]]:
    """Return the condition that a result is of a model with all of these in its id, and its values."""
    parts = list(parts)
    ids = {model_id for model_id, _ in _models(database)}
    wanted = sorted(each for each in ids if all(part in each.casefold() for part in parts))
    return f"model_id IN ({', '.join('?' * len(wanted))})", wanted


def _models(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (id, weights) of each model that has heard something, without reading all of the index."""
    following = "SELECT model_id, weights FROM results WHERE (model_id, weights) > (?, ?) ORDER BY 1, 2 LIMIT 1"
    model = ("", "")
    while model := database.execute(following, model).fetchone():
        yield model


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


def _sorted(database: sqlite3.Connection, numbers: set[int] | None, labels: Sequence[Scores], limit: int) -> list[int]:
    """Return the first recordings: what persons accepted, then the highest scores, then the newest."""
    highest = labels[0] if len(labels) == 1 else _joined_scores(labels)
    scored = highest.keys() & numbers if numbers else set()
    chosen = nlargest(limit, scored, key=highest.__getitem__)
    if numbers is not None and len(chosen) == len(numbers):
        return chosen
    for (number,) in database.execute("SELECT id FROM recordings ORDER BY recorded DESC"):
        if len(chosen) == limit:
            break
        if (numbers is None or number in numbers) and number not in scored:
            chosen.append(number)
    return chosen


def _joined_scores(labels: Iterable[Scores]) -> Scores:
    highest: Scores = {}
    for scores in labels:
        for number, score in scores.items():
            if score > highest.get(number, -1.0):
                highest[number] = score
    return highest


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
    labels: dict[int, list[tuple[str, float | None]]] = {number: [] for number in rows}
    for name, scores in (pair for part in matched for pair in part.labels.items()):
        for number in rows.keys() & scores.keys():
            labels[number].append((name, None if scores[number] == SAID else scores[number]))
    return [known(rows[number], sorted(labels[number], key=_surest)) for number in numbers if number in rows]


def _surest(label: tuple[str, float | None]) -> float:
    return -SAID if label[1] is None else -label[1]
