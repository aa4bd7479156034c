"""A checkpoint folder as plugins write and read it: `network.safetensors` and `checkpoint.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from earmark.api import Checkpoint, CheckpointError

VERSION = 1
TENSORS = "network.safetensors"


def write_checkpoint(
    folder: Path,
    tensors: Mapping[str, Tensor],
    *,
    model_id: str,
    labels: tuple[str, ...],
    created: str = "",
    **known: Any,
) -> Checkpoint:
    """Write the tensors and what belongs to them into the folder; return the checkpoint.

    Args:
        known: the other fields of `Checkpoint`: network, front_end, thresholds, metrics, origin, trained_on, licence.

    Raises:
        CheckpointError: some weights are infinite or no numbers; nothing is written.
    """
    _require_finite(tensors)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}, folder / TENSORS)
    checkpoint = Checkpoint(
        path=folder,
        model_id=model_id,
        labels=tuple(labels),
        created=created or datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=sha256_of(folder / TENSORS),
        **known,
    )
    stored = {"version": VERSION} | {name: value for name, value in asdict(checkpoint).items() if name != "path"}
    (folder / "checkpoint.json").write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return checkpoint


def _require_finite(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            hint = "Its training went wrong, or the file is damaged; fetch it again."
            raise CheckpointError(f"Weights in {name} are infinite or no numbers.", hint=hint)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint folder.

    Raises:
        CheckpointError: they are missing or damaged.
    """
    try:
        return load_file(folder / TENSORS)
    except FileNotFoundError as error:
        raise CheckpointError(f"There are no weights in {folder}.", hint="Import the model again.") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"The weights in {folder} are damaged.", hint="Import the model again.") from error


def require_fit(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Refuse tensors that are not exactly a network's; it may be on the device "meta", where it takes no memory.

    Raises:
        CheckpointError: names or shapes differ.
    """
    wanted = network.state_dict()
    missing, foreign = wanted.keys() - tensors.keys(), tensors.keys() - wanted.keys()
    if missing or foreign:
        which = f"{min(missing)} is missing" if missing else f"{min(foreign)} is unknown"
        raise CheckpointError(f"These weights are for another network: {which}.")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            shapes = f"{tuple(tensor.shape)}, not {tuple(wanted[name].shape)}"
            raise CheckpointError(f"These weights are for another network: {name} is {shapes}.")
