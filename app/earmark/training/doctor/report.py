"""A diagnosis as people read it: a table, the most severe first, a few lines a kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from earmark.counted import counted
from earmark.times import time_text
from earmark.training.doctor.findings import Diagnosis, Finding, Severity

MOST_LINES = 4  # a kind; all of them are in the JSON
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def rendered(diagnosis: Diagnosis) -> RenderableType:
    """Return what a rich console prints."""
    parts: list[RenderableType] = [Text(heading(diagnosis))]
    if diagnosis.findings:
        parts.append(_table(diagnosis.findings))
    return Group(*parts, *(Text(note, style="dim") for note in (*diagnosis.notes, verdict(diagnosis))))


def heading(diagnosis: Diagnosis) -> str:
    """Return what the data set holds, in one line."""
    rates = ", ".join(f"{rate / 1000:g} kHz" for rate in diagnosis.rates)
    said = [
        counted(diagnosis.clips, "clip"),
        counted(len(diagnosis.labels), "label"),
        counted(diagnosis.sources, "source"),
        time_text(diagnosis.seconds, 0),
        rates,
    ]
    return f"{diagnosis.folder}, {diagnosis.title}: {', '.join(filter(None, said))}"


def verdict(diagnosis: Diagnosis) -> str:
    """Return in one sentence how bad it is."""
    counts = [(severity, sum(each.severity is severity for each in diagnosis.findings)) for severity in Severity]
    said = [counted(count, str(severity)) for severity, count in counts if count]
    return f"{', '.join(said)}." if said else "Nothing is wrong with it."


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for (severity, kind), found in groupby(findings, key=lambda each: (each.severity, each.kind)):
        named = (f"[{STYLES[severity]}]{severity}[/]", str(kind))
        for line in _lines(list(found)):
            table.add_row(*named, escape(line))
            named = ("", "")
    return table


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the first few, what to do after those of which it is said, and how many more there are."""
    for advice, found in groupby(findings[:MOST_LINES], key=lambda each: each.advice):
        yield from (finding.sentence for finding in found)
        yield f"→ {advice}"
    if len(findings) > MOST_LINES:
        yield f"and {len(findings) - MOST_LINES} more"
