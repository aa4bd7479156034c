"""Playing a recording, and knowing to the sample what is being heard.

A thread of its own opens the device and decodes ahead (`performance`, `stage`); PortAudio's thread takes the samples
(`loudspeaker`). `position` is computed from the samples handed out and the times that the stream itself gives
(`playing_clock`), never from a timer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from earmark.api import AudioDeviceError, EarmarkError
from earmark.performance import Performance
from earmark.playback_sound import Manner
from earmark.playing_clock import Level
from earmark.route import Passage, Stretch
from earmark.sound import Sound, device_names, let_the_process_end, outlet, system_sound
from earmark.stage import Order, no_answer

CLOSE_SECONDS = 2.0  # that a device may take to be let go

Ended = Callable[[EarmarkError | None], None]
FindSound = Callable[..., Sound]


class Playback:
    """Plays one recording at a time, in a manner that may change while it plays.

    Attributes:
        on_ended: called on another thread when all has been heard, with an error where there was one.
    """

    def __init__(self, *, sound: FindSound = system_sound) -> None:
        self._find_sound = sound
        self._turn = threading.Lock()
        self._failed = False
        self._playing: Performance | None = None
        self._latest: Performance | None = None
        self._device, self._gain, self._manner = "", 1.0, Manner()
        self.on_ended: Ended = lambda error: None

    def check(self) -> list[str]:
        """Return the names of the devices that can play; asking anew where there was none.

        Raises:
            AudioDeviceError: there is none.
        """
        with self._asking():
            look_again, self._failed = self._failed, True  # until one has been found
            sound = self._find_sound(look_again=look_again)
            names = device_names(sound)
            outlet(sound, 44_100)
            self._failed = False
        return names

    def look_again(self) -> list[str]:
        """Stop, and return the names of the devices that are there now. Raises as `check` does."""
        self.stop()
        if self._latest and not self._latest.wait(CLOSE_SECONDS):  # none may be open while devices are listed anew
            raise no_answer()
        self._failed = True
        return self.check()

    def play(self, path: Path, *, start: float = 0.0, end: float | None = None, loop: Stretch | None = None) -> None:
        """Play from a second on, to an end or over and over a stretch; returns at once.

        What is playing already goes over to it without a pause.
        """
        order = Order(path, Passage(start, end, loop), self._manner)
        if self._playing and self._playing.follow(order):
            return
        self.stop()
        self._begin(order)

    def change_passage(self, *, end: float | None = None, loop: Stretch | None = None) -> None:
        """Play on from where it is, but to another end, or into a loop."""
        if self._playing:
            start = self._playing.position()
            self._go_on(replace(self._playing.order, passage=Passage(start, end, loop)))

    @property
    def manner(self) -> Manner:
        """Return how it is played: speed, band, channel. Set it, and what is playing follows in a moment."""
        return self._manner

    @manner.setter
    def manner(self, manner: Manner) -> None:
        if manner != self._manner:
            self._manner = manner
            if self._playing:
                self._go_on(replace(self._playing.order, manner=manner))

    @property
    def gain(self) -> float:
        """Return what the samples are multiplied by."""
        return self._gain

    @gain.setter
    def gain(self, gain: float) -> None:
        self._gain = gain
        if self._playing:
            self._playing.set_gain(gain)

    @property
    def device(self) -> str:
        """Return the name of the device that plays; empty is the system's choice. Set it, and playing goes on there."""
        return self._device

    @device.setter
    def device(self, name: str) -> None:
        if name == self._device:
            return
        self._device = name
        if playing := self._playing:
            order = playing.order
            self.stop()
            self._begin(replace(order, passage=replace(order.passage, start=playing.position()), goes_on=False))

    def stop(self) -> None:
        """Stop, soon; `on_ended` is not called for what was stopped."""
        performance, self._playing = self._playing, None
        if performance:
            performance.stop()

    def give_up_if_stuck(self) -> AudioDeviceError | None:
        """Stop what a frozen sound server has kept from beginning; return what is to be said about it."""
        if self._playing is None or not self._playing.is_stuck:
            return None
        self.stop()
        self._latest = None  # nobody waits for it any more
        return no_answer()

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

    @property
    def level(self) -> Level | None:
        """Return how loud it is now, or None where nothing is heard."""
        performance = self._playing
        return performance.level() if performance else None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Let one thread at a time ask for devices: PortAudio forgets them all while it lists them anew."""
        if not self._turn.acquire(timeout=CLOSE_SECONDS):
            raise no_answer()
        try:
            yield
        finally:
            self._turn.release()

    def _sound(self) -> Sound:
        with self._asking():
            return self._find_sound(look_again=self._failed)

    def _begin(self, order: Order) -> None:
        self._playing = self._latest = Performance(
            self._sound, order, device=self._device, gain=self._gain, ended=self._ended, after=self._latest
        )
        self._playing.begin()  # only now: it may end before this line does

    def _go_on(self, order: Order) -> None:
        if self._playing:
            self._playing.follow(replace(order, goes_on=True))

    def _ended(self, performance: Performance, error: EarmarkError | None) -> None:
        if self._playing is not performance:
            return
        late = performance.left_over
        if late and not late.goes_on and error is None:
            self._begin(late)
            return
        self._playing, self._failed = None, error is not None
        self.on_ended(error)
