"""The sentence that recordings are searched by: "dog bark over 0.6 in May". What it means, without any SQL.

Words stand for labels, names of files and folders, and tags. Nothing that is written is an error: what is no condition
is a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from earmark.library_dates import Day, read_day
from earmark.library_recordings import words_of

TOKENS = re.compile(r'(?:tag:\s*|#)"[^"]*"?|"[^"]*"?|tag:\s*[^\s,;"]+|\d+,\d+%?|[<>]=?|[≥≤]|[,;]|[^\s,;<>≥≤"]+')
NUMBER = re.compile(r"(\d+(?:[.,]\d*)?|[.,]\d+)(%?)([a-z]*)", re.IGNORECASE)
OVER, UNDER = ("over", "above", ">", ">=", "≥"), ("under", "below", "<", "<=", "≤")
UNITS: dict[str, float] = dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0)
UNITS |= dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0)
UNITS |= dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0)
WITHIN, SINCE, AFTER, BEFORE = ("in", "on", "during"), ("since", "from"), ("after",), ("before", "until")
JUDGED = {"annotated": "annotated", "reviewed": "annotated", "unreviewed": "unreviewed", "unannotated": "unreviewed"}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Labels, names or tags with these words; none are any label.

    Attributes:
        runs: alternatives, in small letters.
        exact: they were quoted: a label must have no others.
        over, under: the score of the label, which is then meant and no name; None is no limit.
        status: what a person said of the label: "accepted" or "rejected"; "" is whatever.
        only_names: they are looked for in names and tags.
    """

    runs: tuple[tuple[str, ...], ...] = ()
    exact: bool = False
    over: float | None = None
    under: float | None = None
    status: str = ""
    only_names: bool = False


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Recorded within a time, from its beginning or end on, or before it."""

    how: Literal["in", "since", "after", "before"]
    day: Day


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """With a tag."""

    tag: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """With any annotation, accepted or rejected ones, or none ("unreviewed")."""

    status: str


@dataclass(frozen=True, kw_only=True)
class HeardBy:
    """Heard by a model whose id has this in it."""

    model: str


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """Longer or shorter than so many seconds."""

    over: float | None = None
    under: float | None = None


Term = Words | Recorded | Tagged | Judged | HeardBy | Lasting


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wanted: all of these, and none of those."""

    terms: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def parse(text: str, today: date | None = None) -> Wanted:
    """Return what a sentence asks for.

    Args:
        today: what "since May" counts from; None is today.
    """
    reader = _Reader(_tokens(text), today or date.today())
    while reader.left:
        for read in READERS:
            if read(reader):
                break
    return reader.wanted()


def _tokens(text: str) -> list[str]:
    return TOKENS.findall(text.replace("“", '"').replace("”", '"').replace("„", '"'))


@dataclass
class _Draft:
    """A term that may still grow: its score may follow a date."""

    term: Term
    is_unwanted: bool = False


@dataclass
class _Reader:
    """Goes through the tokens; `words` is the draft that further words and scores belong to."""

    left: list[str]
    today: date
    drafts: list[_Draft] = field(default_factory=list)
    words: _Draft | None = None
    is_open: bool = False  # the next word belongs to `words`
    is_negated: bool = False
    waiting: dict[str, object] = field(default_factory=dict)  # said of the words to come

    def take(self, count: int = 1) -> list[str]:
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def add(self, term: Term) -> None:
        self.drafts.append(_Draft(term, self.is_negated))
        self.is_negated = self.is_open = False

    def add_words(self, words: tuple[str, ...], *, exact: bool = False) -> None:
        self.add(Words(runs=(words,), exact=exact, **self.waiting))  # type: ignore[arg-type]
        self.waiting, self.words, self.is_open = {}, self.drafts[-1], not exact

    def say(self, **facts: object) -> None:
        """Say something of the words before, or where it is said already or there are none, of those to come."""
        term = self.words.term if self.words else None
        if term is None or any(getattr(term, name) not in (None, "") for name in facts):
            self.waiting |= facts
        elif self.words:
            self.words.term = replace(term, **facts)  # type: ignore[arg-type]
            self.is_open = False

    def wanted(self) -> Wanted:
        self.waiting.pop("only_names", None)
        if self.waiting.keys() == {"status"}:
            self.add(Judged(status=str(self.waiting["status"])))
        elif self.waiting:
            self.add(Words(**self.waiting))  # type: ignore[arg-type]
        chosen = [draft.term for draft in self.drafts if not draft.is_unwanted]
        return Wanted(terms=tuple(chosen), unwanted=tuple(draft.term for draft in self.drafts if draft.is_unwanted))


