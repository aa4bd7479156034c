"""A result as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from earmark.analysis import Analysis, Heading
from earmark.events import Event
from earmark.times import time_text

BAR = 20  # characters of a score of 1
EIGHTHS = " ▏▎▍▌▋▊▉"


def lines(
    heading: Heading, analysis: Analysis, tags: Sequence[tuple[str, float]], events: Sequence[Event]
) -> Iterator[str]:
    """Yield a recording's tags with bars, then its events in order of time."""
    yield f"{analysis.path} · {heading.title} · {time_text(analysis.duration, 1)}"
    width = max((len(label) for label in {label for label, _ in tags} | {event.label for event in events}), default=0)
    for label, score in tags:
        yield f"  {label:<{width}}  {score:.2f}  {bar(score)}".rstrip()
    yield from (f"  {line}" for line in _events(events, width))
    yield from (f"  Note: {warning}" for warning in analysis.warnings)
    yield ""


def _events(events: Sequence[Event], width: int) -> Iterator[str]:
    if not events:
        yield "No event reaches its threshold."
        return
    yield "Events:"
    for event in sorted(events, key=lambda event: (event.onset, event.offset, event.label)):
        yield f"  {time_text(event.onset, 1)} – {time_text(event.offset, 1)}  {event.label:<{width}}  {event.score:.2f}"


def bar(score: float) -> str:
    """Return a bar of up to 20 characters, exact to an eighth of one."""
    eighths = round(min(max(score, 0.0), 1.0) * BAR * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
