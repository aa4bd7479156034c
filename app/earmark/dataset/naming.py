"""What names of folders and files say: labels, sides of a split, the source that a clip was cut from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from earmark.dataset.contents import Split

NOTHING = frozenset({"noise", "background", "other", "silence", "background noise"})
"""Names that say that none of the sounds is there."""

SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "dev", "development"), "train"),
    **dict.fromkeys(("val", "valid", "validate", "validation"), "validate"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}

# How the clips of well-known sets, recorders and cutting programs are named; what is in brackets is the source.
SOURCES = (
    re.compile(r"\d-(\d+)-[A-Z](?:-\d+)?"),  # ESC-50: fold, Freesound's number, take, target
    re.compile(r"(\d+)-\d+-\d+-\d+"),  # UrbanSound8K: Freesound's number, class, occurrence, slice
    re.compile(r"([0-9a-f]{6,})_nohash_\d+"),  # Speech Commands: the speaker
    re.compile(r"(XC\d+).*", re.IGNORECASE),  # xeno-canto
    re.compile(r"(.*\d{8}[-_T]\d{6}Z?).*"),  # a recorder that writes the time into the name
    re.compile(r"(.+?)[-_ .](?:seg|segment|part|chunk|clip|crop|slice|take|window)[-_ ]?\d+", re.IGNORECASE),
)
BOUNDS = re.compile(r"(.+?)[-_](\d+(?:\.\d+)?)s?[-_](\d+(?:\.\d+)?)s?")  # a crop that names its seconds


def is_nothing(label: str) -> bool:
    """Say whether a label means that nothing of interest is there."""
    return label.replace("_", " ").strip().casefold() in NOTHING


def split_of(name: str) -> Split | None:
    """Return the side of a split that a folder's name stands for; None where it is another name."""
    return SPLITS.get(name.strip().casefold())


def present_and_absent(labels: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels that are there and those known not to be: `-Dog`. Names for nothing are left out."""
    said = [label.strip() for label in labels]
    present = [label for label in said if label and not label.startswith("-") and not is_nothing(label)]
    absent = [label[1:].strip() for label in said if len(label) > 1 and label.startswith("-")]
    return tuple(dict.fromkeys(present)), tuple(dict.fromkeys(absent))


def labels_in(text: str, delimiters: str = ",") -> Sequence[str]:
    """Return the labels of one cell or name."""
    return [label.strip() for label in re.split(f"[{re.escape(delimiters)}]", text) if label.strip()]


def source_of(stem: str) -> str:
    """Return what a clip was cut from, as far as its name tells: the same for all clips of one recording."""
    for pattern in SOURCES:
        if found := pattern.fullmatch(stem):
            return found[1]
    if (found := BOUNDS.fullmatch(stem)) and float(found[3]) > float(found[2]):
        return found[1]
    return stem