def _read_separator(reader: _Reader) -> bool:
    word = reader.left[0].casefold()
    if word in (",", ";", "and"):
        reader.is_open = False
    elif word in ("not", "without"):
        reader.is_negated, reader.is_open = True, False
    elif word == "or" and reader.is_open and len(reader.left) > 1 and reader.words:
        reader.words.term = replace(reader.words.term, runs=(*reader.words.term.runs, ()))  # type: ignore[union-attr]
    else:
        return False
    reader.take()
    return True


def _read_quoted(reader: _Reader) -> bool:
    if not reader.left[0].startswith('"'):
        return False
    if words := tuple(words_of(reader.take()[0])):
        reader.add_words(words, exact=True)
    return True


def _read_tag(reader: _Reader) -> bool:
    found = re.fullmatch(r'(?:#|tag:\s*)"?([^"]+)"?', reader.left[0], re.IGNORECASE)
    if found:
        reader.take()
        reader.add(Tagged(tag=" ".join(found[1].split())))
    return bool(found)


def _read_limit(reader: _Reader) -> bool:
    """Read "over 0.6", "longer than 10 min" or "over 10 min"."""
    first, *rest = [word.casefold() for word in reader.left[:5]]
    is_length = first in ("longer", "shorter") and rest[:1] == ["than"]
    rest = rest[1:] if is_length else rest
    if not (is_length or first in OVER + UNDER) or not rest:
        return False
    number, seconds, used = _number(rest)
    side = "over" if first in (*OVER, "longer") else "under"
    if is_length and number is not None:
        reader.add(Lasting(**{side: number if seconds is None else seconds}))
    elif seconds is not None:
        reader.add(Lasting(**{side: seconds}))
    elif number is not None and number <= 1:
        reader.say(**{side: number})
    else:
        return False
    reader.take(1 + is_length + used)
    return True


def _number(words: list[str]) -> tuple[float | None, float | None, int]:
    """Return a number, the seconds it stands for where a unit follows, and how many words that were."""
    found = NUMBER.fullmatch(words[0])
    if not found or (found[3] and found[3] not in UNITS):
        return None, None, 0
    number = float(found[1].replace(",", "."))
    if found[2]:
        return number / 100, None, 1
    if found[3]:
        return number, number * UNITS[found[3]], 1
    if len(words) > 1 and words[1] in UNITS:
        return number, number * UNITS[words[1]], 2
    return number, None, 1


def _read_time(reader: _Reader) -> bool:
    """Read "in May 2026", "since 2026-05-12"; or "in" alone, after which a place is named."""
    word = reader.left[0].casefold()
    ways = {"in": WITHIN, "since": SINCE, "after": AFTER, "before": BEFORE}
    how = next((how for how, names in ways.items() if word in names), None)
    day, used = read_day(reader.left[1 if how else 0 :], reader.today, is_certain=how is not None)
    if day is None:
        return how == "in" and _read_place(reader)
    reader.take(used + (how is not None))
    how = how or "in"
    reader.add(Recorded(how=how, day=day if how == "in" else day.before(reader.today)))  # type: ignore[arg-type]
    return True


def _read_place(reader: _Reader) -> bool:
    if len(reader.left) < 2:
        return False
    reader.take()
    reader.waiting["only_names"], reader.is_open = True, False
    return True


def _read_judgement(reader: _Reader) -> bool:
    word = reader.left[0].casefold()
    if word in ("accepted", "rejected"):
        reader.take()
        reader.say(status=word)
    elif word in JUDGED:
        reader.take()
        reader.add(Judged(status=JUDGED[word]))
    else:
        return False
    return True


def _read_model(reader: _Reader) -> bool:
    if reader.left[0].casefold() != "by" or len(reader.left) < 2:
        return False
    reader.add(HeardBy(model=reader.take(2)[1].strip('"').casefold()))
    return True


def _read_word(reader: _Reader) -> bool:
    words = tuple(words_of(reader.take()[0]))
    if not words:
        return True
    if reader.is_open and not reader.is_negated and reader.words:
        *runs, last = reader.words.term.runs  # type: ignore[union-attr]
        reader.words.term = replace(reader.words.term, runs=(*runs, (*last, *words)))  # type: ignore[arg-type]
    else:
        reader.add_words(words)
    return True


READERS: tuple[Callable[[_Reader], bool], ...] = (
    *(_read_separator, _read_quoted, _read_tag, _read_limit, _read_time, _read_judgement, _read_model, _read_word),
)
