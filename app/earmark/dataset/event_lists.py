"""DESED and DCASE: lists of strong or weak labels in `metadata`, recordings in the same place in `audio`.

`metadata/train/weak.tsv` is of the recordings in `audio/train/weak`. A list that lies beside its recordings
is read too.
Source: Turpault et al., Sound event detection in domestic environments, 2019.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    examples, warnings, listed = {}, [], set()
    for path in _lists(folder):
        sounds = Sounds(_audio_of(path, folder))
        reading = exchange.read_any(path)
        warnings += [f"{shown(path)}: {remark}" for remark in reading.skipped]
        for labelled in reading.recordings:
            recording = sounds.find(labelled.file)
            if recording is not None:
                examples[recording] = _example(recording, labelled, _side(path, folder))
        listed |= sounds.found
        if sounds.missing:
            first = sounds.missing[0]
            warnings.append(
                f"{counted(len(sounds.missing), 'recording')} of {shown(path)} not here, the first is {first}."
            )
    return Contents(examples=list(examples.values()), warnings=[*warnings, *_unlabelled(folder, listed)])


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
