"""Checkpoint folders: `network.safetensors` and `checkpoint.json`, read, written beside and renamed, listed, removed.

Imported and fine-tuned models are in `models_folder()/plugin/name` and are addressed as `plugin/name`; those that ship
with Earmark are in `earmark_resources/models/NAME`, and their cards say `bundled:NAME`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from safetensors.numpy import save_file

from earmark.api import Checkpoint, CheckpointError, Float, ModelCard
from earmark.description import flaw_of
from earmark.folders import models_folder
from earmark.weights_source import BUNDLED

VERSION = 1
TENSORS = "network.safetensors"
DESCRIPTION = "checkpoint.json"
_NAME = re.compile(r"\w[\w.-]*")  # of a folder, on any system


def write_checkpoint(folder: Path, tensors: Path | Mapping[str, Float], checkpoint: Checkpoint) -> Checkpoint:
    """Write a checkpoint folder, whole or not at all; one that is there is replaced.

    Args:
        tensors: a safetensors file, which is copied, or the arrays themselves.
        checkpoint: `path`, `sha256` and, where empty, `created` are filled in.
    """
    with written_beside(folder) as beside:
        if isinstance(tensors, Path):
            shutil.copyfile(tensors, beside / TENSORS)
        else:
            save_file(dict(tensors), beside / TENSORS)
        describe(beside, checkpoint)
    return read_checkpoint(folder)


def describe(folder: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint.json` for the tensors that are in the folder."""
    created = checkpoint.created or datetime.now(UTC).isoformat(timespec="seconds")
    whole = replace(checkpoint, created=created, sha256=sha256_of(folder / TENSORS))
    plain = {"version": VERSION} | {name: value for name, value in asdict(whole).items() if name != "path"}
    text = json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def read_checkpoint(folder: Path, *, verify: bool = False) -> Checkpoint:
    """Return what `checkpoint.json` says.

    Args:
        verify: also compare the tensors with their hash.

    Raises:
        CheckpointError: something is missing, damaged, or newer than this version.
    """
    plain = _description(folder)
    if flaw := flaw_of(plain):
        raise _damaged(folder, flaw)
    if plain.get("version", VERSION) > VERSION:
        raise CheckpointError(f"The model in {folder} was written by a newer Earmark.", hint="Update Earmark.")
    if not (folder / TENSORS).is_file():
        raise _damaged(folder, f"there is no {TENSORS}")
    try:
        known = {each.name: plain[each.name] for each in fields(Checkpoint) if each.name in plain}
        checkpoint = Checkpoint(**known | {"path": folder, "labels": tuple(map(str, plain["labels"]))})
    except (KeyError, TypeError) as error:
        raise _damaged(folder, f"{DESCRIPTION} is incomplete") from error
    if verify and checkpoint.sha256 != sha256_of(folder / TENSORS):
        raise _damaged(folder, f"{TENSORS} is not the file that was written")
    return checkpoint


def scan() -> tuple[list[Checkpoint], dict[str, CheckpointError]]:
    """Return the imported and fine-tuned models, and model id → error for those that are damaged."""
    found, damaged = [], {}
    for description in sorted(models_folder().glob(f"*/*/{DESCRIPTION}")):
        if description.parent.name.startswith("."):
            continue  # one that is being written
        try:
            found.append(read_checkpoint(description.parent))
        except CheckpointError as error:
            damaged["/".join(description.parent.parts[-2:])] = error
    return found, damaged


def installed() -> list[Checkpoint]:
    """Return the imported and fine-tuned models that can be read."""
    return scan()[0]


def folder_of(model_id: str) -> Path:
    """Return the folder in which a model of this id would be kept.

    Raises:
        CheckpointError: it is no `plugin/name`.
    """
    plugin, _, name = model_id.partition("/")
    if not _NAME.fullmatch(plugin) or not _NAME.fullmatch(name):
        raise CheckpointError(f"“{model_id}” cannot name a model.", hint="Use letters, digits, dots and dashes.")
    return models_folder() / plugin / name


def model_id_of(checkpoint: Checkpoint) -> str:
    """Return the id under which an imported or fine-tuned model is offered: `plugin/name`, from its folder."""
    return f"{checkpoint.path.parent.name}/{checkpoint.path.name}"


def bundled(name: str) -> Checkpoint:
    """Return a model that ships with Earmark.

    Raises:
        CheckpointError: it does not.
    """
    folder = Path(str(files("earmark_resources"))) / "models" / name
    if not folder.is_dir():
        raise CheckpointError(f"This Earmark ships no model “{name}”.")
    return read_checkpoint(folder)


def checkpoint_for(card: ModelCard) -> Checkpoint | None:
    """Return the weights that a model would be run with: imported under its id, or bundled; None where none are here.

    Raises:
        CheckpointError: they are here, but damaged.
    """
    folder = folder_of(card.model_id)
    if folder.is_dir():
        return read_checkpoint(folder)
    for weights in card.weights:
        name = weights.url.removeprefix(BUNDLED)
        if name != weights.url and (Path(str(files("earmark_resources"))) / "models" / name).is_dir():
            return bundled(name)
    return None


def remove(model_id: str) -> None:
    """Remove an imported or fine-tuned model.

    Raises:
        CheckpointError: there is none of that id.
    """
    folder = folder_of(model_id)
    if not folder.is_dir():
        raise CheckpointError(f"No imported model is called {model_id}.", hint="See: earmark models list")
    aside = folder.with_name(f".{folder.name}-removed-{os.getpid()}")
    folder.rename(aside)
    shutil.rmtree(aside)


@contextmanager
def written_beside(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder` that takes its place on leaving; after an exception all is as before."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield beside
        _sync(beside)
        _take_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take_place(beside: Path, folder: Path) -> None:
    beside.chmod(0o755)  # mkdtemp's is private
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        folder.rename(old / folder.name)
        beside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        beside.rename(folder)


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _description(folder: Path) -> dict[str, Any]:
    try:
        plain = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no model in {folder}.", hint=f"It has no {DESCRIPTION}.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(folder, f"{DESCRIPTION} cannot be read") from error
    if not isinstance(plain, dict) or not isinstance(plain.get("labels"), list):
        raise _damaged(folder, f"{DESCRIPTION} is incomplete")
    return plain


def _damaged(folder: Path, how: str) -> CheckpointError:
    return CheckpointError(
        f"The model in {folder} is damaged: {how}.", hint="Import it again, or remove it: earmark models remove"
    )
