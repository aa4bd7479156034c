"""Which clips a model was trained on, by their content, so that it is never evaluated on them.

A fine-tuned model's folder may hold `clips.sha256`: the SHA-256 of each file, one a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from earmark.api import Checkpoint, Example
from earmark.checkpoints import sha256_of
from earmark.dataset import Dataset
from earmark.evaluation.label_match import plain

LIST = "clips.sha256"
SHORTEST_NAME = 4  # letters; what is shorter is found in any sentence
PARTS = {"esc50": ("ESC-10",)}  # what is part of a data set, and goes by a name of its own


def write_training_clips(folder: Path, paths: Iterable[Path]) -> None:
    """Write down which files a model was trained on; files that are gone are left out."""
    write_hashes(folder, {sha256_of(path) for path in paths if path.is_file()})


def write_hashes(folder: Path, hashes: Iterable[str]) -> None:
    """Write down the hashes of the files that a model was trained on."""
    (folder / LIST).write_text("".join(f"{each}\n" for each in sorted(hashes)), encoding="ascii")


def training_clips(checkpoints: Iterable[Checkpoint]) -> frozenset[str]:
    """Return the hashes of what models were trained on; none where that is not known."""
    lists = (checkpoint.path / LIST for checkpoint in checkpoints)
    texts = (path.read_text(encoding="ascii", errors="replace") for path in lists if path.is_file())
    return frozenset(each for text in texts for each in text.split())


def without_training_clips(
    examples: Iterable[Example], checkpoints: Iterable[Checkpoint]
) -> tuple[tuple[Example, ...], int]:
    """Return the examples that none of these was trained on, and how many one was."""
    examples, known = tuple(examples), training_clips(checkpoints)
    if not known:
        return examples, 0
    new = tuple(each for each in examples if not each.path.is_file() or sha256_of(each.path) not in known)
    return new, len(examples) - len(new)


def doubt(dataset: Dataset, checkpoint: Checkpoint) -> str:
    """Return a sentence where what a model says of its training names this data set; empty where it does not."""
    said = plain(checkpoint.trained_on).replace(" ", "")
    names = (
        plain(name).replace(" ", "")
        for name in (dataset.folder.resolve().name, dataset.title, *PARTS.get(dataset.kind, ()))
    )
    if not any(len(name) >= SHORTEST_NAME and name in said for name in names):
        return ""
    return (
        f"The model says that it was trained on “{checkpoint.trained_on}”: clips that it was trained on "
        "would make these figures better than it is."
    )
