"""Published weights that were fetched, by their sha256: whole, verified, and which files an address gave.

`weights/SHA256` is a file; `weights/KEY.json` says which files an address led to, and when; `KEY` stands for the
address. What is still arriving is `KEY-NAME.part`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.api import Cancelled
from earmark.checkpoints import sha256_of
from earmark.folders import cache_folder

if TYPE_CHECKING:
    from filelock import FileLock

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that was fetched."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What an address led to, and the day on which that was fetched."""

    files: tuple[KeptFile, ...]
    fetched: str

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files)


class WeightsCache:
    """The folder of fetched weights."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder() / "weights"

    @contextmanager
    def held(self, url: str, *, waits: Callable[[], object], cancelled: Callable[[], bool]) -> Iterator[None]:
        """Be the only one who fetches from an address; `waits` is called where somebody else does."""
        from filelock import FileLock  # late: it takes 50 ms, and the window only wants to know what is here

        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{_key(url)}.lock")
        if not _took(lock, seconds=0.0):
            waits()
            while not _took(lock, seconds=0.2):
                if cancelled():
                    raise Cancelled
        try:
            yield
        finally:
            lock.release()

    def recorded(self, url: str) -> Kept | None:
        """Return what was last fetched from an address, whether or not it is still here."""
        try:
            plain = json.loads(self._record(url).read_text(encoding="utf-8"))
            files = tuple(KeptFile(**each) for each in plain["files"])
            return Kept(files=files, fetched=plain["fetched"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def whole(self, url: str) -> Kept | None:
        """Return what was last fetched from an address, if all of it is here as it came."""
        kept = self.recorded(url)
        return kept if kept and all(self.has(file.sha256) for file in kept.files) else None

    def has(self, sha256: str) -> bool:
        """Tell whether a file is here and whole; one that is not whole is removed."""
        path = self._folder / sha256
        if not path.is_file():
            return False
        if sha256_of(path) == sha256:
            return True
        path.unlink()
        return False

    def part(self, url: str, name: str) -> Path:
        """Return where a file arrives."""
        return self._folder / f"{_key(url)}-{name}.part"

    def take(self, part: Path, name: str, sha256: str) -> KeptFile:
        """Keep what has arrived."""
        kept = KeptFile(name=name, sha256=sha256, size=part.stat().st_size)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(self._folder / sha256)
        part.with_name(f"{part.name}.json").unlink(missing_ok=True)
        return kept

    def file(self, name: str, sha256: str) -> KeptFile:
        """Return a file that is here."""
        return KeptFile(name=name, sha256=sha256, size=(self._folder / sha256).stat().st_size)

    def record(self, url: str, files: Sequence[KeptFile]) -> Kept:
        """Write down what an address led to today."""
        kept = Kept(files=tuple(files), fetched=datetime.now(UTC).date().isoformat())
        path = self._record(url)
        beside = path.with_suffix(f".{os.getpid()}")
        plain = {"version": VERSION, "url": url, **asdict(kept)}
        beside.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
        return kept

    @contextmanager
    def laid_out(self, kept: Kept, name: str) -> Iterator[Path]:
        """Give a folder `name` that holds the files under their own names, or the file itself where it is one."""
        with tempfile.TemporaryDirectory(prefix="out-", dir=self._folder) as around:
            folder = Path(around) / name
            folder.mkdir()
            paths = [linked(self._folder / file.sha256, folder / file.name) for file in kept.files]
            yield folder if len(paths) > 1 else paths[0]

    def _record(self, url: str) -> Path:
        return self._folder / f"{_key(url)}.json"


def _key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _took(lock: FileLock, *, seconds: float) -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    return True


def linked(source: Path, target: Path) -> Path:
    """Return the target, a second name of the file; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target
