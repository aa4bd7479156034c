"""Reading the checkpoint files that people are given (.pt, .pth, .ckpt, .safetensors) without running anything in them.

`torch.load(weights_only=True)` reads most. Where it refuses because the file names foreign classes, as Lightning's
files do, `InertUnpickler` restores tensors and plain containers, and puts an inert stand-in for every other name; a
file that names what acts on the machine is refused.
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
from earmark_torch.inert_pickle import AsksToRun, NotTensors, read_legacy, read_zip, require_stored

_DAMAGED = (OSError, pickle.UnpicklingError, zipfile.BadZipFile, struct.error, NotTensors, SafetensorError)
# What the pickle machine raises on bytes that are no pickle, or on one that uses a stand-in in a way it has not.
_NONSENSE = (EOFError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError, OverflowError)
_OLDEST = frozenset({"sys_info", "pickle", "tensors", "storages"})  # the parts of PyTorch's oldest form


def read_file(path: Path) -> Any:
    """Return what a checkpoint file holds, tensors on the CPU; nothing in the file is run.

    Raises:
        CheckpointError: it is missing, cut off, not a checkpoint, or asks to run something.
    """
    _require_file(path)
    try:
        return _read(path)
    except AsksToRun as error:
        sentence = f"{path.name} asks to run {error}, as an attack would; nothing of it was run."
        raise CheckpointError(sentence, hint="Do not trust it; fetch the file from those who published it.") from error
    except (*_DAMAGED, *_NONSENSE) as error:
        hint = "Fetch it again, and compare its size with the original's."
        raise CheckpointError(f"{path.name} is damaged, cut off, or not a checkpoint.", hint=hint) from error


def _require_file(path: Path) -> None:
    """Refuse what is no file that can be read, as a pipe, at which one would wait for ever."""
    try:
        if path.exists() and not path.is_file():
            raise CheckpointError(f"{path.name} is no file.", hint="Give a checkpoint file, or a folder with one.")
        path.open("rb").close()
    except FileNotFoundError as error:
        hint = "Weights that are in several files need all of them."
        raise CheckpointError(f"There is no file {path}.", hint=hint) from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors" or _is_safetensors(path):
        return load_file(path)
    if _is_tar(path):
        hint = "Load it with the PyTorch that wrote it and save it again with torch.save."
        raise CheckpointError(f"{path.name} is in PyTorch's oldest form (before 0.1.10), which is not read.", hint=hint)
    if zipfile.is_zipfile(path):
        require_stored(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of what it makes of files that it then refuses
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # whatever PyTorch's safe reader trips over: ours reads it, or says why not
        return read_zip(path) if zipfile.is_zipfile(path) else read_legacy(path)


def _is_safetensors(path: Path) -> bool:
    """Say whether a file of any name begins as safetensors do: the length of a JSON object, and the object."""
    with path.open("rb") as file:
        begins = file.read(9)
    return begins[8:] == b"{" and int.from_bytes(begins[:8], "little") < path.stat().st_size


def _is_tar(path: Path) -> bool:
    """Say whether a file is in PyTorch's oldest form, by the first of its parts."""
    try:
        with tarfile.open(path, mode="r:") as archive:
            first = archive.next()
    except tarfile.TarError:
        return False
    return first is not None and first.name.removeprefix("./") in _OLDEST


def why(error: Exception) -> str:
    """Return in words why tensors are not those of a network: what is missing among them, or what the error says."""
    missing = isinstance(error, KeyError) and error.args
    return f"{error.args[0]} is missing" if missing else str(error).removesuffix(".")


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
