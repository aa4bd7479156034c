"""What a person says about one recording: at once in memory, a moment later in the library, and back again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Protocol, TypeVar

from earmark.annotations import Annotation, Change
from earmark.audio_file import AudioInfo
from earmark.errors import LibraryError

Answer = TypeVar("Answer")
PATIENCE = 0.3  # seconds for which a change waits for the library


class Keeper(Protocol):
    """What keeps annotations: the library, or `Memory` where there is none."""

    def annotations(self, path: Path) -> list[Annotation]: ...
    def change(self, path: Path, change: Change, info: AudioInfo | None = None) -> None: ...
    def undo(self, path: Path) -> Change | None: ...
    def redo(self, path: Path) -> Change | None: ...
    def can_undo(self, path: Path) -> tuple[str, str]: ...


class Memory:
    """Keeps annotations for as long as it lives."""

    def __init__(self) -> None:
        self._done: dict[Path, list[Change]] = {}
        self._undone: dict[Path, list[Change]] = {}

    def annotations(self, path: Path) -> list[Annotation]:
        """Return what all changes together say."""
        found: dict[str, Annotation] = {}
        for change in self._done.get(path, ()):
            found = change.applied(found)
        return list(found.values())

    def change(self, path: Path, change: Change, info: AudioInfo | None = None) -> None:
        """Add a change; what was undone cannot be redone any more."""
        self._done.setdefault(path, []).append(change)
        self._undone[path] = []

    def undo(self, path: Path) -> Change | None:
        """Take the last change back and return the change that did so."""
        if not self._done.get(path):
            return None
        change = self._done[path].pop()
        self._undone.setdefault(path, []).append(change)
        return change.undone()

    def redo(self, path: Path) -> Change | None:
        """Make again what was taken back last."""
        if not self._undone.get(path):
            return None
        change = self._undone[path].pop()
        self._done.setdefault(path, []).append(change)
        return change

    def can_undo(self, path: Path) -> tuple[str, str]:
        """Return the names of what could be undone and redone."""
        done, undone = self._done.get(path), self._undone.get(path)
        return (done[-1].name if done else ""), (undone[-1].name if undone else "")


class Journal:
    """The annotations of one recording.

    Every change is written by a thread, one after the other; the next one waits until the last is on disk, so that a
    kill loses one at most. Only where the library is held by somebody else for longer do changes queue up instead.

    Args:
        thread: one thread, which all journals of a keeper share: what one has still to write is there before the
            next one reads.
        on_failed: called on that thread with a LibraryError; the change then stays in memory only.
    """

    def __init__(
        self,
        keeper: Keeper,
        path: Path,
        info: AudioInfo,
        *,
        thread: ThreadPoolExecutor,
        on_failed: Callable[[LibraryError], None],
    ) -> None:
        self.path, self._info = path, info
        self._keeper, self._thread, self._on_failed = keeper, thread, on_failed
        self._annotations: dict[str, Annotation] = {}
        self._early: list[Change] | None = []  # made before what was said earlier had been read; None once it has
        self._changing = threading.Lock()
        self._last: Future[Any] | None = None
        self._step: Future[Change | None] | None = None
        self.names = ("", "")  # what undo and redo would do; "" for nothing

    def load(self, on_loaded: Callable[[], None]) -> None:
        """Read what was said before; `on_loaded` is called on the journal's thread."""
        self._thread.submit(self._load, on_loaded)

    @property
    def annotations(self) -> list[Annotation]:
        """Return all annotations, in no particular order."""
        return list(self._annotations.values())

    @property
    def is_stepping(self) -> bool:
        """Whether an undo or redo still waits for the library; until then nothing else can be changed."""
        return self._step is not None and not self._step.done()

    def apply(self, change: Change) -> None:
        """Make a change."""
        if self._last:
            wait([self._last], PATIENCE)
        with self._changing:
            self._annotations = change.applied(self._annotations)
            self.names = (change.name, "")
            if self._early is not None:
                self._early.append(change)
        self._last = self._thread.submit(self._try, lambda: self._keeper.change(self.path, change, self._info))

    def undo(self) -> Future[Change | None]:
        """Take the last change back, of this session or an earlier one; None where there is none.

        It is there when this returns, unless the library is held by somebody else for longer.
        """
        return self._begin(self._keeper.undo)

    def redo(self) -> Future[Change | None]:
        """Make the change again that was taken back last, as soon as `undo` does."""
        return self._begin(self._keeper.redo)

    def _begin(self, move: Callable[[Path], Change | None]) -> Future[Change | None]:
        step = self._thread.submit(self._move, move)
        self._step = self._last = step
        wait([step], PATIENCE)
        return step

    def _move(self, move: Callable[[Path], Change | None]) -> Change | None:
        change = self._try(lambda: move(self.path))
        self._name()
        if change:
            with self._changing:
                self._annotations = change.applied(self._annotations)
        return change

    def _name(self) -> None:
        self.names = self._try(lambda: self._keeper.can_undo(self.path)) or ("", "")

    def _load(self, on_loaded: Callable[[], None]) -> None:
        found = self._try(lambda: self._keeper.annotations(self.path)) or []
        names = self._try(lambda: self._keeper.can_undo(self.path)) or ("", "")
        with self._changing:
            self._annotations = {each.annotation_id: each for each in found}
            for change in self._early or ():
                self._annotations = change.applied(self._annotations)
            self.names = self.names if self._early else names
            self._early = None
        on_loaded()

    def _try(self, do: Callable[[], Answer]) -> Answer | None:
        try:
            return do()
        except LibraryError as error:
            self._on_failed(error)
            return None
