"""Text as other programs write it: any encoding, any decimal sign, any way to part columns."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from earmark.exchange.report import Report

LARGEST = 256 << 20  # bytes: what is larger is no list of labels
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d*)?)")
DELIMITERS = "\t;,"
LOOK = 4096  # bytes that tell an encoding without a mark


def text_of(path: Path) -> str:
    """Return a file's text, whatever it is encoded in.

    Raises:
        ValueError: it is no text, or larger than any list of labels.
        OSError: it cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("It is larger than any list of labels.")
    content = path.read_bytes()
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding)
    text = _unmarked(content)
    if "\0" in text[:LOOK]:
        raise ValueError("It is no text.")
    return text


def _unmarked(content: bytes) -> str:
    """Return text without a mark: UTF-16 has a zero in every other byte, and what is no UTF-8 is Latin."""
    head = content[:LOOK]
    for zeros, encoding in ((head[1::2], "utf-16-le"), (head[::2], "utf-16-be")):
        if len(zeros) > 1 and zeros.count(0) > 0.8 * len(zeros):
            return content[: len(content) // 2 * 2].decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _nearly_utf8(content) or content.decode("cp1252", "replace")


def _nearly_utf8(content: bytes) -> str:
    """Return text in UTF-8 but for some names of files, which may be any bytes; empty where it is not that."""
    text = content.decode("utf-8", "surrogateescape")
    odd = sum(0xDC80 <= ord(character) <= 0xDCFF for character in text)
    foreign = sum(ord(character) > 0x7F for character in text) - odd
    return text if foreign > odd else ""


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line.strip():
            yield number, line


def delimiter_of(line: str) -> str:
    """Return what parts the columns of a header."""
    return max(DELIMITERS, key=line.count)


def rows_of(
    text: str, report: Report, *, quoted: bool = True, name: Callable[[str], str] = str.casefold
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows of a table with a header, by the names of its columns, with their line's number."""
    header = next(lines_of(text), (0, ""))[1]
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(header), quoting=quoting)
    names: list[str] = []
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = [name(cell.strip()) for cell in cells]
        elif len(cells) < 2 and len(names) > 1:
            report.skip(table.line_num, "It has one column only.")
        elif [name(cell.strip()) for cell in cells] != names:  # a header again, where tables were joined
            yield table.line_num, dict(zip(names, cells, strict=False))


def number(text: str) -> float:
    """Return a number, with the decimal sign of any country.

    Raises:
        ValueError: it is none, or not finite.
    """
    plain = text.strip()
    try:
        value = float(plain if "." in plain else plain.replace(",", "."))
    except ValueError:
        raise ValueError(f"“{plain}” is no number.") from None
    if not math.isfinite(value):
        raise ValueError(f"“{plain}” is no number that can be used.")
    return value


def seconds(text: str) -> float:
    """Return a time in seconds, given as such or as h:mm:ss."""
    if clock := CLOCK.fullmatch(text.strip()):
        hours, minutes, rest = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + number(rest)
    return number(text)


def hertz(text: str | None) -> float | None:
    """Return a frequency; None where it is left open."""
    value = number(text) if text and text.strip() else -1.0
    return None if value < 0 else value


def score(text: str | None, line: int, report: Report) -> float | None:
    """Return a score in 0..1; None where there is none, and where it is on another scale, which is told."""
    if not text or not text.strip():
        return None
    value = number(text)
    if 0 <= value <= 1:
        return value
    report.remark(line, f"Its score, {value:g}, is not between 0 and 1 and was left out.")
    return None
