"""Which format a file of labels is in, told by what it says and not by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from earmark.audio_file import SUFFIXES, shown
from earmark.errors import DatasetError
from earmark.exchange import audacity, birdnet_csv, dcase
from earmark.exchange.text import delimiter_of, lines_of, text_of

SHOWN_CHARACTERS = 60  # of a line that nobody understood
TWO_TIMES = re.compile(r"(?:^|[\t,;])-?\d[\d.:]*([\t,;])-?\d[\d.:]*\1")  # and a label after them
KNOWN = "Earmark JSON, JAMS, Audacity labels, Raven tables, DCASE lists and CSV tables are read."


def detect(path: Path) -> str:
    """Return the name of the format that a file is in.

    Raises:
        DatasetError: it cannot be read, holds no text, or is in no format that is known.
    """
    if path.suffix.casefold() in SUFFIXES:
        raise DatasetError(f"{shown(path)} is a recording, not a list of labels.")
    try:
        text = text_of(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{shown(path)} cannot be read as labels.", hint=str(error)) from error
    first = next(lines_of(text), (0, ""))[1].strip()
    if not first:
        raise DatasetError(f"{shown(path)} is empty: there are no labels in it.")
    found = _of_json(text) if first.startswith("{") else _of_lines(first)
    if not found:
        raise DatasetError(f"{shown(path)} is in no format of labels that Earmark knows.", hint=_hint(first))
    return found


def _of_json(text: str) -> str:
    """Return the kind of a JSON document, or of the first of several lines."""
    content = _parsed(text) or _parsed(text.split("\n", 1)[0]) or {}
    if "annotations" in content and ("file_metadata" in content or "sandbox" in content):
        return "jams"
    return "json" if "version" in content and "events" in content else ""


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):  # or made to be deeper than can be read
        return None


def _of_lines(first: str) -> str:
    names = {cell.strip().strip('"') for cell in first.split(delimiter_of(first))}
    if {"Begin Time (s)", "End Time (s)"} <= names and "\t" in first:
        return "raven"
    if dcase.has_header(first):
        return "dcase"
    if _is_table({name.casefold() for name in names}):
        return "csv"
    if audacity.LINE.fullmatch(first):
        return "audacity"
    return "dcase" if TWO_TIMES.search(first) else ""


def _is_table(names: set[str]) -> bool:
    try:
        birdnet_csv.check_columns(names)
    except ValueError:
        return False
    return True


def _hint(first: str) -> str:
    line = first if len(first) <= SHOWN_CHARACTERS else f"{first[:SHOWN_CHARACTERS]}…"
    return f"It begins with “{line}”. {KNOWN}"
