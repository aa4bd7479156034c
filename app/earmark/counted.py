"""Numbers of things in a sentence."""

from __future__ import annotations


def counted(number: int, thing: str, things: str = "") -> str:
    """Return "1 file", "2 files"; `things` is the plural where it is no plain s."""
    return f"{number} {thing}" if number == 1 else f"{number} {things or f'{thing}s'}"
