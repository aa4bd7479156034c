"""Tables of a report's page, and figures as they stand in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from earmark.score_text import per_cent

Rows = Sequence[Sequence[str]]


class Markup(str):
    """HTML as it is; all other text of a cell is escaped."""

    __slots__ = ()


def table(head: Sequence[str], rows: Rows, kind: str = "", *, numbers: Collection[int] = ()) -> str:
    """Return a table; nothing without rows.

    Args:
        numbers: columns whose cells stand at the right.
    """
    if not rows:
        return ""
    top = "".join(_cell("th", each, is_number=place in numbers) for place, each in enumerate(head))
    above = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    body = "".join(f"<tr>{_cells(row, numbers)}</tr>" for row in rows)
    return f'<div class="wide"><table class="{kind}">{above}<tbody>{body}</tbody></table></div>'


def _cells(row: Sequence[str], numbers: Collection[int]) -> str:
    return "".join(_cell("td", each, is_number=place in numbers) for place, each in enumerate(row))


def _cell(name: str, text: str, *, is_number: bool) -> str:
    kind = ' class="number"' if is_number else ""
    return f"<{name}{kind}>{text if isinstance(text, Markup) else escape(text)}</{name}>"


def note(text: str) -> str:
    """Return a sentence below a table or a chart."""
    return f'<p class="note">{escape(text)}</p>' if text else ""


def number(value: float | None, digits: int = 3) -> str:
    """Return a figure, "–" where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def share(value: float | None) -> str:
    """Return a share of one label's clips: "87 %"."""
    return "–" if value is None else per_cent(value)


def accuracy(value: float | None) -> str:
    """Return a share of all clips: "87.5 %"."""
    return "–" if value is None else f"{100 * value:.1f} %"
