"""Charts of a report as SVG, drawn with what any browser has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 30, 42  # above the plot stands what its lines are
KEY_LINE, KEY_ROOM, LETTER = 22, 16, 6.2  # pixels: a sample of a line, between two names, a letter on average
TICKS = 5  # about so many
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
DOTTED_UP_TO = 40  # points, each with a dot on it


@dataclass(frozen=True)
class Axis:
    """A range of values and its ticks, which begin and end it.

    Attributes:
        step: between two ticks.
    """

    name: str
    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """The values that are written beside it."""
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]

    def place(self, value: float) -> float:
        """Return where a value is: 0 at its beginning, 1 at its end."""
        return (value - self.low) / (self.high - self.low)

    def text(self, tick: float) -> str:
        """Return a tick with the decimals that its step needs."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        more = decimals < 6 and not math.isclose(self.step * 10**decimals, round(self.step * 10**decimals))
        return f"{tick:.{decimals + more}f}"


def axis(name: str, values: Sequence[float], *, is_share: bool = False, is_whole: bool = False) -> Axis:
    """Return an axis in round steps around values.

    Args:
        is_share: of values from 0 to 1: all of that is shown.
        is_whole: of numbers of things: there is no tick between two of them.
    """
    low, high = (0.0, 1.0) if is_share else (min(values), max(values))
    if high - low < 1e-9:
        around = 1.0 if is_whole else abs(low) / 2 or 0.5
        low, high = low - around, high + around
    step = _step((high - low) / TICKS, is_whole=is_whole)
    return Axis(name, math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def _step(wanted: float, *, is_whole: bool) -> float:
    """Return a round number that is not below the one that is wanted."""
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(digit * power for digit in STEPS if digit * power >= wanted * (1 - 1e-9))
    return max(1.0, math.ceil(step)) if is_whole else step


def chart(lines: Mapping[str, Points], across: Axis, up: Axis) -> str:
    """Return lines over common axes as SVG, and above them what each is; one without a name stands for itself."""
    drawn = "".join(_line(number, line, across, up) for number, line in enumerate(lines.values()))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(up.name)} over {escape(across.name)}">'
        f"{_axes(across, up)}{drawn}{_key([name for name in lines if name])}</svg>"
    )


def _x(across: Axis, value: float) -> float:
    return LEFT + across.place(value) * (WIDTH - LEFT - RIGHT)


def _y(up: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - up.place(value) * (HEIGHT - TOP - BOTTOM)


def _axes(across: Axis, up: Axis) -> str:
    parts = []
    for tick in up.ticks:
        y = _y(up, tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{up.text(tick)}</text>')
    for tick in across.ticks:
        x, foot = _x(across, tick), HEIGHT - BOTTOM
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{foot}" y2="{foot + 4}"/>')
        parts.append(f'<text x="{x:.1f}" y="{foot + 17}" text-anchor="middle">{across.text(tick)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 7}" text-anchor="middle">{escape(across.name)}</text>')
    beside = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'transform="rotate(-90 13 {beside:.1f})"'
    parts.append(f'<text x="13" y="{beside:.1f}" {turned} text-anchor="middle">{escape(up.name)}</text>')
    return "".join(parts)


def _line(number: int, points: Points, across: Axis, up: Axis) -> str:
    places = [(_x(across, x), _y(up, y)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in places) if _is_dotted(points) else ""
    return f'<g class="line{number}"><polyline points="{path}"/>{dots}</g>'


def _is_dotted(points: Points) -> bool:
    return len(points) <= DOTTED_UP_TO


def _key(names: Sequence[str]) -> str:
    """Return what the lines are, one beside the other, each after a piece of it."""
    parts, x = [], float(LEFT)
    for number, name in enumerate(names):
        parts.append(
            f'<g class="line{number}"><polyline points="{x:.0f},12 {x + KEY_LINE:.0f},12"/></g>'
            f'<text x="{x + KEY_LINE + 5:.0f}" y="16">{escape(name)}</text>'
        )
        x += KEY_LINE + 5 + LETTER * len(name) + KEY_ROOM
    return "".join(parts)
