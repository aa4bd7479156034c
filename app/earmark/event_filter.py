"""The line over the events table: "dog >0.5 unreviewed" keeps what is all of that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from earmark.judging import JudgedEvent

Standing = Literal["unreviewed", "accepted", "rejected", "drawn"]
STANDINGS: tuple[Standing, ...] = ("unreviewed", "accepted", "rejected", "drawn")
WORD_BEGINS = 3  # letters of a standing that mean it, so that a word half typed keeps what it will keep
BOUND = re.compile(r"(?P<side>[<>≥≤])=?\s*(?P<number>\d*[.,]?\d+)(?P<percent>\s*%)?")
LONE_SIGN = re.compile(r"[<>≥≤]=?")


def standing(event: JudgedEvent) -> Standing:
    """Return how an event stands: its status, or "drawn" where a person found what no model did."""
    return "drawn" if event.score is None and event.status == "accepted" else event.status


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """What events must be to be listed.

    Attributes:
        words: each is in the label, or begins the word for how the event stands.
        above, below: bounds of the score; an event without a score is within none.
        only: how it stands; None is anyhow.
    """

    words: tuple[str, ...] = ()
    above: float | None = None
    below: float | None = None
    only: Standing | None = None

    def keeps(self, event: JudgedEvent) -> bool:
        """Return whether an event is to be listed."""
        stands = standing(event)
        if self.only and stands != self.only:
            return False
        return self._keeps_score(event.score) and all(_says(word, event, stands) for word in self.words)

    def _keeps_score(self, score: float | None) -> bool:
        if self.above is None and self.below is None:
            return True
        if score is None:
            return False
        return (self.above is None or score >= self.above) and (self.below is None or score <= self.below)


def filter_of(text: str, *, only: Standing | None = None) -> EventFilter:
    """Return what a person's line asks for; a sign without its number, still being typed, asks for nothing."""
    bounds = {("above" if found["side"] in ">≥" else "below"): _score(found) for found in BOUND.finditer(text)}
    rest = LONE_SIGN.sub(" ", BOUND.sub(" ", text))
    return EventFilter(words=tuple(rest.casefold().replace("_", " ").split()), only=only, **bounds)


def kept(events: Iterable[JudgedEvent], wanted: EventFilter) -> list[int]:
    """Return the numbers of the events that are to be listed."""
    return [number for number, event in enumerate(events) if wanted.keeps(event)]


def _score(found: re.Match[str]) -> float:
    number = float(found["number"].replace(",", "."))
    return number / 100 if found["percent"] or number > 1 else number


def _says(word: str, event: JudgedEvent, stands: str) -> bool:
    is_standing = len(word) >= WORD_BEGINS and stands.startswith(word)
    return is_standing or word in event.label.replace("_", " ").casefold()
