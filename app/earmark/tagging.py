"""One recording, one model: from the library where it was heard before, else from the engine and into the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from earmark.analysis import Analysis, Heading
from earmark.engine_client import Engines, OnProgress, OnScores
from earmark.errors import LibraryError
from earmark.events import DEFAULT_THRESHOLD, Event, EventSettings, find_events
from earmark.library import Library


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a model heard, and whether that was known."""

    analysis: Analysis
    was_known: bool


class Tagger:
    """Hears recordings with any model.

    Args:
        library: None where it cannot be used, and from when it cannot: then everything is heard anew.
        again: hear also what is known.
    """

    def __init__(self, engines: Engines, library: Library | None, *, again: bool = False) -> None:
        self._engines, self._library, self._again = engines, library, again

    def hear(
        self,
        path: Path,
        heading: Heading,
        *,
        on_progress: OnProgress | None = None,
        on_scores: OnScores | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        """Return what the model heard in a whole file.

        Raises:
            EarmarkError: the file or the model cannot be used.
            Cancelled: `cancelled` said so.
        """
        if known := self._known(path, heading):
            return Heard(analysis=known, was_known=True)
        analysis = self._engines.analyse(
            path, heading.model_id, on_progress=on_progress, on_scores=on_scores, cancelled=cancelled
        )
        return Heard(analysis=self._kept(analysis), was_known=False)

    def _known(self, path: Path, heading: Heading) -> Analysis | None:
        """Return what is known, also of a file that was moved.

        A model without weights is asked again: nothing tells whether its rule has changed.
        """
        if not self._library or self._again or not heading.weights_sha256:
            return None
        find = partial(self._library.find, weights=heading.weights_sha256, precision=self._engines.precision)
        try:
            found = find(path, heading.model_id)
            if found is None and self._library.recognise(path):
                found = find(path, heading.model_id)
            return found
        except LibraryError as error:
            self._lose_library(error)
            return None

    def _kept(self, analysis: Analysis) -> Analysis:
        """Return the result as it will be found again, so that a second run says the same."""
        if not self._library:
            return analysis
        try:
            kept = self._library.store(analysis)
            self._library.hash_missing([analysis.path])  # a small part of the time that hearing it took
            return kept
        except LibraryError as error:
            self._lose_library(error)
            return analysis

    def _lose_library(self, error: LibraryError) -> None:
        self._library = None
        if self._engines.on_notice:
            self._engines.on_notice(error)


def found_events(analysis: Analysis, threshold: float | None = None) -> list[Event]:
    """Return the events after the model's own thresholds, or after one for all labels."""
    own = analysis.thresholds if threshold is None else {}
    settings = EventSettings(threshold=DEFAULT_THRESHOLD if threshold is None else threshold, thresholds=own)
    frames, hop = analysis.timeline()
    return find_events(frames, hop, analysis.labels, settings, duration=analysis.duration)
