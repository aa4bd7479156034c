"""Events while they last: those that have ended are told once, those that go on grow."""

from __future__ import annotations

from dataclasses import replace

from earmark.events import Event, EventSettings, find_events
from earmark.live.scores import FrameTrack


class LiveEvents:
    """Finds the events of a track as it grows."""

    def __init__(self, settings: EventSettings) -> None:
        self.settings = settings
        self.going_on: list[Event] = []
        self._told_until: dict[str, float] = {}  # label → seconds: what ended before was told

    def ended(self, track: FrameTrack, *, everything: bool = False) -> list[Event]:
        """Return the events that have ended since the last call; `going_on` are the others.

        Args:
            everything: nothing more will come; what goes on has ended.
        """
        certain = (track.last if everything else track.settled) * track.hop
        found = [event for event in self._found(track) if event.onset >= self._told_until.get(event.label, -1.0)]
        over = [event for event in found if everything or event.offset + self.settings.close_gaps <= certain]
        self.going_on = [event for event in found if event not in over]
        for event in over:
            self._told_until[event.label] = event.offset
        return over

    def _found(self, track: FrameTrack) -> list[Event]:
        begin = track.first * track.hop
        duration = len(track.frames) * track.hop
        events = find_events(track.frames, track.hop, track.labels, self.settings, duration=duration)
        return [replace(event, onset=event.onset + begin, offset=event.offset + begin) for event in events]
