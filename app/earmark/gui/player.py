"""Where the playhead is, and what moves it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from earmark.api import EarmarkError
from earmark.playback import Playback
from earmark.route import Stretch

TICK_MS = 16  # 60 a second
AT_END = 0.01  # seconds


class Player(QObject):
    """Plays the recording that is shown; the playhead follows the samples that are heard.

    Attributes:
        looping: what is played is repeated: a stretch, else the region, else all of the recording.
        region: the seconds that are repeated where nothing else was asked for; the selection, usually.
    """

    moved = Signal(float)  # seconds
    playing_changed = Signal(bool)
    looping_changed = Signal(bool)
    failed = Signal(object)  # EarmarkError
    _ended = Signal(object)

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.position = 0.0
        self.playing = self.looping = False
        self.region: Stretch | None = None
        self._playback = playback
        self._path: Path | None = None
        self._duration = 0.0
        self._stretch: Stretch | None = None  # that is played, where it is not all that follows
        self._tick = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._follow)
        self._ended.connect(self._end_here)
        playback.on_ended = self._ended.emit  # called on the playback's thread: the signal brings it here

    def load(self, path: Path | None, duration: float) -> None:
        """Be at the start of another recording, or of none."""
        self.stop()
        self._path, self._duration = path, duration
        self.region = self._stretch = None
        self._move(0.0)

    def toggle(self) -> None:
        """Play from the playhead on, or stop there; at the end, play from the start."""
        if self.playing:
            self.stop()
        else:
            begin, end = self._loop() or (0.0, self._duration)
            here = begin <= self.position < end - AT_END
            self._stretch = None
            self._play_from(self.position if here else begin)

    def play(self, start: float, end: float | None = None) -> None:
        """Play a stretch, or on to the end of the recording; over and over where that is wished."""
        self._stretch = None if end is None else (start, end)
        self._play_from(start)

    def stop(self) -> None:
        """Stop where it is."""
        self._playback.stop()
        self._say_playing(False)

    def seek(self, seconds: float) -> None:
        """Move the playhead; what is playing plays on from there."""
        self._move(min(max(seconds, 0.0), self._duration))
        if self.playing:
            self._stretch = None
            self._play_from(self.position)

    def repeat(self, is_wished: bool) -> None:
        """Repeat what is played from now on, or play on behind it."""
        if is_wished != self.looping:
            self.looping = is_wished
            self._stretch = self._stretch if is_wished else None
            self._change()
            self.looping_changed.emit(is_wished)

    def show_region(self, region: Stretch | None) -> None:
        """Know what is to be repeated; a loop that is playing goes over to it."""
        if region != self.region:
            self.region = region
            if self.looping and region:
                self._stretch = None
                self._change()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._playback.close()

    def _loop(self) -> Stretch | None:
        return (self._stretch or self.region or (0.0, self._duration)) if self.looping else None

    def _play_from(self, start: float) -> None:
        if self._path is None:
            return
        self._move(start)
        self._playback.play(self._path, start=start, end=self._end(), loop=self._loop())
        self._say_playing(True)

    def _end(self) -> float | None:
        return self._stretch[1] if self._stretch else None

    def _change(self) -> None:
        if self.playing:
            self._playback.change_passage(end=self._end(), loop=self._loop())

    def _follow(self) -> None:
        if error := self._playback.give_up_if_stuck():
            self._end_here(error)
        heard = self._playback.position
        if heard is not None:
            self._move(min(heard, self._duration))

    def _end_here(self, error: EarmarkError | None) -> None:
        if self._playback.playing:  # something else was started meanwhile
            return
        if error is None:
            end = self._end()
            self._move(self._duration if end is None else min(end, self._duration))
        else:
            self.failed.emit(error)
        self._say_playing(False)

    def _move(self, seconds: float) -> None:
        self.position = seconds
        self.moved.emit(seconds)

    def _say_playing(self, playing: bool) -> None:
        (self._tick.start if playing else self._tick.stop)()
        if playing != self.playing:
            self.playing = playing
            self.playing_changed.emit(playing)
