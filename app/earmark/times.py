"""Times as people write them: typed as "1:02:03.5", "1:23.4" or "83,4", and written the same way everywhere."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from earmark.errors import EarmarkError

TYPED = re.compile(r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:[.,]\d*)?|[.,]\d+)\s*s?")
LONGEST_PART = 60


class TimeTextError(EarmarkError):
    """What was typed is not a time."""


def seconds_of(text: str) -> float:
    """Return the seconds that a typed time means.

    Raises:
        TimeTextError: it is not a time, or has sixty seconds or minutes beside a larger unit.
    """
    found = TYPED.fullmatch(text.strip())
    if not found:
        raise TimeTextError(f"“{text.strip()}” is not a time.", hint="Write 1:23.4, or seconds alone: 83.4.")
    hours, minutes = int(found["hours"] or 0), int(found["minutes"] or 0)
    seconds = float(found["seconds"].replace(",", "."))
    is_clock = found["minutes"] is not None
    if (is_clock and seconds >= LONGEST_PART) or (found["hours"] is not None and minutes >= LONGEST_PART):
        raise TimeTextError(f"“{text.strip()}” is not a time.", hint="Minutes and seconds end at 59.")
    return hours * 3600 + minutes * 60 + seconds


def stretch_of(onset: float, offset: float, *, duration: float) -> tuple[float, float]:
    """Return a start and an end that a person typed, where the two can be.

    Raises:
        TimeTextError: the end is not after the start, or the recording ends before it starts.
    """
    if offset <= onset:
        raise TimeTextError("An event ends after it starts.", hint="Type an end that is later, or an earlier start.")
    if onset >= duration:
        raise TimeTextError("The recording ends before that.", hint=f"It lasts {duration:.1f} s.")
    return onset, min(offset, duration)


def time_text(seconds: float, decimals: int = 3) -> str:
    """Return "1:23.456", or "1:02:03.456" from an hour on."""
    units = round(max(seconds, 0.0) * 10**decimals)
    whole, part = divmod(units, 10**decimals)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"{clock}.{part:0{decimals}}" if decimals else clock


def clock_text(began: datetime, seconds: float, decimals: int = 3) -> str:
    """Return the time of day "14:02:03.456", or at midnight the date that begins."""
    units = round(seconds * 10**decimals)
    moment = began + timedelta(seconds=units / 10**decimals)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%H:%M:%S.%f}"[: 9 + decimals if decimals else 8]
