"""When a recording was made: from its file's name, as recorders and phones write it, else from what is in the file.

A time is what the recorder's clock showed; it has a time zone only where the name or the file says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Literal

YEARS = range(1878, 2101)  # no sound was kept before Edison's phonograph
DAY = r"(?<!\d)(?P<year>\d{4})(?P<dash>[-._]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
TIME = r"(?P<hour>\d\d)(?P<colon>[-:._h꞉ ]?)(?P<minute>\d\d)(?:(?P=colon)|m)(?P<second>\d\d)(?!\d)"
ZONE = r"(?:\.\d+)?(?:s)?[ _]?(?P<zone>Z(?![a-z])|UTC(?![a-z])|[+-](?:0\d|1[0-4]):?(?:00|15|30|45)(?!\d))?"
BETWEEN = r"(?:[-_ T.]{1,3}|[-_ ](?:birdnet|at)[-_ ])?"  # BirdNET-Pi writes its name between day and time
MOMENT = re.compile(f"{DAY}{BETWEEN}{TIME}{ZONE}", re.IGNORECASE)
WHOLE_DAY = re.compile(rf"{DAY}(?!\d)")
HEXADECIMAL = re.compile(r"(?=.*[A-F])[0-9A-F]{8}")  # AudioMoth's first firmware: seconds since 1970, UTC
HEXADECIMAL_YEARS = range(2015, 2036)
AUDIOMOTH = re.compile(
    r"Recorded at (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.\d+)? "
    r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4}) \(UTC(?P<zone>[+-]\d{1,2}(?::\d\d)?)?\)"
)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """When a recording was made.

    Attributes:
        when: a moment, or only a day.
        known_from: the file's name, or what is in the file.
    """

    when: datetime | date
    known_from: Literal["name", "file"]

    @property
    def text(self) -> str:
        """Return it in ISO 8601."""
        return self.when.isoformat()


def recorded_at(path: str | os.PathLike[str]) -> datetime | None:
    """Return when the recording began, or None where neither its name nor the file says so to the second."""
    found = recorded(path)
    return found.when if found and isinstance(found.when, datetime) else None


def recorded(path: str | os.PathLike[str]) -> Recorded | None:
    """Return when the recording was made, if only the day; None where nothing says so."""
    path = Path(path)
    by_name = in_name(path)
    if isinstance(by_name, datetime):
        return Recorded(when=by_name, known_from="name")
    in_file = _in_file(path)
    if in_file and not (by_name and not isinstance(in_file, datetime)):
        return Recorded(when=in_file, known_from="file")
    return Recorded(when=by_name, known_from="name") if by_name else None


def in_name(path: str | os.PathLike[str]) -> datetime | date | None:
    """Return the moment, else the day, that a file's name states."""
    stem = Path(path).stem
    for found in (*_moments(stem), *_days(stem)):
        return found
    if HEXADECIMAL.fullmatch(stem):
        moment = datetime.fromtimestamp(int(stem, 16), UTC)
        return moment if moment.year in HEXADECIMAL_YEARS else None
    return None


def of_mtime(mtime_ns: int) -> str:
    """Return the time of a file's last change, by this machine's clock, in ISO 8601: a guess."""
    try:
        return datetime.fromtimestamp(mtime_ns // 1_000_000_000).isoformat()
    except (OverflowError, ValueError, OSError):  # a clock that was never set
        return "1970-01-01T00:00:00"


def _moments(text: str) -> Iterator[datetime]:
    for found in MOMENT.finditer(text):
        with suppress(ValueError):
            yield _moment(found)


def _days(text: str) -> Iterator[date]:
    for found in WHOLE_DAY.finditer(text):
        with suppress(ValueError):
            yield _day(found)


def _moment(found: re.Match[str]) -> datetime:
    """Return the moment; ValueError where there is none such."""
    hour, minute, second = (int(found[name]) for name in ("hour", "minute", "second"))
    return datetime.combine(_day(found), time(hour, minute, second), _zone(found["zone"]))


def _day(found: re.Match[str]) -> date:
    year = int(found["year"])
    if year not in YEARS:
        raise ValueError(f"{year} is too early or too late.")
    return date(year, int(found["month"]), int(found["day"]))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if text[0] == "+" else -ahead)


def _in_file(path: Path) -> datetime | date | None:
    """Return what the file itself says: Broadcast Wave, AudioMoth's comment, or `creation_time` of films and phones."""
    from earmark.audio_file import tags_of

    tags = tags_of(path)
    if found := AUDIOMOTH.search(tags.get("comment", "")):
        with suppress(ValueError):
            return _with_utc(_moment(found))
    stated = f"{tags.get('origination_date', '')} {tags.get('origination_time', '')}".strip()
    broadcast = f"{tags.get('date', '')} {tags.get('creation_time', '')}"  # as FFmpeg names the two of a WAV
    for text in (stated, broadcast, _set(tags.get("creation_time", "")), tags.get("date", "")):
        for moment in (*_moments(text), *_days(text)):
            return moment
    return None


def _with_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _set(text: str) -> str:
    """Return nothing of a clock that was never set: those of films begin in 1904 or 1970."""
    return "" if text.startswith(("1904-01-01", "1970-01-01")) else text
