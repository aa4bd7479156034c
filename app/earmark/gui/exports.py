"""File ▸ Export…: what was heard, in the formats of other programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from earmark import exchange
from earmark.analysis import Analysis
from earmark.api import EarmarkError
from earmark.document import document
from earmark.events import Event

TITLES = {
    "json": "Earmark JSON",
    "csv": "CSV, as BirdNET writes it",
    "audacity": "Audacity labels",
    "raven": "Raven selection table",
    "dcase": "DCASE event list",
    "jams": "JAMS",
}


def ask_for_file(parent: QWidget, recording: Path) -> tuple[Path, str] | None:
    """Let the person choose a file and a format; None where they did not."""
    filters = {f"{TITLES.get(name, name)} (*{form.suffix})": name for name, form in exchange.FORMATS.items()}
    proposed = recording.with_suffix(exchange.FORMATS["json"].suffix)
    name, chosen = QFileDialog.getSaveFileName(parent, "Export", str(proposed), ";;".join(filters))
    if not name:
        return None
    return with_suffix(Path(name), filters[chosen])


def with_suffix(path: Path, format_name: str) -> tuple[Path, str]:
    """Return the file and its format: a known suffix that was typed decides, a missing one is added."""
    by_suffix = {form.suffix: name for name, form in exchange.FORMATS.items()}
    matching = [suffix for suffix in by_suffix if path.name.endswith(suffix)]
    if matching and not path.name.endswith(exchange.FORMATS[format_name].suffix):
        return path, by_suffix[max(matching, key=len)]
    wanted = exchange.FORMATS[format_name].suffix
    return (path if path.suffix else path.with_name(path.name + wanted)), format_name


def write(path: Path, format_name: str, analysis: Analysis, events: Sequence[Event]) -> None:
    """Write one recording's result, beside its place first.

    Raises:
        EarmarkError: the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            exchange.write(format_name, [document(analysis, events, top="all")], stream)
        beside.replace(path)
    except OSError as error:
        raise EarmarkError(f"{path.name} cannot be written.", hint=str(error.strerror or error)) from error
    finally:
        beside.unlink(missing_ok=True)
