"""What the words of a search stand for in this library: labels that have them, names of files and folders, tags."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from earmark import library_labels
from earmark.events import DEFAULT_THRESHOLD
from earmark.library_search import Term, Words

Run = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Meant:
    """Words of a search with what they stand for.

    Attributes:
        runs: the words as they were said, alternatives.
        labels: number → name.
        names: which of them may stand in names and tags too.
        left_out: words that nothing is called by.
        over, under, status: as in `Words`.
        results: whose scores count, by number; None are all.
    """

    runs: tuple[Run, ...]
    labels: Mapping[int, str] = field(default_factory=dict)
    names: tuple[Run, ...] = ()
    left_out: tuple[str, ...] = ()
    over: float | None = None
    under: float | None = None
    status: str = ""
    results: frozenset[int] | None = None

    @property
    def is_any_label(self) -> bool:
        """Tell whether a score or a judgement was named, and no label."""
        return not self.runs

    @property
    def least(self) -> float:
        """Return the score above which a label counts: what was said, or the usual threshold."""
        if self.over is not None:
            return self.over
        return -1.0 if self.under is not None or self.status else DEFAULT_THRESHOLD


def resolved(database: sqlite3.Connection, term: Term, results: frozenset[int] | None = None) -> Iterator[Term | Meant]:
    """Yield what a term stands for; words may be several things: "garden dog bark" is a place and a label."""
    if not isinstance(term, Words):
        yield term
        return
    known = {row["id"]: row["name"] for row in database.execute("SELECT id, name FROM labels")}
    facts = {"over": term.over, "under": term.under, "status": term.status, "results": results}
    if term.only_names:
        yield Meant(runs=term.runs, names=term.runs)
    elif len(term.runs) != 1 or term.exact:
        yield _alternatives(term, known, facts)
    else:
        yield from _parts(database, term.runs[0], known, facts)


def _alternatives(term: Words, known: Mapping[int, str], facts: Mapping) -> Meant:
    runs = tuple(run for run in term.runs if run)
    labels = {number: name for run in runs for number, name in _with(known, run, exact=term.exact).items()}
    return Meant(runs=runs, labels=labels, names=() if _is_scored(facts) else runs, **facts)


def _parts(database: sqlite3.Connection, run: Run, known: Mapping[int, str], facts: Mapping) -> Iterator[Meant]:
    """Split words into labels, as long as they can be, and names; the score belongs to the last label."""
    pieces = list(_pieces(run, known))
    if len(pieces) == 1 or not any(labels for _, labels in pieces):
        names = () if _is_scored(facts) else (run,)
        yield Meant(runs=(run,), labels=_with(known, run), names=names, **facts)
        return
    last = max(index for index, (_, labels) in enumerate(pieces) if labels)
    nothing = tuple(piece[0] for piece, labels in pieces if not labels and not _is_a_name(database, piece[0]))
    for index, (piece, labels) in enumerate(pieces):
        if index == last:
            names = () if _is_scored(facts) else (piece,)
            yield Meant(runs=(piece,), labels=labels, names=names, left_out=nothing, **facts)
        elif labels or piece[0] not in nothing:
            yield Meant(runs=(piece,), labels=labels, names=(piece,), results=facts["results"])


def _pieces(run: Run, known: Mapping[int, str]) -> Iterator[tuple[Run, dict[int, str]]]:
    """Yield the words, as many together as one label has; those that none has one by one."""
    while run:
        for length in range(len(run), 0, -1):
            labels = _with(known, run[:length])
            if labels or length == 1:
                yield run[:length], labels
                run = run[length:]
                break


def _with(known: Mapping[int, str], run: Sequence[str], *, exact: bool = False) -> dict[int, str]:
    """Return the labels that have all these words; exactly: and no others."""
    wanted = frozenset(run)
    words = ((number, name, library_labels.words(name)) for number, name in known.items())
    if exact:
        return {number: name for number, name, each in words if each == wanted}
    return {number: name for number, name, each in words if wanted <= each}


def _is_scored(facts: Mapping) -> bool:
    return facts["over"] is not None or facts["under"] is not None or bool(facts["status"])


def _is_a_name(database: sqlite3.Connection, word: str) -> bool:
    question = "SELECT 1 FROM words WHERE word >= ? AND word < ? LIMIT 1"
    return database.execute(question, (word, f"{word}\U0010ffff")).fetchone() is not None
