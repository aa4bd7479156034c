"""What a model's `checkpoint.json` may say: another machine wrote it, or somebody who means ill."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

TABLES = ("network", "front_end", "thresholds", "metrics")
SHORT = ("pad", "repeat", "repeat_pad", "stretch", "leave")
HIGHEST_RATE, LONGEST_WINDOW = 400_000, 600.0  # Hz, seconds: no model hears more at once


def flaw_of(plain: Mapping[str, Any]) -> str:
    """Return what a description says that cannot be, in words of their own; empty where there is nothing."""
    if not _is_number(plain.get("version", 1)):
        return f"its version is {plain['version']!r}"
    for name in TABLES:
        if not isinstance(plain.get(name, {}), dict):
            return f"its {name} is no table"
    labels = [str(label) for label in plain["labels"]]
    if not all(labels) or len(set(labels)) < len(labels):
        return "a label is empty, or stands there twice"
    if not all(_is_number(value) for value in plain.get("thresholds", {}).values()):
        return "a threshold is no number"
    return _front_end_flaw(plain.get("front_end", {}))


def _front_end_flaw(front_end: Mapping[str, Any]) -> str:
    rate, seconds = front_end.get("sample_rate", 1), front_end.get("window_seconds", 1.0)
    if type(rate) is not int or not 0 < rate <= HIGHEST_RATE:
        return f"a sample rate of {rate!r} is none"
    if not _is_number(seconds) or not 0 < seconds <= LONGEST_WINDOW:
        return f"a window of {seconds!r} s is none"
    short = front_end.get("short", SHORT[0])
    return "" if short in SHORT else f"nobody can {short!r} a short recording"


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and isfinite(value)
