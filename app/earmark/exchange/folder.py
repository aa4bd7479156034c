"""A folder of results: a file for each recording and model, written beside and renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from earmark.document import Document
from earmark.errors import DatasetError
from earmark.exchange.labelled import Format

LONGEST_NAME = 180  # bytes of the recording's name; file systems allow 255 with all that follows it


class Folder:
    """A folder that gets a file for each document, named after its recording, none twice in one run."""

    def __init__(self, path: Path, form: Format) -> None:
        self.path = path
        self._form = form
        self._owners: dict[str, tuple[str, str]] = {}  # name → (recording, model)

    def place(self, document: Document) -> Path:
        """Return where a document of this run belongs; it need not be there yet."""
        return self.path / self._name(document)

    def add(self, document: Document) -> Path:
        """Write a document beside its place and move it there; return its path.

        Raises:
            DatasetError: the folder cannot be written.
        """
        path = self.place(document)
        write_file(path, self._form, document)
        return path

    def _name(self, document: Document) -> str:
        """Return the recording's name, longer where another recording or model of this run has it already."""
        owner = (os.path.abspath(document["file"]), document["model"])  # noqa: PTH100 - the name as given, no links followed
        for stem in _stems(document):
            name = f"{stem}{self._form.suffix}"
            if self._owners.setdefault(name.casefold(), owner) == owner:
                return name
        raise AssertionError("The numbers never end.")


def _stems(document: Document) -> Iterator[str]:
    file = Path(document["file"])
    model = document["model"].replace("/", "-")
    parent = Path(os.path.abspath(file)).parent.name  # noqa: PTH100
    ending = f".{model}" if model else ""
    yield (stem := _short(file.stem))
    yield f"{stem}{ending}"
    yield _short(file.name)
    yield f"{_short(file.name)}{ending}"
    yield _short(f"{parent}_{file.name}")
    for number in count(2):
        yield f"{_short(f'{parent}_{file.name}')}{ending} ({number})"


def _short(name: str) -> str:
    return os.fsencode(name)[:LONGEST_NAME].decode("utf-8", "ignore") if len(os.fsencode(name)) > LONGEST_NAME else name


def write_file(path: Path, form: Format, document: Document) -> None:
    """Write a document beside its place and move it there; what was there is replaced at once, or not at all.

    Raises:
        DatasetError: it cannot be written.
    """
    beside = path.with_name(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            form.write([document], stream)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise DatasetError(f"{path} cannot be written.", hint=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
