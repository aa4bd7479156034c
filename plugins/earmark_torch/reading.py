"""Reading the checkpoint files that people are given (.pt, .pth, .ckpt, .safetensors) without running anything in them.

`torch.load(weights_only=True)` reads most. Where it refuses because the file names foreign classes, as Lightning's
files do, `InertUnpickler` restores tensors and plain containers, and puts an inert stand-in for every other name.
"""

from __future__ import annotations

import pickle
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from earmark.api import CheckpointError
from earmark_torch.inert_pickle import NotTensors, read_legacy, read_zip

_DAMAGED = (OSError, pickle.UnpicklingError, zipfile.BadZipFile, struct.error, NotTensors, SafetensorError)
# What the pickle machine raises on bytes that are no pickle, or on one that uses a stand-in in a way it has not.
_NONSENSE = (EOFError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError, OverflowError)


def read_file(path: Path) -> Any:
    """Return what a checkpoint file holds, tensors on the CPU; nothing in the file is run.

    Raises:
        CheckpointError: it is missing, cut off, or not a checkpoint.
    """
    try:
        path.open("rb").close()
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no file {path}.") from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    try:
        return _read(path)
    except (*_DAMAGED, *_NONSENSE) as error:
        hint = "Fetch it again, and compare its size with the original's."
        raise CheckpointError(f"{path.name} is damaged, cut off, or not a checkpoint.", hint=hint) from error


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return load_file(path)
    if _is_tar(path):
        hint = "Load it with the PyTorch that wrote it and save it again with torch.save."
        raise CheckpointError(f"{path.name} is in PyTorch's oldest form (before 0.1.10), which is not read.", hint=hint)
    try:
        with warnings.catch_warnings(action="ignore"):  # of what it makes of files that it then refuses
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # whatever PyTorch's safe reader trips over: ours reads it, or says why not
        return read_zip(path) if zipfile.is_zipfile(path) else read_legacy(path)


def _is_tar(path: Path) -> bool:
    try:
        tarfile.open(path, mode="r:").close()
    except tarfile.TarError:
        return False
    return True


def tensors_of(content: Any) -> dict[str, Tensor]:
    """Return the named tensors in what was read: at the top, or under `state_dict`, `model_state` or `model`.

    Views that claim to hold more than their storage does are left out: copying them could take any amount of memory.
    """
    for key in ("state_dict", "model_state", "model"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping):
        return {}
    return {
        str(name): value.detach() for name, value in content.items() if isinstance(value, Tensor) and _is_whole(value)
    }


def _is_whole(tensor: Tensor) -> bool:
    return tensor.layout == torch.strided and tensor.nbytes <= tensor.untyped_storage().nbytes()
