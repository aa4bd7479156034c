"""A model as one file, `NAME.earmark`: a ZIP of its checkpoint folder, to be given to somebody else.

Nothing in it is executed: tensors and JSON are read, and what does not belong to a model is refused.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from earmark.api import Checkpoint, CheckpointError
from earmark.bringing_in import BESIDE
from earmark.checkpoints import DESCRIPTION, TENSORS, model_id_of, read_checkpoint
from earmark.host import plugin_of

VERSION = 1
SUFFIX = ".earmark"
ABOUT = "earmark.json"
MEMBERS = (ABOUT, TENSORS, DESCRIPTION, *BESIDE)
MOST_TENSORS, MOST_TEXT = 8 << 30, 64 << 20  # bytes
MOST_TIMES = 100  # smaller than it says: weights pack to half at best
PIECE = 1 << 20


def write_model_file(checkpoint: Checkpoint, path: Path) -> Path:
    """Write a model as one file, whole or not at all; return its path.

    Raises:
        CheckpointError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.part")
    about = {"version": VERSION, "model": model_id_of(checkpoint)}
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(ABOUT, json.dumps(about))
            for name in MEMBERS[1:]:
                if (checkpoint.path / name).is_file():
                    archive.write(checkpoint.path / name, name)
        return beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CheckpointError(f"{path} cannot be written: {error.strerror or error}.") from error


def is_model_file(path: Path) -> bool:
    """Say whether a file is a model as `write_model_file` writes it."""
    return path.is_file() and path.suffix.lower() == SUFFIX


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, str, str]]:
    """Give the folder of a model file, its plugin and its name; the folder goes away on leaving.

    Raises:
        CheckpointError: it is damaged, or holds what no model does.
    """
    with TemporaryDirectory(prefix="earmark-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _check(archive, path)
                for member in archive.infolist():
                    _extract(archive, member, Path(folder) / member.filename)
            plain = json.loads((Path(folder) / ABOUT).read_text(encoding="utf-8"))
            version, (_, _, name) = int(plain["version"]), str(plain["model"]).partition("/")
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise CheckpointError(f"{path.name} is damaged: {error}.", hint="Have it sent again.") from error
        if version > VERSION:
            raise CheckpointError(f"{path.name} was written by a newer Earmark.", hint="Update Earmark.")
        yield Path(folder), plugin_of(read_checkpoint(Path(folder)).model_id), name


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse an archive that holds anything but a model, or claims more than a model can be."""
    members = archive.infolist()
    names = [member.filename for member in members]
    foreign = sorted(set(names) - set(MEMBERS))
    if foreign or len(set(names)) != len(names):
        what = f"“{foreign[0]}”, which belongs to none" if foreign else "the same twice"
        raise CheckpointError(f"{path.name} is no model of Earmark's: it holds {what}.")
    if missing := sorted({ABOUT, TENSORS, DESCRIPTION} - set(names)):
        raise CheckpointError(f"{path.name} is no model of Earmark's: {missing[0]} is missing.")
    for member in members:
        if member.file_size > min(_most(member.filename), MOST_TIMES * member.compress_size + PIECE):
            raise CheckpointError(f"{path.name} is no model of Earmark's: {member.filename} is far too large.")


def _most(name: str) -> int:
    return MOST_TENSORS if name == TENSORS else MOST_TEXT


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write one member, of a known name, and never more than it says."""
    with archive.open(member) as packed, path.open("wb") as file:
        _copy(packed, file, member.file_size)


def _copy(packed: IO[bytes], file: IO[bytes], size: int) -> None:
    shutil.copyfileobj(packed, file, PIECE)
    if file.tell() != size:
        raise ValueError("a part has not the length that it says")
