"""What a person chose, kept in one JSON file: `home()/settings.json`.

Keys that this version does not know, and values that it cannot use, are kept as they are when it writes: a newer
Earmark may have put them there.
"""

from __future__ import annotations

import getpass
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from earmark import folders


def login_name() -> str:
    """Return the name of who is logged in; empty where that has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user: a container
        return ""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings and their defaults.

    Attributes:
        models: what `earmark tag` and the window use where nobody says otherwise.
        device: "auto", "cpu", "cuda", "cuda:1" or "mps".
        precision: of file analysis.
        deadline: seconds that a plugin may take for one batch.
        threshold: replaces the models' own thresholds where it is set.
        cache_gigabytes: of spectrograms on disk, the least recently used of which go.
        author: who judges and annotates; the login name where nobody said otherwise.
        window: the window's own (geometry, docks, recent files); core does not look inside.
    """

    models: tuple[str, ...] = ("htsat/everyday",)
    device: str = "auto"
    precision: str = "fp32"
    deadline: float = 60.0
    threshold: float | None = None
    author: str = field(default_factory=login_name)
    cache_gigabytes: float = 2.0
    window: Mapping[str, Any] = field(default_factory=dict)


def settings_path() -> Path:
    """Return where the settings are kept."""
    return folders.home() / "settings.json"


def read(path: Path | None = None) -> Settings:
    """Return the settings; a file that is missing, damaged or odd in places gives the defaults for what it lacks."""
    written = _read_written(path or settings_path())
    defaults = Settings()
    usable = {
        each.name: _as(getattr(defaults, each.name), written[each.name])
        for each in fields(Settings)
        if each.name in written and _fits(each.name, getattr(defaults, each.name), written[each.name])
    }
    return replace(defaults, **usable)


def change(path: Path | None = None, **chosen: Any) -> Settings:
    """Write some settings and return them all; a file that nobody can read is kept beside, as `settings.damaged.json`.

    Raises:
        TypeError: there is no such setting.
    """
    path = path or settings_path()
    changed = replace(read(path), **chosen)
    values = asdict(changed)
    if path.exists() and not _read_written(path):
        path.replace(path.with_name("settings.damaged.json"))
    _write(path, _read_written(path) | {name: values[name] for name in chosen})
    return changed


def _fits(name: str, default: Any, value: Any) -> bool:
    if name == "threshold":
        return value is None or _is_number(value)
    if isinstance(default, tuple):
        return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    if isinstance(default, float):
        return _is_number(value) and value > 0
    return isinstance(value, dict if isinstance(default, Mapping) else type(default))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as(default: Any, value: Any) -> Any:
    return tuple(value) if isinstance(default, tuple) else value


def _read_written(path: Path) -> dict[str, Any]:
    try:
        written = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:  # names of files are bytes
        json.dump(values, file, indent=2, ensure_ascii=False)
        file.write("\n")
    Path(beside).replace(path)
