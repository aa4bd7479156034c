"""Where Earmark keeps things: the platform's own folders, or everything under `EARMARK_HOME`."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_PLATFORM = PlatformDirs("earmark", appauthor=False)


def home() -> Path:
    """Return the folder of what a person made: library, settings, models."""
    return _override() or _PLATFORM.user_data_path


def models_folder() -> Path:
    """Return the folder of imported and fine-tuned models, `plugin/name` each."""
    return home() / "models"


def cache_folder() -> Path:
    """Return the folder of what can be made again."""
    override = _override()
    return override / "cache" if override else _PLATFORM.user_cache_path


def library_path() -> Path:
    """Return the SQLite file of recordings, results and annotations."""
    return home() / "library.sqlite"


def log_path() -> Path:
    """Return the log file of the window and the command line."""
    override = _override()
    return (override / "logs" if override else _PLATFORM.user_log_path) / "earmark.log"


def engine_log_path() -> Path:
    """Return the file that holds what the engines and the plugins in them print."""
    return log_path().with_name("engine.log")


def _override() -> Path | None:
    folder = os.environ.get("EARMARK_HOME")
    return Path(folder).expanduser().absolute() if folder else None
