"""VGGSound: `vggsound.csv` (video, start, label, side; no header) and a clip of 10 s each.

Source: Chen et al., VGGSound: A Large-scale Audio-Visual Dataset, 2020.
"""

from __future__ import annotations

from pathlib import Path

from earmark.api import Example
from earmark.dataset.contents import Contents
from earmark.dataset.naming import split_of
from earmark.dataset.rows import Table
from earmark.dataset.youtube import Clips
from earmark.exchange.text import number

kind = "vggsound"
title = "VGGSound"
TABLE = "vggsound.csv"


def fits(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def read(folder: Path) -> Contents:
    """Return the clips that are here, one label each; those of one video are one group."""
    table, clips, examples = Table(folder / TABLE), Clips(folder), []
    for row in table.plain(("video", "start", "label", "split")):
        video, label = row["video"].strip(), row["label"].strip()
        try:
            clip = clips.find(video, number(row["start"]))
        except ValueError:
            continue  # a header
        if clip is not None:
            examples.append(Example(path=clip, labels=(label,), group=video, split=split_of(row["split"]) or "train"))
    return Contents(examples=examples, warnings=(*table.warnings(), *clips.warnings()))
