"""AudioSet: lists of segments, `class_labels_indices.csv`, and one file a segment, named by its video.

Source: Gemmeke et al., Audio Set, 2017. A file is taken to be the segment itself, not the whole video.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from earmark.api import Example
from earmark.audio_file import shown
from earmark.counted import counted
from earmark.dataset.contents import Contents, Split
from earmark.dataset.rows import Table
from earmark.dataset.youtube import Clips
from earmark.exchange.text import number

kind = "audioset"
title = "AudioSet"
LABELS, LISTS = "class_labels_indices.csv", "*segments*.csv"
PLACES = (".", "metadata", "meta", "csv")
COLUMNS = ("video", "start", "end", "labels")


def fits(folder: Path) -> bool:
    return bool(_files(folder, LABELS)) and bool(_files(folder, LISTS))


def read(folder: Path) -> Contents:
    """Return the segments whose files are here; those of one video are one group."""
    names = _names(next(iter(_files(folder, LABELS)), folder / LABELS))
    clips, examples, warnings = Clips(folder), [], []
    for path in _files(folder, LISTS):
        table, unknown = Table(path), 0
        for row in table.plain(COLUMNS):
            said = [each.strip() for each in row["labels"].replace('"', "").split(",") if each.strip()]
            unknown += any(each not in names for each in said)
            labels = tuple(names[each] for each in said if each in names)
            if (clip := _clip(clips, row)) is not None:
                examples.append(Example(path=clip, labels=labels, group=row["video"].strip(), split=_side(path)))
        warnings += table.warnings()
        if unknown:
            warnings.append(f"{counted(unknown, 'segment')} of {shown(path)} with a label that {LABELS} lacks.")
    return Contents(examples=examples, labels=tuple(names.values()), warnings=(*warnings, *clips.warnings()))


def _clip(clips: Clips, row: Mapping[str, str]) -> Path | None:
    try:
        start = number(row["start"])
    except ValueError:
        start = 0.0
    return clips.find(row["video"].strip(), start)


def _names(path: Path) -> dict[str, str]:
    """Return mid → name in the order of the index, which is that of published checkpoints."""
    rows = [(row["index"], row["mid"], row["display_name"]) for row in Table(path).rows("index", "mid", "display_name")]
    rows.sort(key=lambda row: (len(row[0]), row[0]))
    return {mid: name for _, mid, name in rows}


def _side(path: Path) -> Split:
    return "test" if path.name.casefold().startswith("eval") else "train"


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for place in PLACES for path in (folder / place).glob(pattern))
