"""PyTorch's pickled files, read by a pickle machine that can call nothing but what is written here."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

_MAGIC = 0x1950A86A20F9469CFC6C  # opens every file of torch.save before 1.6
_PROTOCOL = 1001

_STORAGES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in _STORAGES.values()}


_MODULES = """
    _osx_support _posixsubprocess asyncio bdb cProfile ctypes importlib marshal multiprocessing nt os pdb pickle pip
    pkgutil posix pty pydoc requests runpy shutil signal socket subprocess sys timeit urllib webbrowser zipimport
"""
_FUNCTIONS = """
    _io.FileIO _io.open builtins.__import__ builtins.breakpoint builtins.compile builtins.eval builtins.exec
    builtins.input builtins.open io.FileIO io.open numpy.load numpy.testing._private.utils.runstring torch.load
    torch.serialization.load
"""
ACTING = frozenset([*_MODULES.split(), *_FUNCTIONS.split()])
"""What no weights need and an attack does; any other name is harmless, as nothing is imported."""


class NotTensors(Exception):  # noqa: N818 - never leaves this package
    """The file is not one that torch.save wrote."""


class AsksToRun(Exception):  # noqa: N818 - never leaves this package
    """The file names a function that acts on the machine; it was not called."""


class StandIn:
    """What stands for every class and function that we do not know: takes anything, does nothing, keeps nothing."""

    __slots__ = ()

    def __new__(cls, *_: object, **__: object) -> StandIn:
        return super().__new__(cls)

    def __call__(self, *_: object, **__: object) -> StandIn:
        return self

    def __setstate__(self, state: object) -> None: ...

    def __setitem__(self, key: object, value: object) -> None: ...

    def append(self, value: object) -> None: ...

    def extend(self, values: object) -> None: ...

    def add(self, value: object) -> None: ...


class InertUnpickler(pickle.Unpickler):
    """A pickle machine for which a name is either one of the few below, all ours or plain containers, or a stand-in."""

    def __init__(self, file: IO[bytes], storage: Any = None) -> None:
        super().__init__(file, encoding="utf-8", errors="replace")
        self._storage = storage
        self._known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): lambda *items: OrderedDict(*items),
            ("collections", "defaultdict"): lambda *_: {},
            ("builtins", "set"): lambda *items: set(*items),
            ("builtins", "frozenset"): lambda *items: frozenset(*items),
            ("torch", "Size"): lambda *items: tuple(*items),
            ("torch._utils", "_rebuild_tensor"): lambda *found: _tensor(*found),
            ("torch._utils", "_rebuild_tensor_v2"): lambda *found: _tensor(*found),
            ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        }

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name in the pickle; never imports.

        Raises:
            AsksToRun: it is one of those that act on the machine.
        """
        module = {"__builtin__": "builtins"}.get(module, module)
        if {module.partition(".")[0], f"{module}.{name}"} & ACTING:
            raise AsksToRun(f"{module}.{name}")
        if module in ("torch", "torch.storage") and name in _STORAGES:
            return _STORAGES[name]
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        return self._known.get((module, name), StandIn)

    def persistent_load(self, pid: Any) -> Tensor:
        """Return the flat storage that a tensor is a view of."""
        if self._storage is None or not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage":
            raise NotTensors
        _, dtype, key, _, length = pid[:5]
        if not isinstance(dtype, torch.dtype) or not isinstance(length, int):
            raise NotTensors
        return self._storage(str(key), dtype, length)


def _tensor(storage: Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object) -> Tensor:
    """Return a view of the storage; one that reaches beyond it is refused by torch."""
    return torch.as_strided(storage, size, stride, offset)


def require_stored(path: Path) -> None:
    """Refuse a zip that unpacks to more than it is: torch.save never compresses, so it is a bomb, or somebody else's.

    Raises:
        NotTensors: it does.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
            raise NotTensors


def read_zip(path: Path) -> Any:
    """Return what torch.save wrote (since 1.6): a zip with a pickle and one stored entry per storage."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(names) != 1:
            raise NotTensors
        folder = names[0].removesuffix("data.pkl")
        if folder + "byteorder" in archive.namelist() and archive.read(folder + "byteorder") != b"little":
            raise NotTensors
        with archive.open(names[0]) as file:
            return InertUnpickler(file, _ZipStorages(archive, folder)).load()


class _ZipStorages:
    """The storages of a zip, each read once."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self._archive, self._folder = archive, folder
        self._read: dict[str, Tensor] = {}

    def __call__(self, key: str, dtype: torch.dtype, length: int) -> Tensor:
        if key not in self._read:
            entry = self._archive.getinfo(f"{self._folder}data/{key}")
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != length * dtype.itemsize:
                raise NotTensors  # torch never compresses: a bomb, or cut
            self._read[key] = _flat(self._archive.read(entry), dtype)
        return self._read[key]


def _flat(content: bytes, dtype: torch.dtype) -> Tensor:
    return torch.frombuffer(bytearray(content), dtype=dtype) if content else torch.empty(0, dtype=dtype)


def read_legacy(path: Path) -> Any:
    """Return what torch.save wrote before 1.6: pickles one after another, then the raw storages."""
    with path.open("rb") as file:
        if InertUnpickler(file).load() != _MAGIC or InertUnpickler(file).load() != _PROTOCOL:
            raise NotTensors
        InertUnpickler(file).load()  # of the machine that wrote it
        storages = _LegacyStorages(path.stat().st_size)
        content = InertUnpickler(file, storages).load()
        keys = InertUnpickler(file).load()
        if not isinstance(keys, list):
            raise NotTensors
        for key in keys:
            storages.fill(str(key), file)
        return content


class _LegacyStorages:
    """Storages that are promised by the pickle and filled from what follows it."""

    def __init__(self, file_bytes: int) -> None:
        self._file_bytes = file_bytes
        self._promised: dict[str, Tensor] = {}

    def __call__(self, key: str, dtype: torch.dtype, length: int) -> Tensor:
        if key not in self._promised:
            if not 0 <= length * dtype.itemsize <= self._file_bytes:
                raise NotTensors
            self._promised[key] = torch.zeros(length, dtype=dtype)
        return self._promised[key]

    def fill(self, key: str, file: IO[bytes]) -> None:
        """Read the next storage of the file into the one that was promised under this key."""
        storage = self._promised[key]
        (length,) = struct.unpack("<q", file.read(8))
        content = file.read(storage.numel() * storage.itemsize)
        if length != storage.numel() or len(content) != storage.numel() * storage.itemsize:
            raise NotTensors
        storage.copy_(_flat(content, storage.dtype))
