"""A result as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from earmark.analysis import Heading
from earmark.events import Event

BAR = 20  # characters of a score of 1
EIGHTHS = " ▏▎▍▌▋▊▉"


def lines(
    name: str,
    heading: Heading,
    duration: float,
    tags: Sequence[tuple[str, float]],
    events: Sequence[Event],
    warnings: Sequence[str],
) -> Iterator[str]:
    """Yield a recording's tags with bars, then its events in order of time."""
    yield f"{name} · {heading.title} · {clock(duration)}"
    width = max((len(label) for label, _ in tags), default=0)
    for label, score in tags:
        yield f"  {label:<{width}}  {score:.2f}  {bar(score)}".rstrip()
    yield from (f"  {line}" for line in _events(events, width))
    yield from (f"  Note: {warning}" for warning in warnings)
    yield ""


def _events(events: Sequence[Event], width: int) -> Iterator[str]:
    if not events:
        yield "No event reaches its threshold."
        return
    yield "Events:"
    for event in sorted(events, key=lambda event: (event.onset, event.offset, event.label)):
        yield f"  {clock(event.onset)} – {clock(event.offset)}  {event.label:<{width}}  {event.score:.2f}"


def bar(score: float) -> str:
    """Return a bar of up to 20 characters, exact to an eighth of one."""
    eighths = round(min(max(score, 0.0), 1.0) * BAR * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def clock(seconds: float) -> str:
    """Return a time as `m:ss.t`, from an hour on `h:mm:ss.t`."""
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    part = f"{minutes:02d}:{tenths // 10:02d}.{tenths % 10}" if hours else f"{minutes}:{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{part}" if hours else part


def total(counts: Mapping[str, float]) -> str:
    """Return a run's last line: files, sound, speed, what was known, what failed."""
    files = f"{counts['files']:g} {'result' if counts['files'] == 1 else 'results'}"
    parts = [files]
    if counts["taken"]:
        parts.append(f"{clock(counts['sound'])} of sound in {counts['taken']:.1f} s "
                     f"({counts['sound'] / counts['taken']:.0f} × real time)")
    if counts["known"]:
        parts.append(f"{counts['known']:g} from the library")
    if counts["failed"]:
        parts.append(f"{counts['failed']:g} failed")
    return ", ".join(parts) + "."
