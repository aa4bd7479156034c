"""Weight averaging: one network whose every weight is the mean of those of several.

The members are checkpoints of one network on its way, or of runs that began alike: AST's of the last epochs, HTS-AT's
of the best. Networks trained apart from each other give nothing of use when averaged; their scores do (`ensembles`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from earmark.api import Checkpoint, CheckpointError
from earmark.checkpoints import TENSORS, write_checkpoint
from earmark.evaluation.training_clips import training_clips, write_hashes

Tensors = dict[str, NDArray[Any]]


def average(checkpoints: Sequence[Checkpoint], names: Sequence[str], folder: Path) -> Checkpoint:
    """Write the mean of several checkpoints' weights into `folder` as a checkpoint.

    Whole numbers (a counter of batches) are the last one's, thresholds are averaged, what was measured is not kept.

    Args:
        names: of the checkpoints, for the sentences and the new one's origin.

    Raises:
        CheckpointError: fewer than two, or they are of different networks or labels, or damaged.
    """
    if len(checkpoints) < 2:
        raise CheckpointError("An average needs two models or more.")
    for name, other in zip(names[1:], checkpoints[1:], strict=True):
        _require_same(names[0], checkpoints[0], name, other)
    tensors = _mean([_read(checkpoint) for checkpoint in checkpoints], names)
    made = write_checkpoint(folder, tensors, _described(checkpoints, names))
    if known := training_clips(checkpoints):
        write_hashes(folder, known)
    return made


def _require_same(name: str, first: Checkpoint, other_name: str, other: Checkpoint) -> None:
    """Refuse two checkpoints whose weights do not stand for the same."""
    if set(first.labels) != set(other.labels):
        raise CheckpointError(f"{name} and {other_name} have different labels: their weights cannot be averaged.")
    if first.labels != other.labels:
        raise CheckpointError(f"{name} and {other_name} have their labels in different orders.")
    if (first.model_id, first.network, first.front_end) != (other.model_id, other.network, other.front_end):
        sentence = f"{name} and {other_name} are different networks: their weights cannot be averaged."
        raise CheckpointError(sentence, hint="Their scores can: earmark models ensemble")


def _read(checkpoint: Checkpoint) -> Tensors:
    try:
        return load_file(checkpoint.path / TENSORS)
    except (OSError, SafetensorError, KeyError, TypeError) as error:  # the latter two: a type that numpy does not have
        raise CheckpointError(f"The weights in {checkpoint.path} cannot be read.", hint="Import them again.") from error


def _mean(members: Sequence[Tensors], names: Sequence[str]) -> Tensors:
    first = members[0]
    for name, other in zip(names[1:], members[1:], strict=True):
        if first.keys() != other.keys() or any(first[key].shape != other[key].shape for key in first):
            raise CheckpointError(f"The weights of {names[0]} and {name} have different shapes.")
    return {key: _mean_of([tensors[key] for tensors in members]) for key in first}


def _mean_of(tensors: Sequence[NDArray[Any]]) -> NDArray[Any]:
    last = tensors[-1]
    if not np.issubdtype(last.dtype, np.floating):
        return last
    return np.mean(np.stack(tensors), axis=0, dtype=np.float64).astype(last.dtype)


def _described(checkpoints: Sequence[Checkpoint], names: Sequence[str]) -> Checkpoint:
    """Return what the new checkpoint says of itself."""
    known = {
        label: [each.thresholds[label] for each in checkpoints if label in each.thresholds]
        for label in checkpoints[0].labels
    }
    return replace(
        checkpoints[0],
        thresholds={label: float(np.mean(values)) for label, values in known.items() if values},
        metrics={},
        origin=f"the mean of the weights of {', '.join(names)}",
        trained_on=", ".join(dict.fromkeys(each.trained_on for each in checkpoints if each.trained_on)),
        licence=", ".join(dict.fromkeys(each.licence for each in checkpoints if each.licence)),
        created="",
    )
