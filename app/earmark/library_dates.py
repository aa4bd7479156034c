"""Days as people write them in a search: "May", "May 2026", "12 May", "2026-05-12", "yesterday"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from earmark.clock_time import YEARS

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ISO = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d\d?)(?:[-/](?P<day>\d\d?))?")
DOTTED = re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})")
DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, a month or a year; without a year it is that of every year.

    Attributes:
        text: as it is said back: "May 2026".
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def text(self) -> str:
        """Return it in words."""
        month = MONTHS[self.month - 1] if self.month else ""
        return " ".join(str(part) for part in (self.day, month, self.year) if part)

    @property
    def prefix(self) -> str:
        """Return how every time within it begins in ISO 8601; without a year, from the month on."""
        parts = [f"{self.year:04d}"] if self.year else []
        parts += [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    def before(self, today: date) -> Day:
        """Return the last one that began until today, where no year was said."""
        if self.year or not self.month:
            return self
        is_over = (self.month, self.day or 1) <= (today.month, today.day)
        return Day(year=today.year if is_over else today.year - 1, month=self.month, day=self.day)

    def after_it(self) -> str:
        """Return the first text that sorts after every time within it."""
        return f"{self.prefix}~"


def read_day(words: Sequence[str], today: date, *, is_certain: bool) -> tuple[Day | None, int]:
    """Return the day at the beginning of some words, and how many words it takes; None and 0 where there is none.

    Args:
        is_certain: a word like "in" stands before; else only what cannot be anything but a day is one.
    """
    if not words:
        return None, 0
    if found := ISO.fullmatch(words[0]) or DOTTED.fullmatch(words[0]):
        return _checked(*(int(found[name]) if found[name] else None for name in ("year", "month", "day"))), 1
    if not is_certain:
        return None, 0
    word = words[0].casefold()
    if word in ("today", "yesterday"):
        day = today - timedelta(days=word == "yesterday")
        return _checked(day.year, day.month, day.day), 1
    for read in (_read_year, _read_month, _read_day_and_month):
        day, used = read(words)
        if day:
            return day, used
    return None, 0


def _read_year(words: Sequence[str]) -> tuple[Day | None, int]:
    year = _year(words, 0)
    return (Day(year=year), 1) if year else (None, 0)


def _read_month(words: Sequence[str]) -> tuple[Day | None, int]:
    """Read "May", "May 2026", "May 12", "May 12 2026"."""
    month = _month(words, 0)
    if not month:
        return None, 0
    if year := _year(words, 1):
        return Day(year=year, month=month), 2
    if day := _day(words, 1):
        year = _year(words, 2)
        return _checked(year, month, day), 3 if year else 2
    return Day(month=month), 1


def _read_day_and_month(words: Sequence[str]) -> tuple[Day | None, int]:
    """Read "12 May" and "12 May 2026"."""
    day, month, year = _day(words, 0), _month(words, 1), _year(words, 2)
    return (_checked(year, month, day), 3 if year else 2) if day and month else (None, 0)


def _year(words: Sequence[str], at: int) -> int | None:
    is_year = len(words) > at and re.fullmatch(r"\d{4}", words[at]) and int(words[at]) in YEARS
    return int(words[at]) if is_year else None


def _month(words: Sequence[str], at: int) -> int | None:
    word = words[at].casefold().rstrip(".") if len(words) > at else ""
    for number, name in enumerate(MONTHS, 1):
        if word and word in (name.casefold(), name[:3].casefold(), "sept" if number == 9 else ""):
            return number
    return None


def _day(words: Sequence[str], at: int) -> int | None:
    found = DAY.fullmatch(words[at]) if len(words) > at else None
    return int(found[1]) if found else None


def _checked(year: int | None, month: int | None, day: int | None) -> Day | None:
    """Return the day, or None where the calendar has none such."""
    try:
        date(year or 2000, month or 1, day or 1)  # 2000 has a 29 February
    except ValueError:
        return None
    return Day(year=year, month=month, day=day)
