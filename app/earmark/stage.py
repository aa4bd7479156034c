"""One recording on one stream: decoded ahead of what the device takes, and turned to whatever is ordered meanwhile."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earmark import audio_file
from earmark.api import AudioDeviceError, Float
from earmark.loudspeaker import Line, Loudspeaker
from earmark.playback_sound import Manner, pieces
from earmark.route import Passage, Route
from earmark.sound import Sound, outlet
from earmark.time_stretch import Piece

BLOCK_SECONDS = 0.02  # explicit, because a host's own choice may change from call to call
LATENCY = 0.15  # seconds; "low" underflows under load
AHEAD_SECONDS = 2.0  # decoded and waiting
JOINED_WITH = 0.25  # seconds of a line that wait when it is faded to
SILENT_SECONDS = 3.0  # without a callback: the sound server is frozen


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


class Orders:
    """The newest order: given on one thread, taken on another.

    Attributes:
        latest: the newest one, taken or not.
        came: there is a new one, or the stream has ended.
    """

    def __init__(self, first: Order) -> None:
        self.latest = first
        self.came = threading.Event()
        self._new: Order | None = None

    def give(self, order: Order) -> Order:
        """Give an order for the same recording; return it as it is understood."""
        if self._new and not self._new.goes_on:  # a place that was sought and is not even on its way
            order = replace(order, goes_on=False)
        order = replace(order, visit=self.latest.visit + (not order.goes_on))
        self.latest = self._new = order
        self.came.set()
        return order

    @property
    def waiting(self) -> Order | None:
        """Return an order that was not taken yet."""
        return self._new

    def take(self) -> Order:
        """Return the newest order; it waits no longer."""
        self.came.clear()
        self._new = None  # first: what comes in this moment is then taken now, or once more
        return self.latest


class Stage:
    """Opens recording and device, and plays until all is heard, until it is stopped, or until the device is lost.

    Attributes:
        silent: the stream has ended.
        called_at: when the device asked for samples last, by the monotonic clock.
    """

    def __init__(self, sound: Sound, orders: Orders, *, device: str, gain: float) -> None:
        self._sound, self._orders = sound, orders
        self._recording = audio_file.open_recording(orders.latest.path)
        self._outlet = outlet(sound, self._recording.info.sample_rate, device=device)
        line, self._coming = self._line(orders.take(), None)
        self.loudspeaker = Loudspeaker(line, rate=self._outlet.sample_rate, gain=gain)
        self.silent = threading.Event()
        self.called_at = time.monotonic()
        self._stream: Any = None
        self._is_complete = self._is_stopped = False

    def play(self) -> None:
        """Play, and return when nothing is heard any more.

        Raises:
            AudioDeviceError: the device went away, or takes nothing.
        """
        if self.loudspeaker.line.is_over or self._is_stopped:
            return
        self._stream = self._open()
        self.called_at = time.monotonic()
        self._stream.start()
        self._feed()
        if not self._is_complete and not self._is_stopped:
            raise AudioDeviceError("The sound device went away.", hint="Connect it again, then press Space.")

    def stop(self) -> None:
        """End soon."""
        self._is_stopped = True
        self._fall_silent()

    def close(self) -> None:
        """Let go of the device; last, because a frozen sound server may never let it go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(Exception):  # it is lost already
                stream.abort()
                stream.close()

    def time(self) -> float | None:
        """Return the stream's time, or None where it is not open."""
        stream = self._stream
        with suppress(Exception):  # closed in this moment
            return stream.time if stream else None
        return None

    def _line(self, order: Order, before: Line | None) -> tuple[Line, Iterator[Piece]]:
        """Return a line for an order, its beginning decoded, and the pieces to come."""
        since, passage = None, order.passage
        if order.goes_on and before:
            since = before.at
            passage = replace(passage, start=before.route.seconds(since))
        route = Route.along(passage, self._outlet.sample_rate, visit=order.visit)
        line = Line(route, since=since)
        coming = pieces(self._recording, route, order.manner, channels=self._outlet.channels)
        while not line.complete and line.ahead < JOINED_WITH * route.rate:
            line.put_next(coming)
        return line, coming

    def _open(self) -> Any:
        return self._sound.OutputStream(
            samplerate=self._outlet.sample_rate,
            device=self._outlet.device,
            channels=self._outlet.channels,
            dtype="float32",
            blocksize=1 << round(math.log2(BLOCK_SECONDS * self._outlet.sample_rate)),
            latency=LATENCY,
            callback=lambda out, frames, times, status: self._hand_out(out, times),
            finished_callback=self._fall_silent,
        )

    def _fall_silent(self) -> None:
        self.silent.set()
        self._orders.came.set()

    def _feed(self) -> None:
        """Keep the loudspeaker's line filled, and follow orders, until nothing is heard any more."""
        loudspeaker = self.loudspeaker
        while not self.silent.is_set():
            line = loudspeaker.newest
            if self._orders.waiting and line is loudspeaker.line:  # one turn after the other
                line, self._coming = self._line(self._orders.take(), line)
                loudspeaker.turn_to(line)
            elif line.complete or line.ahead > AHEAD_SECONDS * self._outlet.sample_rate:
                self._wait()
            else:
                line.put_next(self._coming)

    def _wait(self) -> None:
        """Wait for an order, or for room in the line."""
        self._orders.came.wait(0.05)
        self._orders.came.clear()
        if time.monotonic() - self.called_at > SILENT_SECONDS:
            raise no_answer()

    def _hand_out(self, out: Float, times: Any) -> None:
        """Fill `out` [samples, channels]; on PortAudio's thread."""
        self.called_at = time.monotonic()
        self.loudspeaker.fill(out, times.outputBufferDacTime or times.currentTime + LATENCY)
        # What was given last is still in the device: silence behind it until it has been heard.
        if self.loudspeaker.silent_for >= 2 * LATENCY * self._outlet.sample_rate:
            self._is_complete = True
            raise self._sound.CallbackStop
