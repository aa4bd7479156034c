"""DESED and DCASE: lists of strong or weak labels in `metadata`, recordings in the same place in `audio`.

`metadata/train/weak.tsv` is of the recordings in `audio/train/weak`. A list that lies beside its recordings
is read too.
Source: Turpault et al., Sound event detection in domestic environments, 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from earmark import exchange
from earmark.api import Example
from earmark.audio_file import shown, walk
from earmark.counted import counted
from earmark.dataset.contents import Contents, Split
from earmark.dataset.labels_beside import example_of
from earmark.dataset.naming import present_and_absent, source_of, split_of
from earmark.dataset.rows import columns_of
from earmark.dataset.sounds import Sounds
from earmark.exchange import Labelled

kind = "desed"
title = "DESED or DCASE lists"
METADATA, AUDIO = "metadata", "audio"
SUFFIXES = frozenset({".tsv", ".csv"})
TIMES_OR_TAGS = frozenset({"onset", "event_onset", "event_labels"})


def fits(folder: Path) -> bool:
    return any(True for _ in _lists(folder))


def read(folder: Path) -> Contents:
    gathered = _Gathered()
    for path in _lists(folder):
        gathered.add(path, Sounds(_audio_of(path, folder)), _side(path, folder))
    return gathered.contents(_unlabelled(folder, gathered.listed))


def read_list(path: Path, folder: Path) -> Contents:
    """Return the recordings in a folder that a list names, wherever the list lies; all of them are for testing.

    Raises:
        DatasetError: the list cannot be read.
    """
    gathered = _Gathered()
    gathered.add(path, Sounds(folder), "test")
    return gathered.contents()


@dataclass
class _Gathered:
    examples: dict[Path, Example] = field(default_factory=dict)
    listed: set[Path] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def add(self, path: Path, sounds: Sounds, side: Split) -> None:
        """Add what a list says of these recordings."""
        reading = exchange.read_any(path)
        self.warnings += [f"{shown(path)}: {remark}" for remark in reading.skipped]
        for labelled in reading.recordings:
            recording = sounds.find(labelled.file)
            if recording is not None:
                self.examples[recording] = _example(recording, labelled, side)
        self.listed |= sounds.found
        if missing := sounds.missing:
            number = counted(len(missing), "recording")
            self.warnings.append(f"{number} of {shown(path)} not here, the first is {missing[0]}.")

    def contents(self, more: Sequence[str] = ()) -> Contents:
        return Contents(examples=list(self.examples.values()), warnings=[*self.warnings, *more])


def _example(path: Path, labelled: Labelled, split: Split) -> Example:
    if labelled.tags:
        present, absent = present_and_absent(label for label, _ in labelled.tags)
        return Example(path=path, labels=present, absent=absent, group=source_of(path.stem), split=split)
    return example_of(path, list(labelled.events), split=split)


def _lists(folder: Path) -> Iterator[Path]:
    """Yield the lists in `metadata`, or else those that lie in the folder itself."""
    metadata = folder / METADATA
    places = metadata.rglob("*") if metadata.is_dir() else folder.glob("*")
    for path in sorted(places):
        if path.suffix.casefold() in SUFFIXES and path.is_file() and _is_list(path):
            yield path


def _is_list(path: Path) -> bool:
    names = columns_of(path)
    return bool(names & {"filename", "file"}) and bool(names & TIMES_OR_TAGS)


def _audio_of(path: Path, folder: Path) -> Path:
    """Return the folder of a list's recordings: the mirrored one, or the nearest above it that is there."""
    if not (folder / METADATA).is_dir():
        return folder
    mirrored = folder / AUDIO / path.relative_to(folder / METADATA).with_suffix("")
    while not mirrored.is_dir() and mirrored != folder:
        mirrored = mirrored.parent
    return mirrored


def _side(path: Path, folder: Path) -> Split:
    for name in path.relative_to(folder).with_suffix("").parts:
        if side := split_of(name):
            return side
    return "train"


def _unlabelled(folder: Path, listed: set[Path]) -> list[str]:
    number = sum(path not in listed for path in walk([folder]))
    return [f"{counted(number, 'recording')} in no list left out: unlabelled."] if number else []
