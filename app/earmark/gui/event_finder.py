"""Events from stored frame scores, found on a thread: while a slider moves, only its newest setting counts."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QThread, Signal

from earmark.api import Float
from earmark.events import Event, EventSettings, Finder


@dataclass(frozen=True, eq=False)  # arrays have no truth value; a search is itself only
class Search:
    """What to find events in.

    Attributes:
        frames: [frames, labels] in 0..1.
        hop: seconds.
    """

    frames: Float
    hop: float
    labels: tuple[str, ...]
    duration: float
    settings: EventSettings

    def events(self, finder: Finder) -> list[Event]:
        """Return the events, in order of time."""
        return finder.find(self.frames, self.hop, self.labels, self.settings, duration=self.duration)


class EventFinder(QThread):
    """Answers the newest search; those overtaken are never answered."""

    found = Signal(object, object)  # Search, list[Event]
    failed = Signal(object)  # Exception

    def __init__(self) -> None:
        super().__init__()
        self._newest: Search | None = None
        self._finder = Finder()
        self._changed = threading.Condition()
        self._stopping = False

    def search(self, search: Search) -> None:
        """Find these events, soon."""
        with self._changed:
            self._newest = search
            self._changed.notify()

    def smoothed(self, place: int) -> Float | None:
        """Return a label's scores as events were found in them last; None where they are those of the search."""
        return self._finder.smoothed(place)

    def forget(self) -> None:
        """Hold on to no scores: of a day they are large."""
        with self._changed:
            self._newest, self._finder = None, Finder()

    def stop(self) -> None:
        """End the thread, soon."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Search until stopped."""
        while self._answer():
            pass

    def _answer(self) -> bool:
        """Answer the next search; return whether there was one."""
        search = self._take()
        if search is None:
            return False
        try:
            self.found.emit(search, search.events(self._finder))
        except Exception as error:  # the edge of a thread: the next setting is tried all the same
            self.failed.emit(error)
        return True

    def _take(self) -> Search | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._newest)
            search, self._newest = self._newest, None
            return None if self._stopping else search
