"""The plugins installed beside Earmark, by their entry points in the group `earmark`; none is imported here."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from earmark.api import API_VERSION, PluginError

GROUP = "earmark"
OURS = "earmark"  # the distribution of the built-in plugins


@dataclass(frozen=True)
class Entry:
    """One entry point: the plugin's name, what to import, and the distribution it came with."""

    name: str
    value: str
    distribution: str = OURS

    @property
    def point(self) -> EntryPoint:
        """The entry point as importlib.metadata has it."""
        return EntryPoint(self.name, self.value, GROUP)


def plugins() -> tuple[list[Entry], list[PluginError]]:
    """Return the installed plugins, ours first, and an error for each name that somebody has taken already."""
    importlib.invalidate_caches()  # one may have been installed since this process started
    found = [Entry(point.name, point.value, _distribution(point)) for point in entry_points(group=GROUP)]
    found.sort(key=lambda entry: (entry.distribution != OURS, entry.distribution, entry.name))
    kept: dict[str, Entry] = {}
    refused = []
    for entry in found:
        first = kept.setdefault(entry.name, entry)
        if first.distribution != entry.distribution:
            refused.append(_taken(entry, first))
    return list(kept.values()), refused


def fingerprint(entries: Sequence[Entry]) -> str:
    """Return a hash that changes when anything is installed, or a file of these plugins changes."""
    names = sorted(_installed_names())
    changed = sorted(f"{path} {path.stat().st_mtime_ns}" for entry in entries for path in _files(entry))
    parts = [str(API_VERSION), version(OURS), sys.version, *map(repr, entries), *names, *changed]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.name


def _taken(entry: Entry, first: Entry) -> PluginError:
    return PluginError(
        f"The plugin “{entry.name}” of {entry.distribution} was refused: {first.distribution} has that name already.",
        plugin=entry.name,
        hook="models",
        hint=f"Uninstall one of them: pip uninstall {entry.distribution}",
    )


def _installed_names() -> Iterator[str]:
    """Yield the name and version of every distribution, without reading its metadata."""
    for folder in sys.path:
        try:
            yield from (path.name for path in Path(folder).glob("*.dist-info"))
        except OSError:
            continue  # a folder that may not be listed holds nothing for us


def _files(entry: Entry) -> Iterator[Path]:
    """Yield the files of a plugin's top-level package; of ours also the resources that cards are made of."""
    yield from _package_files(entry.value.partition(":")[0].partition(".")[0])
    if entry.distribution == OURS:
        yield from (path for path in _package_files("earmark_resources") if "models" not in path.parts)


def _package_files(package: str) -> Iterator[Path]:
    try:
        spec = PathFinder.find_spec(package) or find_spec(package)  # the latter knows the hooks of editable installs
    except (ImportError, ValueError):
        return
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from (path for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    if spec and spec.origin and not spec.submodule_search_locations:
        yield Path(spec.origin)
