"""What an older Earmark did not write down: filled in before the first search, some rows at a time."""

from __future__ import annotations

from earmark import library_recordings as recordings
from earmark import library_results as results
from earmark import library_scores as scores
from earmark.library_moves import Shelf

AT_ONCE = 100  # rows in one transaction: others may write in between


def catch_up(library: Shelf) -> None:
    """Fill in when recordings were made, the words of their names, and the highest scores of results."""
    while _look_at_recordings(library):
        pass
    while _look_at_results(library):
        pass


def _look_at_recordings(library: Shelf) -> int:
    with library.transaction("DEFERRED") as database:
        rows = recordings.unseen(database, AT_ONCE)
    seen = [(row["id"], recordings.clock_facts(recordings.path_of(row), row["mtime_ns"])) for row in rows]
    if seen:
        with library.transaction() as database:
            for number, facts in seen:
                recordings.put_clock(database, number, facts)
    return len(seen)


def _look_at_results(library: Shelf) -> int:
    with library.transaction("DEFERRED") as database:
        rows = results.unseen(database, AT_ONCE)
        found = [(row, results.parts_of(database, row["id"])) for row in rows]
    if found:
        analyses = [(row, scores.unpacked(recordings.path_of(row), row, parts)) for row, parts in found]
        with library.transaction() as database:
            for row, analysis in analyses:
                results.put_highest(database, row["id"], row["recording"], analysis)
    return len(found)
