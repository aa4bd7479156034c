"""Another model on the recording shown: what it heard, and its events as settings move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from earmark.analysis import Analysis
from earmark.disagreements import Side
from earmark.events import Event, EventSettings
from earmark.gui.event_finder import EventFinder, Search
from earmark.judging import JudgedEvent, judged

UNKNOWING = Side(labels=(), events=(), frames=np.zeros((0, 0), np.float32), hop=1.0)  # while nothing was heard


class Companion(QObject):
    """One model beside the one that is judged.

    Attributes:
        shown: its events as the views show them; what persons say is with the model that is judged.
        part: how much of the recording it has heard, while it hears; None before and after.
        trouble: why it heard nothing, in a sentence.
    """

    changed = Signal()
    failed = Signal(object)  # Exception: a bug

    def __init__(self) -> None:
        super().__init__()
        self.analysis: Analysis | None = None
        self.events: Sequence[Event] = ()
        self.shown: Sequence[JudgedEvent] = ()
        self.part: float | None = None
        self.trouble = ""
        self._search: Search | None = None
        self._finder = EventFinder()
        self._finder.found.connect(self._take)
        self._finder.failed.connect(self.failed)
        self._finder.start()

    @property
    def side(self) -> Side:
        """Return it as one side of a comparison."""
        search = self._search
        return side_of(search, self.events) if search else UNKNOWING

    def show_analysis(self, analysis: Analysis, settings: EventSettings, events: Sequence[Event] = ()) -> None:
        """Show a result, at first with these events."""
        self.analysis, self.part, self.trouble = analysis, None, ""
        frames, hop = analysis.timeline()
        self._look_for(Search(frames, hop, analysis.labels, analysis.duration, settings))
        self._show(analysis, events)

    def use(self, settings: EventSettings) -> None:
        """Find events by other settings, soon."""
        if old := self._search:
            self._look_for(Search(old.frames, old.hop, old.labels, old.duration, settings))

    def go_on(self, part: float) -> None:
        """Say how far it is."""
        self.part = part
        self.changed.emit()

    def give_up(self, sentence: str) -> None:
        """Say why it heard nothing."""
        self.part, self.trouble = None, sentence
        self.changed.emit()

    def forget(self) -> None:
        """Leave the recording."""
        self.analysis, self._search, self.events, self.shown = None, None, (), ()
        self.part, self.trouble = None, ""
        self._finder.forget()

    def close(self) -> None:
        """End the thread."""
        self.blockSignals(True)
        self._finder.stop()
        self._finder.wait()

    def _look_for(self, search: Search) -> None:
        self._search = search
        self._finder.search(search)

    def _take(self, search: Search, events: Sequence[Event]) -> None:
        if self.analysis and self._search is not None and search.frames is self._search.frames:
            self._show(self.analysis, events)

    def _show(self, analysis: Analysis, events: Sequence[Event]) -> None:
        self.events = events
        self.shown = judged(events, (), analysis.model_id, analysis.weights)
        self.changed.emit()


def side_of(search: Search, events: Sequence[Event]) -> Side:
    """Return the scores that events were found in, and the events, as one side of a comparison."""
    return Side(labels=search.labels, events=events, frames=search.frames, hop=search.hop)
