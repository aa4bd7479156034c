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
    hashes = sorted({sha256_of(path) for path in paths if path.is_file()})
    (folder / LIST).write_text("".join(f"{each}\n" for each in hashes), encoding="ascii")


def training_clips(checkpoint: Checkpoint | None) -> frozenset[str]:
    """Return the hashes of what a model was trained on; none where that is not known."""
    if checkpoint is None or not (checkpoint.path / LIST).is_file():
        return frozenset()
    return frozenset((checkpoint.path / LIST).read_text(encoding="ascii", errors="replace").split())


def without_training_clips(
    examples: Iterable[Example], checkpoint: Checkpoint | None
) -> tuple[tuple[Example, ...], int]:
    """Return the examples that the model was not trained on, and how many it was."""
    examples, known = tuple(examples), training_clips(checkpoint)
    if not known:
        return examples, 0
    new = tuple(each for each in examples if not each.path.is_file() or sha256_of(each.path) not in known)
    return new, len(examples) - len(new)


def doubt(dataset: Dataset, checkpoint: Checkpoint | None) -> str:
    """Return a sentence where what a model says of its training names this data set; empty where it does not."""
    said = plain(checkpoint.trained_on).replace(" ", "") if checkpoint else ""
    names = (
        plain(name).replace(" ", "")
        for name in (dataset.folder.resolve().name, dataset.title, *PARTS.get(dataset.kind, ()))
    )
    if checkpoint is None or not any(len(name) >= SHORTEST_NAME and name in said for name in names):
        return ""
    return (
        f"The model says that it was trained on “{checkpoint.trained_on}”: clips that it was trained on "
        "would make these figures better than it is."
    )
