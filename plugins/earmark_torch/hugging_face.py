"""What transformers saved: a folder with `config.json` and weights, whole or in shards; or its weights file alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from earmark.api import CheckpointError
from earmark_torch.reading import read_file, tensors_of

WHOLE = ("model.safetensors", "pytorch_model.bin")
INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
MOST_JSON = 64 << 20  # bytes: the largest that people publish are a thousandth of it


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What was saved together.

    Attributes:
        tensors: by name.
        config: of the network; empty where there is no `config.json` beside the weights.
        front_end: of the feature extractor; empty where there is no `preprocessor_config.json`.
    """

    tensors: Mapping[str, Tensor]
    config: Mapping[str, Any] = field(default_factory=dict)
    front_end: Mapping[str, Any] = field(default_factory=dict)


def read_saved(path: Path) -> Saved:
    """Return what is in a folder that transformers wrote, or in any checkpoint file, with what lies beside it.

    Raises:
        CheckpointError: there are no weights, or they are damaged.
    """
    path = path.parent if path.name in INDEXES else path
    folder, files = (path, _weights_of(path)) if path.is_dir() else (path.parent, [path])
    tensors: dict[str, Tensor] = {}
    for file in files:
        tensors |= tensors_of(read_file(file))
    if path.is_file() and path.name not in WHOLE:
        return Saved(tensors=tensors)  # what lies beside a file of any other name need not belong to it
    return Saved(
        tensors=tensors,
        config=read_json(folder / "config.json"),
        front_end=read_json(folder / "preprocessor_config.json"),
    )


def _weights_of(folder: Path) -> list[Path]:
    for name in WHOLE:
        if (folder / name).is_file():
            return [folder / name]
    for name in INDEXES:
        if (folder / name).is_file():
            return _shards(folder / name)
    hint = f"A folder that transformers saved holds {WHOLE[0]} or {WHOLE[1]}."
    raise CheckpointError(f"There are no weights in the folder {folder.name}.", hint=hint)


def _shards(index: Path) -> list[Path]:
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, Mapping) or not shards:
        raise CheckpointError(f"{index.name} does not say in which files the weights are.")
    return [index.parent / Path(str(name)).name for name in sorted(set(map(str, shards.values())))]


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file beside weights holds; an empty one where there is no file.

    Raises:
        CheckpointError: it is damaged, or holds something else.
    """
    try:
        if path.stat().st_size > MOST_JSON:
            raise CheckpointError(f"{path.name} beside the weights is far too large.", hint="Fetch it again.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.name} beside the weights is damaged.", hint="Fetch it again.") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path.name} beside the weights is damaged.", hint="Fetch it again.")
    return content
