"""Recordings with a file of labels beside each: Audacity's, Raven's, or any other that Earmark reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from earmark import exchange
from earmark.api import Example, StrongLabel
from earmark.audio_file import shown, walk
from earmark.counted import counted
from earmark.dataset.contents import Contents
from earmark.dataset.naming import is_nothing, present_and_absent, source_of
from earmark.errors import DatasetError
from earmark.exchange import LabelledEvent

kind = "labels"
title = "recordings with labels beside them"
SUFFIXES = frozenset({".txt", ".jams"})


def fits(folder: Path) -> bool:
    return any(files for _, files in _pairs(walk([folder])))


def read(folder: Path) -> Contents:
    """Return the recordings that have labels; one that has an empty file of them holds nothing."""
    examples, odd, bare = [], _Odd(), 0
    for path, files in _pairs(walk([folder])):
        said: list[LabelledEvent] = []
        readable = [file for file in files if _read_into(said, file, odd)]
        if readable:
            examples.append(example_of(path, said))
        bare += not files
    warnings = odd.warnings()
    if bare:
        warnings.append(
            f"{counted(bare, 'recording')} without labels beside {'it is' if bare == 1 else 'them are'} left out."
        )
    if points := sum(event.onset == event.offset for example in examples for event in example.events):
        warnings.append(f"{counted(points, 'label')} with no length: they say what is there, but not for how long.")
    return Contents(examples=examples, warnings=warnings)


def example_of(path: Path, said: list[LabelledEvent], **known: object) -> Example:
    """Return a recording with strong labels; what persons rejected is known to be absent."""
    there = [event for event in said if event.status != "rejected" and event.label and not is_nothing(event.label)]
    labels = tuple(dict.fromkeys(event.label for event in there))
    _, absent = present_and_absent(f"-{event.label}" for event in said if event.status == "rejected")
    events = tuple(StrongLabel(label=each.label, onset=each.onset, offset=each.offset) for each in there)
    without = tuple(label for label in absent if label not in labels)
    facts = {"group": source_of(path.stem), **known}
    return Example(path=path, labels=labels, absent=without, events=events, **facts)  # type: ignore[arg-type]


@dataclass
class _Odd:
    """What could not be read: whole files, and lines."""

    files: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def warnings(self) -> list[str]:
        kinds = ((self.files, "file of labels", "files of labels"), (self.lines, "line", ""))
        return [f"{counted(len(odd), *kind)} cannot be used: {odd[0]}" for odd, *kind in kinds if odd]


def _read_into(said: list[LabelledEvent], file: Path, odd: _Odd) -> bool:
    if not file.stat().st_size:
        return True
    try:
        reading = exchange.read_any(file)
    except DatasetError as error:
        odd.files.append(str(error))
        return False
    odd.lines += [f"{shown(file)}: {remark}" for remark in reading.skipped]
    said += [event for labelled in reading.recordings for event in labelled.events]
    return True


def _pairs(paths: list[Path]) -> Iterator[tuple[Path, list[Path]]]:
    """Yield each recording with the files of labels whose names begin with its own."""
    by_folder: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        by_folder[path.parent].append(path)
    for folder, recordings in by_folder.items():
        beside = _label_files(folder)
        for path in recordings:
            yield path, beside.get(path.stem.casefold(), []) + beside.get(path.name.casefold(), [])


def _label_files(folder: Path) -> dict[str, list[Path]]:
    """Return the files of labels by each name that a recording they belong to may have: `a.b.c.txt` → a, a.b, a.b.c."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for file in sorted(folder.iterdir()):
        if file.suffix.casefold() in SUFFIXES and file.is_file():
            parts = file.name.casefold().split(".")[:-1]
            for length in range(1, len(parts) + 1):
                found[".".join(parts[:length])].append(file)
    return found
