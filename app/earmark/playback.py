"""Playing a recording, and knowing to the sample what is being heard.

A thread of its own opens the device and decodes ahead; PortAudio's thread takes the samples. `position` is computed
from the sample counter and the times that the stream itself gives, never from a timer.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from earmark import audio_file
from earmark.api import AudioDeviceError, EarmarkError, Float
from earmark.sound import Outlet, Sound, let_the_process_end, outlet, system_sound

BLOCK = 1024  # samples; explicit, because a host's own choice may change from call to call
LATENCY = 0.15  # seconds; "low" underflows under load
DECODED_SECONDS = 0.5
DECODED_AHEAD = 8  # pieces of DECODED_SECONDS
CLOSE_SECONDS = 2.0  # that a device may take to be let go
SILENT_SECONDS = 3.0  # without a callback: the sound server is frozen

Ended = Callable[[EarmarkError | None], None]
FindSound = Callable[..., Sound]
log = logging.getLogger(__name__)


class Clock:
    """Which sample the loudspeaker is at, from what the stream was given and when it said that would be heard."""

    def __init__(self) -> None:
        self._given: deque[tuple[float, int, int]] = deque(maxlen=64)  # time heard, first sample, samples

    def give(self, heard_at: float, first: int, count: int) -> None:
        """Note that `count` samples from `first` on are heard from stream time `heard_at`."""
        self._given.append((heard_at, first, count))

    def sample(self, now: float, sample_rate: int) -> float:
        """Return the sample heard at stream time `now`."""
        for heard_at, first, count in reversed(tuple(self._given)):
            if heard_at <= now:
                return first + min((now - heard_at) * sample_rate, count)
        return self._given[0][1] if self._given else 0.0


class Playback:
    """Plays one stretch of a recording at a time."""

    def __init__(self, *, sound: FindSound = system_sound) -> None:
        self._find_sound = sound
        self._failed = False
        self._playing: _Performance | None = None
        self._latest: _Performance | None = None
        self.on_ended: Ended = lambda error: None

    def check(self) -> None:
        """Find the device.

        Raises:
            AudioDeviceError: there is none.
        """
        self._failed = True  # until it has been found
        outlet(self._find_sound(), 44_100)
        self._failed = False

    def play(self, path: Path, *, start: float = 0.0, end: float | None = None) -> None:
        """Start to play; returns at once. `on_ended` is called on another thread, with an error where there was one."""
        self.stop()
        sound = partial(self._find_sound, look_again=self._failed)
        self._playing = self._latest = _Performance(sound, path, (start, end), self._ended, after=self._latest)
        self._playing.begin()  # only now: it may end before this line does

    def stop(self) -> None:
        """Stop, soon; `on_ended` is not called for what was stopped."""
        performance, self._playing = self._playing, None
        if performance:
            performance.stop()

    def close(self) -> None:
        """Stop, and wait until the device is free: as long as a sound server that still answers may take."""
        self.stop()
        if self._latest and not self._latest.wait(CLOSE_SECONDS):
            let_the_process_end()

    @property
    def playing(self) -> bool:
        """Return whether something is played, or about to be."""
        return self._playing is not None

    @property
    def position(self) -> float | None:
        """Return the seconds of the recording that are heard now, or None where nothing is played."""
        performance = self._playing
        return performance.position() if performance else None

    def _ended(self, performance: _Performance, error: EarmarkError | None) -> None:
        if self._playing is performance:
            self._playing, self._failed = None, error is not None
            self.on_ended(error)


class _Performance:
    """One stretch being played: a thread that decodes, a callback that hands out."""

    def __init__(
        self,
        sound: Callable[[], Sound],
        path: Path,
        span: tuple[float, float | None],
        ended: Callable[[_Performance, EarmarkError | None], None],
        *,
        after: _Performance | None,
    ) -> None:
        self._sound, self._path, self._ended = sound, path, ended
        self._start, self._end = span
        self._heard = self._start  # seconds, the last known
        self._decoded: queue.Queue[Float | None] = queue.Queue(DECODED_AHEAD)
        self._clock = Clock()
        self._stream: Any = None
        self._outlet = Outlet(1, 1)
        self._rest: Float | None = np.zeros(0, np.float32)
        self._taken = 0  # samples handed to the device
        self._padding = 0  # silent samples behind the end
        self._complete = False
        self._called_at = time.monotonic()
        self._stopped = threading.Event()
        self._silent = threading.Event()  # the stream has finished, or the device is gone
        self._thread = threading.Thread(target=self._perform, args=(after,), name="playback", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._silent.set()

    def wait(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def position(self) -> float:
        stream = self._stream
        if stream is not None:
            with suppress(Exception):  # closed in this moment
                sample = self._clock.sample(stream.time, self._outlet.sample_rate)
                self._heard = self._start + sample / self._outlet.sample_rate
        return self._heard

    def _perform(self, after: _Performance | None) -> None:
        error: EarmarkError | None = None
        if after:
            after.wait(SILENT_SECONDS)  # the device plays one stretch at a time
        try:
            self._play()
        except EarmarkError as problem:
            error = problem
        except Exception as problem:  # the edge of a thread: PortAudio's own errors
            log.exception("playing %s", self._path)
            error = AudioDeviceError(f"The sound device failed: {problem}.")
        if not self._stopped.is_set():
            self._ended(self, error)
        self._close()

    def _play(self) -> None:
        sound = self._sound()
        info = audio_file.probe(self._path)
        self._outlet = outlet(sound, info.sample_rate)
        pieces = self._pieces()
        first = next(pieces, None)
        if first is None or self._stopped.is_set():
            return
        self._decoded.put(first)
        self._stream = self._open(sound)
        self._called_at = time.monotonic()
        self._stream.start()
        self._feed(chain(pieces, [None]))
        self._wait_until_heard()

    def _close(self) -> None:
        """Let go of the device; last, because a frozen sound server may never let it go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(Exception):  # it is lost already
                stream.abort()
                stream.close()

    def _pieces(self) -> Iterator[Float]:
        return audio_file.blocks(
            self._path,
            sample_rate=self._outlet.sample_rate,
            start=self._start,
            end=self._end,
            seconds=DECODED_SECONDS,
        )

    def _open(self, sound: Sound) -> Any:
        return sound.OutputStream(
            samplerate=self._outlet.sample_rate,
            channels=self._outlet.channels,
            dtype="float32",
            blocksize=BLOCK,
            latency=LATENCY,
            callback=lambda out, frames, times, status: self._hand_out(out, frames, times, sound),
            finished_callback=self._silent.set,
        )

    def _feed(self, pieces: Iterator[Float | None]) -> None:
        for piece in pieces:
            while self._decoded.full() and not self._silent.wait(0.05):
                self._watch()
            if self._silent.is_set():
                return
            self._decoded.put(piece)

    def _wait_until_heard(self) -> None:
        while not self._silent.wait(0.1):
            self._watch()
        if not self._complete and not self._stopped.is_set():
            raise AudioDeviceError("The sound device went away.", hint="Connect it again, then press Space.")

    def _watch(self) -> None:
        if time.monotonic() - self._called_at > SILENT_SECONDS:
            raise AudioDeviceError(
                "The sound device does not answer.", hint="Restart the sound server, then press Space."
            )

    def _hand_out(self, out: Float, frames: int, times: Any, sound: Any) -> None:
        """Fill `out` [frames, channels]; on PortAudio's thread."""
        self._called_at = time.monotonic()
        heard_at = times.outputBufferDacTime or times.currentTime + LATENCY
        filled = self._fill(out)
        if filled:
            self._clock.give(heard_at, self._taken, filled)
            self._taken += filled
        if self._rest is None:
            # What was given last is still in the device: silence behind it until it has been heard.
            self._padding += frames - filled
            if self._padding >= 2 * LATENCY * self._outlet.sample_rate:
                self._complete = True
                raise sound.CallbackStop

    def _fill(self, out: Float) -> int:
        """Copy what is decoded into `out`, silence where nothing is; return the samples copied."""
        filled = 0
        while filled < len(out) and self._rest is not None:
            if not len(self._rest):
                try:
                    self._rest = self._decoded.get_nowait()
                except queue.Empty:
                    break
                continue
            piece = self._rest[: len(out) - filled]
            out[filled : filled + len(piece)] = piece[:, None]
            self._rest = self._rest[len(piece) :]
            filled += len(piece)
        out[filled:] = 0
        return filled
