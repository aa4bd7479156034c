"""The thread that takes sound from a source into the ring, and keeps at it when the source goes away."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from earmark.api import AudioDeviceError, EarmarkError
from earmark.live.ring_buffer import RingBuffer
from earmark.live.source import Block, Source

RING_SECONDS = 60.0
AGAIN_SECONDS = 1.0  # between two tries to open a device that has gone
FULL_SCALE = 0.999
DEAD_SECONDS = 5.0  # of nothing but zeros: muted, or not plugged in
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gap:
    """Where sound is missing: at a sample, for some seconds; 0.0 where nobody knows how long."""

    sample: int
    seconds: float
    reason: str


@dataclass
class Level:
    """How loud the newest block was, in 0..1, and whether it reached full scale."""

    peak: float = 0.0
    rms: float = 0.0
    clipped: bool = False


class Capture:
    """Runs from `start` to `stop`; the ring, the level and the gaps may be looked at from any thread.

    Args:
        on_said: called with an error on each loss, and with None when sound comes again; on the capture's thread.
    """

    def __init__(
        self,
        source: Source,
        *,
        on_said: Callable[[EarmarkError | None], None] = lambda said: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source, self.level = source, Level()
        self.gaps: list[Gap] = []
        self.blocks = 0
        self.ended = threading.Event()
        self.ring: RingBuffer | None = None
        self._on_said, self._clock = on_said, clock
        self._stopping = threading.Event()
        self._dead_since: float | None = None
        self._said_dead = False
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> RingBuffer:
        """Open the source and begin; return the ring.

        Raises:
            EarmarkError: the source cannot be opened.
        """
        self.source.open()
        self.ring = RingBuffer(round(RING_SECONDS * self.source.sample_rate), self.source.channels)
        self._thread.start()
        return self.ring

    def stop(self) -> None:
        """End, and wait for it: as long as a frozen device may take to be let go."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(4.0)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self._take():
                pass
        except Exception:  # the edge of a thread
            log.exception("capturing from %s", self.source.name)
        finally:
            self.source.close()
            if self.ring:
                self.ring.close()
            self.ended.set()

    def _take(self) -> bool:
        """Take one block; return whether there may be more."""
        assert self.ring is not None
        try:
            block = self.source.read()
        except AudioDeviceError as error:
            self._on_said(error)
            return self._come_back(error)
        if block is None:
            return False
        if block.overflowed:
            self.gaps.append(Gap(self.ring.written, 0.0, "overflow"))
        self.blocks += 1
        self.ring.write(block.samples)
        self._measure(block)
        return True

    def _measure(self, block: Block) -> None:
        samples = block.samples.ravel()
        peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
        rms = math.sqrt(float(samples @ samples) / max(len(samples), 1))
        self.level = Level(peak, rms, peak >= FULL_SCALE)
        self._watch_for_silence(dead=peak == 0)

    def _watch_for_silence(self, *, dead: bool) -> None:
        """Say once that there are only zeros, and that there is sound again."""
        if not dead:
            if self._said_dead:
                self._on_said(None)
            self._dead_since, self._said_dead = None, False
            return
        self._dead_since = self._clock() if self._dead_since is None else self._dead_since
        if not self._said_dead and self._clock() - self._dead_since > DEAD_SECONDS:
            self._said_dead = True
            sentence = f"The microphone “{self.source.name}” gives only zeros."
            self._on_said(AudioDeviceError(sentence, hint="Is it muted, or switched off?"))

    def _come_back(self, error: AudioDeviceError) -> bool:
        """Try until the device is back; the time that passed is silence in the ring. Return whether it came back."""
        assert self.ring is not None
        lost_at = self._clock()
        rate, channels = self.source.sample_rate, self.source.channels
        self.source.close()
        while not self._stopping.wait(AGAIN_SECONDS):
            try:
                self.source.open()
            except AudioDeviceError:
                continue
            if (self.source.sample_rate, self.source.channels) != (rate, channels):
                return False  # another device in its place: what records has to begin anew
            missing = self._clock() - lost_at
            self.gaps.append(Gap(self.ring.written, missing, error.sentence))
            self.ring.skip(round(missing * rate))
            self._on_said(None)
            return True
        return False
