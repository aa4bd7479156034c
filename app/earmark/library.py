"""The library: which recordings are known, what was heard in them, and what persons say about them.

One SQLite file that any process may use: each call opens it, works in one short transaction and closes it again.
This is all that others see of it; each topic is a module `library_…` of functions over a connection.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earmark import library_annotations as said
from earmark import library_calibrations as calibrations
from earmark import library_file as file
from earmark import library_moves as moves
from earmark import library_query as query
from earmark import library_recordings as recordings
from earmark import library_results as results
from earmark import library_scores as scores
from earmark.annotations import Annotation, Change
from earmark.errors import LibraryError
from earmark.library_query import Found
from earmark.library_recordings import KnownRecording
from earmark.library_results import METHOD

if TYPE_CHECKING:
    from earmark.analysis import Analysis
    from earmark.audio_file import AudioInfo
    from earmark.calibration import Calibration, Judgement

__all__ = ["METHOD", "Found", "KnownRecording", "Library"]

Name = str | os.PathLike[str]


class Library:
    """Recordings, results and annotations in one SQLite file; safe from any thread.

    Raises:
        LibraryError: on opening and in every method: the file cannot be used. A damaged one is moved aside, so that the
            next call begins a new one.
    """

    def __init__(self, path: Name) -> None:
        self.path = Path(path)
        self._hashed: tuple[dict[str, Any], str] | None = None  # the file whose content was looked at last
        with self.transaction("DEFERRED"):
            pass

    def transaction(self, kind: file.Kind = "IMMEDIATE") -> AbstractContextManager[sqlite3.Connection]:
        """Run one transaction; one that only reads is "DEFERRED"."""
        return file.transaction(self.path, kind)

    def recording(self, path: Name, info: AudioInfo) -> int:
        """Add a recording, or what is new about it, and return its number."""
        facts = self._facts(Path(path), info.duration, info)
        with self.transaction() as database:
            return recordings.put(database, facts)

    def store(self, analysis: Analysis, info: AudioInfo | None = None) -> Analysis:
        """Keep what was heard, in the place of what was there, and return it as it will be found again.

        A file whose content has changed since it was last heard loses all other results.
        """
        kept = scores.as_kept(analysis)
        parts = list(scores.packed(kept))  # before the transaction: others may write meanwhile
        facts = self._facts(analysis.path, analysis.start + analysis.duration, info)
        with self.transaction() as database:
            results.put(database, recordings.put(database, facts), analysis, parts)
        return kept

    def find(
        self,
        path: Name,
        model_id: str,
        *,
        weights: str = "",
        window: float | None = None,
        hop: float | None = None,
        channel: str | int = "mix",
        precision: str = "fp32",
        start: float = 0.0,
        end: float | None = None,
    ) -> Analysis | None:
        """Return what the model heard in this file, or None: never heard, or the file has changed since.

        Args:
            window, hop: seconds; None is any, the newest first.
        """
        key = {"model_id": model_id, "weights": weights, "channel": str(channel), "precision": precision}
        key |= {"start": start, "end": end, "window": window, "hop": hop}
        path = Path(path)
        if not path.exists():
            return None
        with self.transaction("DEFERRED") as database:
            known = recordings.row_of(database, path)
            if known is None or not recordings.is_same(known, recordings.file_facts(path)):
                return None
            row = results.find(database, known["id"], key)
            parts = results.parts_of(database, row["id"]) if row else []
        return scores.unpacked(path, row, parts) if row else None

    def recordings(self) -> list[KnownRecording]:
        """Return all recordings, the newest first."""
        with self.transaction("DEFERRED") as database:
            rows = database.execute(f"SELECT {recordings.COLUMNS} FROM recordings ORDER BY id DESC").fetchall()
        return [recordings.known(row) for row in rows]

    def forget(self, path: Name) -> None:
        """Drop a recording and all that was heard and said in it; the file itself is left alone."""
        with self.transaction() as database:
            database.execute("DELETE FROM recordings WHERE path = ?", (recordings.stored(path),))

    def recognise(self, path: Name, info: AudioInfo | None = None) -> bool:
        """Give a file that was moved or renamed what is known about it; return whether that was the case.

        It is known by its content. A copy, whose original is still where it was, is a recording of its own. What lay
        beside it in a folder that was moved with it is found as well.

        Args:
            info: what the file is, where that is known: one of another length needs no closer look.
        """
        return moves.recognise(self, Path(path), info.duration if info else None)

    def hash_missing(self, paths: Iterable[Name] | None = None, cancelled: Callable[[], bool] | None = None) -> int:
        """Look at the content of files, so that they are found again when they are moved; return how many.

        It reads whole files: not on a thread that somebody waits for.

        Args:
            paths: recordings in the library; None is all that were annotated or tagged.
            cancelled: asked every few megabytes.
        """
        return moves.hash_missing(self, paths, cancelled or (lambda: False))

    def content_of(self, path: Path, cancelled: Callable[[], bool] = lambda: False) -> str | None:
        """Return the sha256 of a file's content; None where it cannot be read, or it was cancelled."""
        try:
            facts = recordings.file_facts(path)
            if self._hashed and self._hashed[0] == facts:
                return self._hashed[1]
            found = moves.sha256(path, cancelled)
        except (OSError, LibraryError):
            return None
        self._hashed = (facts, found) if found else self._hashed
        return found

    def tags_of(self, path: Name) -> tuple[str, ...]:
        """Return the tags of a recording, sorted."""
        with self.transaction("DEFERRED") as database:
            number = recordings.number_of(database, path)
            return recordings.tags_of(database, number) if number else ()

    def set_tags(self, path: Name, tags: Iterable[str]) -> None:
        """Give a recording these tags and no others; one that is unknown is added."""
        self._know(path)
        with self.transaction() as database:
            if number := recordings.number_of(database, path):
                recordings.set_tags(database, number, tags)

    def tags(self) -> list[str]:
        """Return all tags there are, the most used first."""
        with self.transaction("DEFERRED") as database:
            rows = database.execute("SELECT tag FROM recording_tags GROUP BY tag ORDER BY count(*) DESC, tag")
            return [row["tag"] for row in rows]

    def annotations(self, path: Name) -> list[Annotation]:
        """Return what persons say about a recording, also where the file was moved or has changed."""
        if not self._is_known(path):
            self.recognise(path)
        with self.transaction("DEFERRED") as database:
            number = recordings.number_of(database, path)
            return said.annotations_of(database, number) if number else []

    def change(self, path: Name, change: Change, info: AudioInfo | None = None) -> None:
        """Make a change and write it into the journal, both or neither; what waited to be redone is forgotten.

        A recording that is unknown is added.
        """
        self._know(path, info)
        with self.transaction() as database:
            if number := recordings.number_of(database, path):
                said.change(database, number, change)

    def undo(self, path: Name) -> Change | None:
        """Take the last change back, of whichever session; return what was done now, or None."""
        return self._step(path, said.undo)

    def redo(self, path: Name) -> Change | None:
        """Make again what was taken back last; return it, or None."""
        return self._step(path, said.redo)

    def can_undo(self, path: Name) -> tuple[str, str]:
        """Return the names of what undo and redo would do; "" for nothing."""
        with self.transaction("DEFERRED") as database:
            number = recordings.number_of(database, path)
            return said.can_undo(database, number) if number else ("", "")

    def journal(self, path: Name) -> list[Change]:
        """Return all changes to a recording's annotations that hold, the first one first."""
        with self.transaction("DEFERRED") as database:
            number = recordings.number_of(database, path)
            return said.journal(database, number) if number else []

    def judgements(self, model_id: str, weights: str) -> list[Judgement]:
        """Return how often a model's events were right, as persons heard them; what they drew does not count."""
        with self.transaction("DEFERRED") as database:
            return calibrations.judgements(database, model_id, weights)

    def judged(self) -> list[tuple[Path, float, list[Annotation]]]:
        """Return each recording of which persons have said something: path, seconds (0: unknown), and what."""
        with self.transaction("DEFERRED") as database:
            found = said.judged(database)
        return [(recordings.path_of(row), row["duration"], annotations) for row, annotations in found]

    def calibrations(self, model_id: str, weights: str) -> dict[str, Calibration]:
        """Return what is known about a model's scores, by label."""
        with self.transaction("DEFERRED") as database:
            return calibrations.read(database, model_id, weights)

    def keep_calibration(self, model_id: str, weights: str, calibration: Calibration) -> None:
        """Keep a calibration of one label, in the place of an older one."""
        with self.transaction() as database:
            calibrations.keep(database, (model_id, weights), calibration)

    def forget_calibration(self, model_id: str, weights: str, label: str) -> None:
        """Forget the calibration of a label."""
        with self.transaction() as database:
            calibrations.forget(database, (model_id, weights, label))

    def search(self, text: str, limit: int = 1000) -> Found:
        """Return the recordings that a sentence describes, the surest first: "dog bark over 0.6 in May".

        Whatever is written, nothing is raised for it: `Found.meaning` says how it was understood.
        """
        from earmark import library_catch_up, library_search

        library_catch_up.catch_up(self)
        wanted = library_search.parse(text)
        with self.transaction("DEFERRED") as database:
            return query.find(database, wanted, limit)

    def backup(self, to: Path) -> None:
        """Write a copy of all of it into one file; others may go on writing meanwhile."""
        file.backup(self.path, to)

    def restore(self, source: Path) -> Path:
        """Put a backup in the place of all of it; return the file in which what was there is kept."""
        return file.restore(self.path, source)

    def export(self, folder: Path, on_progress: Callable[[int, int], object] | None = None) -> int:
        """Write everything as open files into a new folder; return how many recordings that were.

        Args:
            on_progress: told how many of how many recordings are written; what it raises ends the export, and then
                there is no folder.
        """
        from earmark import library_export

        return library_export.export(self, folder, on_progress)

    def _step(self, path: Name, step: Callable[[sqlite3.Connection, int], Change | None]) -> Change | None:
        with self.transaction() as database:
            number = recordings.number_of(database, path)
            return step(database, number) if number else None

    def _is_known(self, path: Name) -> bool:
        with self.transaction("DEFERRED") as database:
            return recordings.row_of(database, path) is not None

    def _know(self, path: Name, info: AudioInfo | None = None) -> None:
        """Add a recording that is unknown, as far as its file tells."""
        if not self._is_known(path):
            facts = self._facts(Path(path), info.duration if info else 0.0, info)
            with self.transaction() as database:
                recordings.put(database, facts)

    def _facts(self, path: Path, duration: float, info: AudioInfo | None) -> dict[str, Any]:
        """Return what is known about a file, having looked into it where it is new or has changed."""
        facts = recordings.file_facts(path)
        facts |= {"duration": duration, "sample_rate": info and info.sample_rate, "channels": info and info.channels}
        if not self._is_known(path):
            self.recognise(path, info)
        with self.transaction("DEFERRED") as database:
            row = recordings.row_of(database, path)
        if row is not None and recordings.is_same(row, facts):
            return facts
        if row is not None and row["sha256"] and row["size"] == facts["size"]:
            facts["sha256"] = self.content_of(path)
        return facts | recordings.clock_facts(path, facts["mtime_ns"])
