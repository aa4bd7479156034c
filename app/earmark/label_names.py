"""Labels as people read them."""

from __future__ import annotations


def label_text(label: str) -> str:
    """Return a label as it is shown: `dog_bark` is "Dog bark"."""
    text = label.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def name_read(label: str) -> str:
    """Return what a label is known by: the same for "dog_bark" and "Dog bark"."""
    return " ".join(label.replace("_", " ").split()).casefold()
