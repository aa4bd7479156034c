"""Charts of a report as SVG, drawn with what any browser has."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 460, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 40
TICKS = 5


def chart(
    lines: dict[str, Points], *, across: str, up: str, bottom: float | None = None, top: float | None = None
) -> str:
    """Return lines over a common axis, each with its name, as SVG; nothing where there are no points.

    Args:
        across, up: what the axes are.
        bottom, top: of the axis upwards; None is found from the points.
    """
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    x_low, x_high = _range([x for x, _ in points], None, None)
    y_low, y_high = _range([y for _, y in points], bottom, top)
    place = _Place(x_low, x_high, y_low, y_high)
    drawn = [_line(number, name, line, place) for number, (name, line) in enumerate(lines.items())]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(up)} over {escape(across)}">'
        f"{_axes(place, across, up)}{''.join(drawn)}</svg>"
    )


class _Place:
    """From values to points of the picture."""

    def __init__(self, x_low: float, x_high: float, y_low: float, y_high: float) -> None:
        self.x_low, self.x_high, self.y_low, self.y_high = x_low, x_high, y_low, y_high

    def x(self, value: float) -> float:
        return LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.y_low) / (self.y_high - self.y_low) * (HEIGHT - TOP - BOTTOM)


def _range(values: Sequence[float], low: float | None, high: float | None) -> tuple[float, float]:
    low, high = min(values) if low is None else low, max(values) if high is None else high
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _axes(place: _Place, across: str, up: str) -> str:
    parts = []
    for number in range(TICKS):
        share = number / (TICKS - 1)
        x = place.x_low + share * (place.x_high - place.x_low)
        y = place.y_low + share * (place.y_high - place.y_low)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place.y(y):.1f}" y2="{place.y(y):.1f}"/>'
            f'<text x="{LEFT - 6}" y="{place.y(y) + 4:.1f}" text-anchor="end">{y:.3g}</text>'
            f'<text x="{place.x(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{x:.3g}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
    parts.append(f'<text class="up" x="12" y="{HEIGHT / 2}" text-anchor="middle">{escape(up)}</text>')
    return "".join(parts)


def _line(number: int, name: str, points: Points, place: _Place) -> str:
    path = " ".join(f"{place.x(x):.1f},{place.y(y):.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{place.x(x):.1f}" cy="{place.y(y):.1f}" r="2"/>' for x, y in points if len(points) < 40
    )
    key = f'<text x="{WIDTH - RIGHT - 4}" y="{TOP + 14 + 15 * number}" text-anchor="end">{escape(name)}</text>'
    return f'<g class="line{number}"><polyline points="{path}"/>{dots}{key if name else ""}</g>'
