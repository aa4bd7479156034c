"""Where the ticks of a frequency axis stand, whatever its scale and zoom, and what is written there. No Qt."""

from __future__ import annotations

import math

import numpy as np

from earmark.frequency_scale import FrequencyScale, nice_step

NARROW = 3.0  # times its lower end: up to here a stretch of frequencies is labelled in even steps on any scale
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")
FEW = 4  # ticks of ones, twos and fives that do not tell enough
LOWEST_NOTE, HIGHEST_NOTE = 16.0, 17_000.0  # Hz: beyond, nobody speaks of notes


def ticks_between(scale: FrequencyScale, bottom: float, top: float, *, most: int) -> list[float]:
    """Return the frequencies, in 1-2-5 steps, of up to `most` ticks between two heights, none crowding another.

    Args:
        bottom, top: heights in 0..1, as the scale has them.
    """
    low, high = float(scale.hertz(max(bottom, 0.0))), float(scale.hertz(min(top, 1.0)))
    if high <= low:
        return []
    wanted = [] if scale.name == "linear" or high < NARROW * low else _decades(low, high)
    if len(wanted) < FEW:
        wanted = _even(low, high, nice_step((high - low) / max(most, 1)))
    return _apart(scale, wanted, (top - bottom) / max(most, 1))


def hertz_text(hertz: float) -> str:
    """Return "500 Hz", "2 kHz" or "1.25 kHz"."""
    return f"{_short(hertz / 1000)} kHz" if hertz >= 999.9995 else f"{_short(hertz)} Hz"


def note_text(hertz: float) -> str:
    """Return the nearest note and how far off it is, "A4 +12 ct"; "" where that says nothing."""
    if not LOWEST_NOTE <= hertz <= HIGHEST_NOTE:
        return ""
    steps = 69 + 12 * math.log2(hertz / 440)  # as MIDI counts them
    nearest = round(steps)
    cents = f"{round((steps - nearest) * 100):+d}".replace("-", "−")
    return f"{NAMES[nearest % 12]}{nearest // 12 - 1} {cents} ct"


def _even(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 6) for number in range(first, last + 1)]


def _decades(low: float, high: float) -> list[float]:
    powers = range(0, math.ceil(math.log10(high)) + 1)
    everything = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [0.0] * (low <= 0) + [hertz for hertz in everything if low <= hertz <= high]


def _apart(scale: FrequencyScale, wanted: list[float], gap: float) -> list[float]:
    """Return those that keep a distance; round ones (1 before 5 before 2 of a decade) first."""
    kept: dict[float, float] = {}
    heights = {hertz: float(scale.height(hertz)) for hertz in wanted}
    for hertz in sorted(wanted, key=_roughness):
        if all(abs(heights[hertz] - other) >= gap * 0.999 for other in kept.values()):
            kept[hertz] = heights[hertz]
    return sorted(kept)


def _roughness(hertz: float) -> int:
    return 0 if hertz == 0 else {"1": 0, "5": 1}.get(np.format_float_scientific(hertz)[0], 2)


def _short(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")
