"""Labels as people read them."""

from __future__ import annotations


def label_text(label: str) -> str:
    """Return a label as it is shown: `dog_bark` is "Dog bark"."""
    text = label.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
