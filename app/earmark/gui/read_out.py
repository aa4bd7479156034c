"""What is said about the point under the pointer, and about the selection."""

from __future__ import annotations

from datetime import datetime

from earmark.frequency_ticks import note_text
from earmark.gui.selection import Stretch
from earmark.stretch_levels import Levels
from earmark.times import clock_text, time_text

PRECISE = 0.1  # seconds: a length under this is said in milliseconds
UNKNOWN = Levels()
SEPARATOR = " · "


def pointer_text(
    seconds: float, hertz: float, decibels: float | None, *, began: datetime | None = None, with_note: bool = False
) -> str:
    """Return "1:23.412 · 14:02:03.412 · 3 140 Hz · G7 +2 ct · −42 dB", as far as it is known and wanted."""
    clock = clock_text(began, seconds) if began else ""
    note = note_text(hertz) if with_note else ""
    return SEPARATOR.join(filter(None, (time_text(seconds), clock, _hertz(hertz), note, decibels_text(decibels))))


def stretch_text(stretch: Stretch, *, levels: Levels = UNKNOWN) -> str:
    """Return the selection's numbers: "0:01.000 – 0:02.500 · 1.500 s · 800 – 3 140 Hz · mean −60 dB · peak −12 dB"."""
    ends = f"{time_text(stretch.start)} – {time_text(stretch.end)}"
    parts = [ends, length_text(stretch.end - stretch.start)]
    if stretch.low is not None and stretch.high is not None:
        parts.append(f"{_number(stretch.low)} – {_hertz(stretch.high)}")
    named = (("mean", levels.mean), ("peak", levels.peak))
    parts += [f"{name} {decibels_text(level)}" for name, level in named if level is not None]
    return SEPARATOR.join(parts)


def length_text(seconds: float) -> str:
    """Return "1.500 s", or "20.5 ms" where it is short."""
    return f"{seconds * 1000:.1f} ms" if seconds < PRECISE else f"{seconds:,.3f} s".replace(",", " ")


def decibels_text(decibels: float | None) -> str:
    """Return "−42 dB", "" where it is not known."""
    return "" if decibels is None else f"{decibels:.0f} dB".replace("-", "−")


def _hertz(hertz: float) -> str:
    return f"{_number(hertz)} Hz"


def _number(hertz: float) -> str:
    return f"{hertz:,.0f}".replace(",", " ")
