"""What became of the lines of a label file: those that could not be read, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a line; `line` counts from 1, and is 0 where it is about the whole file."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}" if self.line else self.sentence


@dataclass
class Report:
    """Collects what was skipped, and what was read otherwise than it stands there.

    Attributes:
        is_strict: the first line that cannot be read raises ValueError instead.
    """

    is_strict: bool = False
    skipped: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def skip(self, line: int, reason: str) -> None:
        """Tell that a line was left out."""
        if self.is_strict:
            raise ValueError(str(Remark(line, reason)))
        self.skipped.append(Remark(line, reason))

    def remark(self, line: int, sentence: str) -> None:
        """Tell that a line was read, but not all of it."""
        self.remarks.append(Remark(line, sentence))

    @contextmanager
    def row(self, line: int) -> Iterator[None]:
        """Skip the line where the block finds that it cannot be read."""
        try:
            yield
        except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:  # a stranger's line
            self.skip(line, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, ValueError):
        return str(error)
    return "It is not made like the others: something is missing."
