"""The recordings of a folder, found by what tables and lists call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from earmark.audio_file import walk
from earmark.counted import counted


class Sounds:
    """Finds recordings by a path, a name or a name without its suffix, in any case, and remembers what is missing."""

    def __init__(self, folder: Path, paths: Iterable[Path] | None = None) -> None:
        self.paths = walk([folder]) if paths is None else list(paths)
        self.missing: list[str] = []
        self.found: set[Path] = set()
        self._folder = folder
        self._named: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self.paths:
            self._named[path.name.casefold()].append(path)
            self._named[f"{path.stem.casefold()}/"].append(path)  # no name has a slash

    def find(self, name: str) -> Path | None:
        """Return the recording that a table means; None, and noted, where there is none or more than one."""
        parts = [part for part in name.strip().replace("\\", "/").casefold().split("/") if part not in ("", ".")]
        path = self._one(parts) if parts else None
        if path is None:
            self.missing.append(name)
        else:
            self.found.add(path)
        return path

    def warnings(self) -> list[str]:
        """Return sentences on what was not found, and on what nobody asked for."""
        said = []
        if self.missing:
            are = "is" if len(self.missing) == 1 else "are"
            first = self.missing[0].strip() or "one without a name"
            said.append(f"{counted(len(self.missing), 'recording')} {are} listed but not here, the first is {first}.")
        if unlisted := len(self.paths) - len(self.found):
            said.append(
                f"{counted(unlisted, 'recording')} without a label {'is' if unlisted == 1 else 'are'} left out."
            )
        return said

    def _one(self, parts: list[str]) -> Path | None:
        """Return the only recording of this name; of several, the one whose folders are those that are named."""
        stem = parts[-1].rpartition(".")[0] or parts[-1]
        for key in (parts[-1], f"{parts[-1]}/", f"{stem}/"):
            if fitting := self._named.get(key):
                return fitting[0] if len(fitting) == 1 else self._nearest(fitting, parts[:-1])
        return None

    def _nearest(self, fitting: list[Path], folders: list[str]) -> Path | None:
        if not folders:
            return None
        ends = [path for path in fitting if _folders(path)[-len(folders) :] == folders]
        inside = [path for path in ends if _folders(path.relative_to(self._folder)) == folders]
        best = inside or ends
        return best[0] if len(best) == 1 else None


def _folders(path: Path) -> list[str]:
    return [part.casefold() for part in path.parent.parts]
