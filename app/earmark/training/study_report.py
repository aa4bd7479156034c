"""The report of a study's model, with what the jobs beside it say: made once, and again when more is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from earmark.engine_client import Engines
from earmark.training.comparison import learning_curve, start_beside
from earmark.training.job_file import read_job
from earmark.training.job_process import how_it_ended
from earmark.training.judged import FILE
from earmark.training.report import JSON, report, write_json
from earmark.training.report_page import write_html
from earmark.training.study import GOOD, SHARES, Member, outcome, read_study


def make_report(folder: Path, engines: Engines) -> dict[str, Any]:
    """Write the report of a study's model into its folder, as JSON and as a page, and return it.

    Raises:
        DatasetError: it is no job folder.
    """
    found = report(folder, **_beside(folder, engines))
    write_json(folder, found)
    write_html(folder, found)
    return found


def kept_report(folder: Path) -> dict[str, Any] | None:
    """Return the report in a study's folder; None where there is none, or more has become known since."""
    return _kept(folder, [folder / FILE, *_ends(folder)])


def _ends(folder: Path) -> Iterator[Path]:
    """Yield the files whose time is when a job beside the model ended."""
    for member in _ended_beside(folder):
        yield member.folder(folder) / "events.jsonl"


def _kept(folder: Path, known: Sequence[Path]) -> dict[str, Any] | None:
    """Return the report in a folder unless one of these files is newer."""
    path = folder / JSON
    try:
        if path.stat().st_mtime < max(each.stat().st_mtime for each in known):
            return None
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _ended_beside(folder: Path) -> list[Member]:
    """Return the jobs beside the model that have come to judge their clips."""
    beside = [each for each in read_study(folder) if each.is_beside]
    return [each for each in beside if how_it_ended(each.folder(folder)) in GOOD]


def _beside(folder: Path, engines: Engines) -> dict[str, Any]:
    """Return what the model it started from, and the other jobs, say."""
    ended = _ended_beside(folder)
    found: dict[str, Any] = {"start": _start(folder, engines)}
    for each in ended:
        if each.role == "leaky":
            found["leaky"] = outcome(folder, each)
    shares = [each for each in ended if each.role == "share"]
    if any(each.share == SHARES[-1] for each in shares):  # what the last quarter changed is what is told
        whole = Member(place=".")
        found["learning_curve"] = learning_curve([outcome(folder, each) for each in (*shares, whole)])
    return found


def _start(folder: Path, engines: Engines) -> dict[str, Any] | None:
    """Return what the model it started from tells of the clips; heard once, as that takes a while."""
    known = _kept(folder, [folder / FILE])
    return (known or {}).get("start") or start_beside(read_job(folder), engines)
