"""Names of clips, made from a pattern: safe on every system, and never the name of a file that is there."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from string import Formatter

from earmark.audio_file import AudioInfo, shown
from earmark.errors import EarmarkError
from earmark.judging import JudgedEvent

PATTERN = "{recording}_{label}_{onset}"
FIELDS: Mapping[str, str] = {
    "recording": "the recording's name",
    "label": "what was heard",
    "onset": "where it begins, in seconds",
    "offset": "where it ends, in seconds",
    "score": "the model's score, or “drawn”",
    "status": "accepted, rejected or unreviewed",
    "n": "a number that counts the clips",
}
LONGEST = 120  # bytes of one part of a path: systems allow 255, archives less
# No system's file has these in its name; the last ones turn the direction of the letters after them.
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows: devices


def check_pattern(pattern: str) -> None:
    """Raise EarmarkError with a sentence where no names can be made of a pattern."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise EarmarkError("The pattern has a bracket without its partner.", hint="As in {label}.") from error
    names = [(name, spec or conversion) for _, name, spec, conversion in parts if name is not None]
    for name, addition in names:
        if name not in FIELDS or addition:
            raise EarmarkError(f"The pattern has no {{{name}}}.", hint=f"It knows {_all_fields()}.")
    if not names:
        raise EarmarkError("Every clip would have the same name.", hint=f"Use one of {_all_fields()}.")


def _all_fields() -> str:
    return ", ".join(f"{{{name}}}" for name in FIELDS)


class ClipNames:
    """Makes the names of one run; a part in front of a slash is a folder: `{label}/{recording}_{n}`."""

    def __init__(self, pattern: str, suffix: str) -> None:
        check_pattern(pattern)
        self._pattern, self._suffix = pattern, suffix
        self._count = 0
        self._taken: set[str] = set()

    def next(self, info: AudioInfo, event: JudgedEvent) -> Path:
        """Return the name of the next clip, below the folder of the run; none twice in one run."""
        self._count += 1
        values = _values(info, event, self._count)
        parts = [safe(part.format(**values)) for part in self._pattern.split("/") if part.strip()]
        name = Path(*parts)
        for number in count(1):
            ending = f" ({number})" if number > 1 else ""
            path = name.with_name(f"{name.name}{ending}{self._suffix}")
            if str(path).casefold() not in self._taken:
                self._taken.add(str(path).casefold())
                return path
        raise AssertionError("The numbers never end.")


def _values(info: AudioInfo, event: JudgedEvent, number: int) -> Mapping[str, str]:
    width = len(str(int(info.duration))) + 4  # so that names sort as the events follow each other
    return {
        "recording": safe(Path(shown(info.path)).stem),
        "label": safe(event.label),
        "onset": f"{event.onset:0{width}.3f}",
        "offset": f"{event.offset:0{width}.3f}",
        "score": "drawn" if event.score is None else f"{event.score:.2f}",
        "status": event.status,
        "n": f"{number:04d}",
    }


def safe(name: str) -> str:
    """Return a name that every system can have for a file; never empty."""
    plain = FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    plain = f"_{plain}" if RESERVED.fullmatch(plain) else plain
    return plain.encode()[:LONGEST].decode("utf-8", "ignore").rstrip(" .") or "_"


def reserve(path: Path) -> Path:
    """Make an empty file of this name, or of the next that is free, and return it; no file is ever written over.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        ending = f" ({number})" if number > 1 else ""
        free = path.with_name(f"{path.name.removesuffix(path.suffix)}{ending}{path.suffix}")
        try:
            os.close(os.open(free, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            continue
        return free
    raise AssertionError("The numbers never end.")
