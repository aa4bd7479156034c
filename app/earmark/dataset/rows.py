"""Tables as data sets bring them: any encoding, any end of line, quoted cells; a broken line is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from earmark.audio_file import shown
from earmark.counted import counted
from earmark.errors import DatasetError
from earmark.exchange.report import Report
from earmark.exchange.text import delimiter_of, lines_of, rows_of, text_of


class Table:
    """A table that is read once; `warnings` says what could not be read.

    Raises:
        DatasetError: it is not there, or no text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._report = Report()
        try:
            self._text = text_of(path)
        except (OSError, ValueError) as error:
            raise DatasetError(f"{shown(path)} cannot be read.", hint=str(error)) from error

    def rows(self, *needed: str) -> Iterator[Mapping[str, str]]:
        """Yield the rows by the names of their columns in small letters; those where a needed one lacks are skipped.

        Raises:
            DatasetError: the table lacks a column that is needed.
        """
        self._check_columns(needed)
        for line, row in self._cells():
            if all(row.get(name) for name in needed):
                yield row
            else:
                self._report.skip(line, "Something is missing in it.")

    def plain(self, columns: Sequence[str], comment: str = "#") -> Iterator[Mapping[str, str]]:
        """Yield the rows of a table without a header; the last column takes what is left."""
        table = csv.reader(io.StringIO(self._text, newline=""), skipinitialspace=True)
        for cells in _readable(table):
            if not cells or not any(cells) or cells[0].startswith(comment):
                continue
            if len(cells) < len(columns):
                self._report.skip(table.line_num, "It has too few columns.")
                continue
            last = ",".join(cells[len(columns) - 1 :])
            yield dict(zip(columns, (*cells[: len(columns) - 1], last), strict=True))

    def warnings(self) -> list[str]:
        """Return a sentence where lines could not be read."""
        skipped = self._report.skipped
        if not skipped:
            return []
        return [f"{counted(len(skipped), 'line')} of {shown(self.path)} cannot be used: {skipped[0]}"]

    def columns(self) -> set[str]:
        """Return the names of the header's columns, in small letters."""
        return _names(self._text)

    def _cells(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        try:
            for line, row in rows_of(self._text, self._report):
                yield line, {name: cell.strip() for name, cell in row.items()}
        except csv.Error as error:
            raise DatasetError(f"{shown(self.path)} is no table.", hint=str(error)) from error

    def _check_columns(self, needed: Sequence[str]) -> None:
        lacking = [name for name in needed if name not in self.columns()]
        if lacking:
            raise DatasetError(f"{shown(self.path)} has no column “{lacking[0]}”.")


def columns_of(path: Path) -> set[str]:
    """Return the column names of a table's header, in small letters; none where it is no table."""
    try:
        return _names(text_of(path))
    except (OSError, ValueError):
        return set()


def _names(text: str) -> set[str]:
    header = next(lines_of(text), (0, ""))[1]
    cells = next(_readable(csv.reader([header], delimiter=delimiter_of(header))), [])
    return {cell.strip().casefold() for cell in cells}


def _readable(table: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows up to one that is no CSV at all: a cell longer than csv takes."""
    try:
        yield from table
    except csv.Error:
        return
