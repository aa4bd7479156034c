"""The library as a folder of open files that other programs read, written beside its place and moved there whole."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from earmark import library_annotations as said
from earmark import library_recordings as recordings
from earmark import library_results as results
from earmark import library_scores as scores
from earmark.analysis import Analysis
from earmark.annotations import Annotation, Change, as_plain
from earmark.audio_file import AudioInfo
from earmark.document import document
from earmark.errors import LibraryError
from earmark.events import EventSettings, find_events
from earmark.exchange import FORMATS, wanted
from earmark.judging import judged

COLUMNS = (
    *("folder", "file", "recorded", "recorded_from", "duration", "sample_rate", "channels", "tags", "models"),
    *("annotations", "sha256"),
)
LONGEST_NAME = 80  # letters of a folder's name
OnProgress = Callable[[int, int], object]
README = """\
This folder was written by Earmark. It holds everything that its library knew, in files that need no Earmark.

index.csv          every recording: the folder here that belongs to it, where its file was, when it was recorded (and
                   whether its name, the file, or only the time of its last change said so), its tags, the models that
                   heard it, and how many annotations it has
calibrations.json  how scores of models relate to probabilities, from judgements

recordings/NAME/   what is known about one recording:
  recording.json             what it is; everything persons said about it; and the journal of how that came to be
  annotations.labels.txt     what persons drew or accepted, as an Audacity label track
  annotations.selections.txt all annotations with their status, as a Raven selection table
  MODEL.json                 what a model heard, with the annotations: tags, windows, events (Earmark's own document)
  MODEL.frames.npy           its scores over time: a NumPy array [frames, labels]
  MODEL.frames.json          the labels of its columns, the seconds between frames, and where in the recording it starts

Times are seconds from the start of a recording. Scores are not probabilities, and not comparable between models.
The recordings themselves are not here. A library is put back from a backup (File, Back up the library), not from this.
"""


class Library(Protocol):
    """What of the library is needed here."""

    def transaction(self, kind: Any = ...) -> AbstractContextManager[sqlite3.Connection]: ...


def export(library: Library, folder: Path, on_progress: OnProgress | None = None) -> int:
    """Write everything into a new folder; see `Library.export`.

    Raises:
        LibraryError: the folder holds something already, or cannot be written.
    """
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise LibraryError(f"{folder.name} is not empty.", hint="Choose a new folder; nothing was written.")
        beside.mkdir(parents=True)
        written = _write_all(library, beside, on_progress or (lambda done, total: None))
        with suppress(FileNotFoundError):
            folder.rmdir()
        beside.replace(folder)
    except OSError as error:
        raise LibraryError(f"{folder.name} cannot be written.", hint=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def _write_all(library: Library, folder: Path, on_progress: OnProgress) -> int:
    (folder / "README.txt").write_text(README, encoding="utf-8")
    with library.transaction("DEFERRED") as database:
        numbers = [row["id"] for row in database.execute("SELECT id FROM recordings ORDER BY path")]
        _write_json(folder / "calibrations.json", _calibrations(database))
    names = _Names()
    with (folder / "index.csv").open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        index = csv.writer(stream)
        index.writerow(COLUMNS)
        for done, number in enumerate(numbers):
            on_progress(done, len(numbers))
            with library.transaction("DEFERRED") as database:  # each its own: others write in between
                row = _write_one(database, number, folder / "recordings", names)
            if row:
                index.writerow(row)
    on_progress(len(numbers), len(numbers))
    return len(numbers)


def _write_one(database: sqlite3.Connection, number: int, folder: Path, names: _Names) -> tuple | None:
    """Write one recording and return its line of the index; None where it was forgotten meanwhile."""
    row = database.execute(f"SELECT {recordings.COLUMNS} FROM recordings WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    known = recordings.known(row)
    place = folder / names.of(known.path.stem)
    place.mkdir(parents=True)
    annotations = said.annotations_of(database, number)
    _write_json(place / "recording.json", _facts(known, row, annotations, said.journal(database, number)))
    if annotations:
        _write_annotations(place, known, annotations)
    within = _Names()
    for analysis in _analyses(database, number, known.path):
        _write_result(place, within.of(analysis.model_id.replace("/", "-")), analysis, annotations)
    facts = (known.recorded, known.recorded_from, known.duration, known.sample_rate, known.channels)
    joined = ("; ".join(known.tags), "; ".join(known.models))
    return (f"recordings/{place.name}", str(known.path), *facts, *joined, len(annotations), row["sha256"])


def _facts(
    known: recordings.KnownRecording, row: sqlite3.Row, annotations: list[Annotation], journal: list[Change]
) -> dict[str, Any]:
    facts = {"version": 1, "file": str(known.path), "sha256": row["sha256"], "size": known.size}
    facts |= {"duration": known.duration, "sample_rate": known.sample_rate, "channels": known.channels}
    facts |= {"recorded": known.recorded, "recorded_from": known.recorded_from, "tags": known.tags}
    changes = [
        {"name": each.name, "before": list(map(as_plain, each.before)), "after": list(map(as_plain, each.after))}
        for each in journal
    ]
    return {**facts, "annotations": list(map(as_plain, annotations)), "changes": changes}


def _write_annotations(place: Path, known: recordings.KnownRecording, annotations: list[Annotation]) -> None:
    events = judged((), annotations)
    rate = known.sample_rate or 1000
    frames = round(known.duration * rate)
    info = AudioInfo(path=known.path, sample_rate=rate, channels=1, frames=frames, format="", container="")
    for name, some in (("audacity", wanted(events, "kept")), ("raven", events)):
        form = FORMATS[name]
        with _opened(place / f"annotations{form.suffix}") as stream:
            form.write([document(None, some, info=info)], stream)


def _write_result(place: Path, name: str, analysis: Analysis, annotations: list[Annotation]) -> None:
    frames, hop = analysis.timeline()
    settings = EventSettings(thresholds=analysis.thresholds)
    events = find_events(frames, hop, analysis.labels, settings, duration=analysis.duration)
    if not analysis.start:  # annotations count from the start of the recording
        events = judged(events, annotations, model_id=analysis.model_id, weights=analysis.weights)
    with _opened(place / f"{name}.json") as stream:
        FORMATS["json"].write([document(analysis, events)], stream)
    np.save(place / f"{name}.frames.npy", frames.astype(np.float16 if analysis.frames is not None else np.float32))
    about = {"labels": analysis.labels, "hop": hop, "start": analysis.start, "channel": analysis.channel}
    _write_json(place / f"{name}.frames.json", about)


def _analyses(database: sqlite3.Connection, number: int, path: Path) -> Iterator[Analysis]:
    """Yield the results of a recording; a damaged one is left out."""
    for row in database.execute("SELECT * FROM results WHERE recording = ? ORDER BY id", (number,)).fetchall():
        if analysis := scores.unpacked(path, row, results.parts_of(database, row["id"])):
            yield analysis


def _calibrations(database: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = database.execute("SELECT model_id, weights, facts FROM calibrations ORDER BY model_id, label")
    return [{"model": row["model_id"], "weights": row["weights"], **json.loads(row["facts"])} for row in rows]


def _write_json(path: Path, content: Mapping[str, Any] | list[Any]) -> None:
    with _opened(path) as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1)
        stream.write("\n")


def _opened(path: Path):
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="")


class _Names:
    """Names for files and folders, on any system, none twice."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, name: str) -> str:
        """Return a name like this one."""
        plain = re.sub(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]', "_", name)[:LONGEST_NAME].strip(" .") or "recording"
        for number in count(1):
            found = plain if number == 1 else f"{plain} ({number})"
            if found.casefold() not in self._given:
                self._given.add(found.casefold())
                return found
        raise AssertionError("The numbers never end.")
