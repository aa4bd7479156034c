"""Decibels relative to full scale, and what one multiplies by for them."""

from __future__ import annotations

import math

FLOOR = -120.0  # as quiet as nothing


def decibels(amplitude: float) -> float:
    """Return the level of an amplitude, where 1 is full scale."""
    return 20 * math.log10(amplitude) if amplitude > 1e-6 else FLOOR


def amplitude(level: float) -> float:
    """Return the amplitude of a level; the floor and what is below it is nothing."""
    return 10 ** (level / 20) if level > FLOOR else 0.0


def level_text(level: float) -> str:
    """Return "−12 dB"; "silent" for nothing."""
    return f"{level:.0f} dB".replace("-", "−") if level > FLOOR else "silent"
