"""Speech Commands v2: a folder per word, and two lists of what is not for training.

Source: Warden, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, 2018.
"""

from __future__ import annotations

from pathlib import Path

from earmark.api import Example
from earmark.audio_file import shown, walk
from earmark.counted import counted
from earmark.dataset.contents import Contents, Split
from earmark.dataset.naming import source_of
from earmark.errors import DatasetError
from earmark.exchange.text import lines_of, text_of

kind = "speech_commands"
title = "Speech Commands"
LISTS: dict[str, Split] = {"validation_list.txt": "validate", "testing_list.txt": "test"}
NOISE = "_background_noise_"


def fits(folder: Path) -> bool:
    return all((folder / name).is_file() for name in LISTS)


def read(folder: Path) -> Contents:
    """Return one example a word that was spoken; one speaker's words are one group."""
    sides: dict[str, Split] = {name: split for listed, split in LISTS.items() for name in _listed(folder / listed)}
    examples = []
    for path in walk([folder]):
        word, *rest = path.relative_to(folder).parts
        if rest:
            key = f"{word}/{path.stem}".casefold()
            examples.append(_example(path, word, sides.pop(key, "train")))
    return Contents(examples=examples, warnings=_missing(sides))


def _example(path: Path, word: str, split: Split) -> Example:
    labels = () if word == NOISE else (word,)
    return Example(path=path, labels=labels, group=source_of(path.stem), split=split)


def _listed(path: Path) -> list[str]:
    """Return word/name of each line, without its suffix."""
    try:
        lines = [line.strip() for _, line in lines_of(text_of(path))]
    except (OSError, ValueError) as error:
        raise DatasetError(f"{shown(path)} cannot be read.", hint=str(error)) from error
    return [line.replace("\\", "/").rpartition(".")[0].casefold() for line in lines]


def _missing(sides: dict[str, Split]) -> list[str]:
    if not sides:
        return []
    return [f"{counted(len(sides), 'recording')} of the lists not here, the first is {next(iter(sides))}."]
