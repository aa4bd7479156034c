"""Recording by itself: from a while before a label appears to a while after it has gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from earmark.live.recorder import Recorder
from earmark.live.station import Station
from earmark.live.trigger import Trigger

PRE_ROLL, POST_ROLL = 5.0, 5.0  # seconds
LONGEST = 3600.0


class Triggered:
    """Starts and stops a station's recorder by its triggers.

    Args:
        name_of: the file's name, from when it begins and which label began it.
    """

    def __init__(
        self,
        station: Station,
        name_of: Callable[[datetime, str], Path],
        *,
        pre_roll: float = PRE_ROLL,
        post_roll: float = POST_ROLL,
    ) -> None:
        self._station, self._name_of = station, name_of
        self._pre_roll, self._post_roll = pre_roll, post_roll
        self._heard_at = 0.0
        self._fired: list[Trigger] = []  # what this recording goes on for
        self._recorder: Recorder | None = None  # none but its own is ended

    def fired(self, trigger: Trigger) -> None:
        """Begin to record, unless that is going on."""
        self._heard_at = self._station.seconds
        self._fired.append(trigger)
        if self._station.recorder is None:
            self._fired = [trigger]
            self._recorder = self._station.record(
                lambda begun: self._name_of(begun, trigger.label), pre_roll=self._pre_roll, split_seconds=LONGEST
            )

    def leave(self) -> None:
        """Let the recording go on until a person ends it: they want it, too."""
        self._recorder = None

    def follow(self) -> None:
        """End the recording once everything has been gone for long enough; called with every moment."""
        now = self._station.seconds
        if any(trigger.on for trigger in self._fired):
            self._heard_at = now
        is_own = self._recorder is not None and self._station.recorder is self._recorder
        if is_own and now - self._heard_at >= self._post_roll:
            self._recorder = None
            self._station.stop_recording()
