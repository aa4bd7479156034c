"""One recording being played on a thread: what is ordered, what is heard now, and how it ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from earmark.api import AudioDeviceError, EarmarkError
from earmark.playing_clock import Level
from earmark.sound import Sound
from earmark.stage import SILENT_SECONDS, Order, Orders, Stage

OPENING_SECONDS = 8.0  # that waiting for the performance before, finding the device and opening it may take
HELD = 0.05  # seconds; the playhead does not go back by less, but at a loop's beginning

log = logging.getLogger(__name__)


class Performance:
    """Plays a recording until it has been heard, until it is stopped, or until the device is lost."""

    def __init__(
        self,
        sound: Callable[[], Sound],
        order: Order,
        *,
        device: str,
        gain: float,
        ended: Callable[[Performance, EarmarkError | None], None],
        after: Performance | None,
    ) -> None:
        self._sound, self._device, self._gain, self._ended = sound, device, gain, ended
        self._orders = Orders(order)
        self._stage: Stage | None = None
        self._heard, self._laps = order.passage.start, 0  # seconds, the last known
        self._began_at = time.monotonic()
        self._is_over = self._is_stopped = False
        self._thread = threading.Thread(target=self._perform, args=(after,), name="playback", daemon=True)

    def begin(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End soon, and say nothing."""
        self._is_stopped = True
        if self._stage:
            self._stage.stop()

    def wait(self, seconds: float) -> bool:
        """Return whether it has ended, after so many seconds at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def order(self) -> Order:
        """Return what is played, or is about to be."""
        return self._orders.latest

    @property
    def left_over(self) -> Order | None:
        """Return an order that came too late."""
        return self._orders.waiting

    def follow(self, order: Order) -> bool:
        """Play something else of the same recording without a pause; False where it is too late for that."""
        ended = self._is_over or self._is_stopped or (self._stage is not None and self._stage.silent.is_set())
        if order.path != self.order.path or ended:
            return False
        understood = self._orders.give(order)
        if not understood.goes_on:
            self._heard = understood.passage.start
        return True

    @property
    def is_stuck(self) -> bool:
        """Return whether the device takes nothing for longer than it needs to be found and opened."""
        called_at = self._stage.called_at if self._stage else self._began_at
        return not self._is_over and time.monotonic() - called_at > OPENING_SECONDS

    def set_gain(self, gain: float) -> None:
        """Multiply samples by this from now on."""
        self._gain = gain
        if self._stage:
            self._stage.loudspeaker.gain = gain

    def position(self) -> float:
        """Return the seconds of the recording that are heard now."""
        now = self._stage.time() if self._stage else None
        place = self._stage.loudspeaker.clock.place(now) if self._stage and now is not None else None
        if place and place.route.visit == self.order.visit:
            seconds, laps = place.seconds, place.route.laps(place.sample)
            if laps != self._laps or not 0 < self._heard - seconds < HELD:
                self._heard, self._laps = seconds, laps
        return self._heard

    def level(self) -> Level | None:
        """Return how loud it is now."""
        now = self._stage.time() if self._stage else None
        return self._stage.loudspeaker.clock.level(now) if self._stage and now is not None else None

    def _perform(self, after: Performance | None) -> None:
        if after:
            after.wait(SILENT_SECONDS)  # the device plays one recording at a time
        error = self._error_of_playing()
        self._is_over = True
        if not self._is_stopped:
            self._ended(self, error)
        if self._stage:
            self._stage.close()

    def _error_of_playing(self) -> EarmarkError | None:
        """Play to the end; return what kept it from that."""
        try:
            self._stage = Stage(self._sound(), self._orders, device=self._device, gain=self._gain)
            self._stage.loudspeaker.gain = self._gain  # it may have changed meanwhile
            if not self._is_stopped:
                self._stage.play()
        except EarmarkError as problem:
            return problem
        except Exception as problem:  # the edge of a thread: PortAudio's own errors
            log.exception("playing %s", self.order.path)
            return AudioDeviceError(f"The sound device failed: {problem}.")
        return None
