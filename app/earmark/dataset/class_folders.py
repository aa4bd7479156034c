"""A folder for each class, named after it: `dog`; `dog,rain` has both, `-dog` certainly not, `Noise` nothing.

Folders `train`, `validation` and `test` may stand above the classes; a folder with nothing but one folder is looked
into. Deeper folders take the label of the class they are in, and are one source each.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from earmark.api import Example
from earmark.audio_file import walk
from earmark.counted import counted
from earmark.dataset.contents import Contents, Split
from earmark.dataset.naming import labels_in, present_and_absent, source_of, split_of

kind = "folders"
title = "a folder for each class"


def fits(folder: Path) -> bool:
    return any(path.parent != folder for path in walk([folder]))


def read(folder: Path) -> Contents:
    paths = walk([folder])
    root = _root(folder, paths)
    classes = _Classes()
    loose = [path for path in paths if not classes.add(path, path.relative_to(root).parts)]
    return Contents(examples=classes.examples, warnings=[*_about(loose, folder), *classes.warnings()])


def _root(folder: Path, paths: list[Path]) -> Path:
    """Return the folder in which the classes are: the first that holds a recording or more than one folder."""
    while True:
        first = {path.relative_to(folder).parts[0] for path in paths}
        below = folder / next(iter(first), "")
        deep = all(len(path.relative_to(folder).parts) > 2 for path in paths)
        if len(first) != 1 or not deep or split_of(below.name):
            return folder
        folder = below


class _Classes:
    """Examples by the folders they are in; one spelling of a label, whatever the case."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._spelling: dict[str, str] = {}
        self._nested: defaultdict[str, int] = defaultdict(int)

    def add(self, path: Path, parts: tuple[str, ...]) -> bool:
        """Add a recording; False where it is in no class's folder."""
        split = split_of(parts[0]) if len(parts) > 1 else None
        if split:
            parts = parts[1:]
        if len(parts) < 2:
            return False
        name, *deeper = parts[:-1]
        if deeper:
            self._nested[name] += 1
        group = "/".join((name, *deeper)) if deeper else source_of(path.stem)
        self._add(path, name, group, split or "train")
        return True

    def _add(self, path: Path, name: str, group: str, split: Split) -> None:
        present, absent = present_and_absent(labels_in(name))
        labels, without = self._spelled(present), self._spelled(absent)
        self.examples.append(Example(path=path, labels=labels, absent=without, group=group, split=split))

    def warnings(self) -> list[str]:
        """Return a sentence on folders inside those of the classes."""
        if not self._nested:
            return []
        number, first = sum(self._nested.values()), next(iter(self._nested))
        return [f"{counted(number, 'recording')} in deeper folders: their label is the first folder's, as “{first}”."]

    def _spelled(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._spelling.setdefault(label.casefold(), label) for label in labels)


def _about(loose: list[Path], folder: Path) -> list[str]:
    if not loose:
        return []
    return [f"{counted(len(loose), 'recording')} in no folder of a class left out, the first is {loose[0].name}."]
