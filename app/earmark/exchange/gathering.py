"""What is known of recordings that are not on the screen: what the model heard, and what people said."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from earmark import audio_file
from earmark.analysis import Analysis
from earmark.document import SHOWN_TAGS, Document, Top, document
from earmark.errors import AudioFileError
from earmark.events import EventSettings, find_events
from earmark.judging import JudgedEvent, judged
from earmark.library import Library


@dataclass(frozen=True, kw_only=True)
class Gatherer:
    """Makes documents of what is in the library.

    Attributes:
        model_id, weights, precision: whose events are wanted.
        settings: how events are found in its scores.
    """

    library: Library
    model_id: str
    weights: str = ""
    precision: str = "fp32"
    settings: EventSettings = field(default_factory=EventSettings)

    def document(self, path: Path, *, top: Top = SHOWN_TAGS) -> Document:
        """Return the document of a recording.

        Raises:
            AudioFileError: neither the model heard it nor anybody said anything of it, or it cannot be read.
            LibraryError: the library cannot be used.
        """
        info, analysis, events = audio_file.probe(path), self._heard(path), self.events(path)
        if analysis is None and not events:
            raise AudioFileError(f"Nothing is known of {audio_file.shown(path)}.", hint="No model has heard it yet.")
        return document(analysis, events, info=info, top=top)

    def events(self, path: Path) -> list[JudgedEvent]:
        """Return the events of a recording, none where nothing is known of it.

        Raises:
            LibraryError: the library cannot be used.
        """
        analysis, annotations = self._heard(path), self.library.annotations(path)
        if analysis is None:
            return judged([], annotations)
        frames, hop = analysis.timeline()
        found = find_events(frames, hop, analysis.labels, self.settings, duration=analysis.duration)
        return judged(found, annotations, model_id=self.model_id, weights=self.weights)

    def _heard(self, path: Path) -> Analysis | None:
        return self.library.find(path, self.model_id, weights=self.weights, precision=self.precision)
