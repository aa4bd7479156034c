"""One recording being played on one stream: a thread that opens the device and decodes ahead of it.

What is played, and how, may change at any moment: another line is prepared and faded to while the first one plays on.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earmark import audio_file
from earmark.api import AudioDeviceError, EarmarkError, Float
from earmark.loudspeaker import Line, Loudspeaker
from earmark.playback_sound import Manner, pieces
from earmark.playing_clock import Level, Place
from earmark.route import Passage, Route
from earmark.sound import Sound, outlet
from earmark.time_stretch import Piece

BLOCK_SECONDS = 0.02  # explicit, because a host's own choice may change from call to call
LATENCY = 0.15  # seconds; "low" underflows under load
AHEAD_SECONDS = 2.0  # decoded and waiting
JOINED_WITH = 0.25  # seconds of a line that wait when it is faded to
SILENT_SECONDS = 3.0  # without a callback: the sound server is frozen
OPENING_SECONDS = 8.0  # that waiting for the performance before, finding the device and opening it may take
HELD = 0.05  # seconds; the playhead does not go back by less, but at a loop's beginning

log = logging.getLogger(__name__)


def no_answer() -> AudioDeviceError:
    """Return the error of a device that takes nothing."""
    return AudioDeviceError("The sound device does not answer.", hint="Restart the sound server, then press Space.")


@dataclass(frozen=True)
class Order:
    """What is to be played, and how.

    Attributes:
        goes_on: not from the passage's start, but from where it is.
        visit: counts the places that were sought; what was before the last of them is heard no longer.
    """

    path: Path
    passage: Passage
    manner: Manner
    goes_on: bool = False
    visit: int = 0


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
        self.order = order
        self._sound, self._device, self._gain, self._ended = sound, device, gain, ended
        self._new: Order | None = None
        self._stream: Any = None
        self._loudspeaker: Loudspeaker | None = None
        self._heard, self._laps = order.passage.start, 0  # seconds, the last known
        self._called_at = time.monotonic()
        self._complete = False
        self._stopped, self._silent = threading.Event(), threading.Event()
        self._wanted = threading.Event()  # a new order, or the end
        self._thread = threading.Thread(target=self._perform, args=(after,), name="playback", daemon=True)

    def begin(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End soon, and say nothing."""
        for each in (self._stopped, self._silent, self._wanted):
            each.set()

    def wait(self, seconds: float) -> bool:
        """Return whether it has ended, after so many seconds at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def follow(self, order: Order) -> bool:
        """Play something else of the same recording without a pause; False where it is too late for that."""
        if order.path != self.order.path or self._silent.is_set():
            return False
        if self._new and not self._new.goes_on:  # a place that was sought and is not even on its way
            order = replace(order, goes_on=False)
        if not order.goes_on:
            self._heard = order.passage.start
        self.order = self._new = replace(order, visit=self.order.visit + (not order.goes_on))
        self._wanted.set()
        return True

    @property
    def is_stuck(self) -> bool:
        """Return whether the device takes nothing for longer than it needs to be found and opened."""
        return not self._silent.is_set() and time.monotonic() - self._called_at > OPENING_SECONDS

    @property
    def left_over(self) -> Order | None:
        """Return an order that came too late."""
        return self._new

    def set_gain(self, gain: float) -> None:
        """Multiply samples by this from now on."""
        self._gain = gain
        if self._loudspeaker:
            self._loudspeaker.gain = gain

    def position(self) -> float:
        """Return the seconds of the recording that are heard now."""
        place = self._place()
        if place and place.route.visit == self.order.visit:
            seconds, laps = place.seconds, place.route.laps(place.sample)
            if laps != self._laps or not 0 < self._heard - seconds < HELD:
                self._heard, self._laps = seconds, laps
        return self._heard

    def level(self) -> Level | None:
        """Return how loud it is now."""
        with suppress(Exception):  # closed in this moment
            if self._loudspeaker:
                return self._loudspeaker.clock.level(self._stream.time)
        return None

    def _place(self) -> Place | None:
        with suppress(Exception):  # closed in this moment
            if self._loudspeaker:
                return self._loudspeaker.clock.place(self._stream.time)
        return None

    def _perform(self, after: Performance | None) -> None:
        error: EarmarkError | None = None
        if after:
            after.wait(SILENT_SECONDS)  # the device plays one recording at a time
        try:
            self._play()
        except EarmarkError as problem:
            error = problem
        except Exception as problem:  # the edge of a thread: PortAudio's own errors
            log.exception("playing %s", self.order.path)
            error = AudioDeviceError(f"The sound device failed: {problem}.")
        self._silent.set()
        if not self._stopped.is_set():
            self._ended(self, error)
        self._close()

    def _play(self) -> None:
        sound = self._sound()
        self._recording = audio_file.open_recording(self.order.path)
        self._outlet = outlet(sound, self._recording.info.sample_rate, device=self._device)
        line, coming = self._line(self.order)
        if line.is_over or self._stopped.is_set():
            return
        self._loudspeaker = Loudspeaker(line, rate=self._outlet.sample_rate, gain=self._gain)
        self._stream = self._open(sound, self._loudspeaker)
        self._called_at = time.monotonic()
        self._stream.start()
        self._feed(self._loudspeaker, coming)
        if not self._complete and not self._stopped.is_set():
            raise AudioDeviceError("The sound device went away.", hint="Connect it again, then press Space.")

    def _close(self) -> None:
        """Let go of the device; last, because a frozen sound server may never let it go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(Exception):  # it is lost already
                stream.abort()
                stream.close()

    def _line(self, order: Order) -> tuple[Line, Iterator[Piece]]:
        """Return a line for an order, its beginning decoded, and the pieces to come."""
        since, passage = None, order.passage
        if order.goes_on and self._loudspeaker:
            since, passage = self._going_on(self._loudspeaker.newest, passage)
        route = Route.along(passage, self._outlet.sample_rate, visit=order.visit)
        line = Line(route, since=since)
        coming = pieces(self._recording, route, order.manner, channels=self._outlet.channels)
        while not line.complete and line.ahead < JOINED_WITH * route.rate:
            self._put_next(line, coming)
        return line, coming

    def _going_on(self, line: Line, passage: Passage) -> tuple[float, Passage]:
        at = line.at
        return at, Passage(line.route.seconds(at), passage.end, passage.loop)

    def _put_next(self, line: Line, coming: Iterator[Piece]) -> None:
        piece = next(coming, None)
        if piece is None:
            line.complete = True
        else:
            line.put(piece)

    def _open(self, sound: Sound, loudspeaker: Loudspeaker) -> Any:
        return sound.OutputStream(
            samplerate=self._outlet.sample_rate,
            device=self._outlet.device,
            channels=self._outlet.channels,
            dtype="float32",
            blocksize=1 << round(math.log2(BLOCK_SECONDS * self._outlet.sample_rate)),
            latency=LATENCY,
            callback=lambda out, frames, times, status: self._hand_out(out, times, loudspeaker, sound),
            finished_callback=self._be_silent,
        )

    def _be_silent(self) -> None:
        self._silent.set()
        self._wanted.set()

    def _feed(self, loudspeaker: Loudspeaker, coming: Iterator[Piece]) -> None:
        """Keep the loudspeaker's line filled, and follow orders, until all is heard or the device is gone."""
        while not self._silent.is_set():
            line = loudspeaker.newest
            if self._new and line is loudspeaker.line:  # one turn after the other
                line, coming = self._line(self._taken_order())
                loudspeaker.turn_to(line)
            elif line.complete or line.ahead > AHEAD_SECONDS * self._outlet.sample_rate:
                self._wait()
            else:
                self._put_next(line, coming)

    def _taken_order(self) -> Order:
        self._wanted.clear()
        self._new = None  # first: what comes in this moment is then taken now, or once more
        return self.order

    def _wait(self) -> None:
        """Wait for an order or for room in the line.

        Raises:
            AudioDeviceError: the device takes nothing any more.
        """
        self._wanted.wait(0.05)
        self._wanted.clear()
        if time.monotonic() - self._called_at > SILENT_SECONDS:
            raise no_answer()

    def _hand_out(self, out: Float, times: Any, loudspeaker: Loudspeaker, sound: Any) -> None:
        """Fill `out` [samples, channels]; on PortAudio's thread."""
        self._called_at = time.monotonic()
        loudspeaker.fill(out, times.outputBufferDacTime or times.currentTime + LATENCY)
        # What was given last is still in the device: silence behind it until it has been heard.
        if loudspeaker.silent_for >= 2 * LATENCY * self._outlet.sample_rate:
            self._complete = True
            raise sound.CallbackStop
