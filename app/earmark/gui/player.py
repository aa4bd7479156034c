"""Where the playhead is, and what moves it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.api import EarmarkError
from earmark.playback import Playback

TICK_MS = 25
SETTLE_MS = 120  # a playhead that is dragged while playing starts to play again once it rests


class Player(QObject):
    """Plays the recording that is shown; the playhead follows the samples that are heard."""

    moved = Signal(float)  # seconds
    playing_changed = Signal(bool)
    failed = Signal(object)  # EarmarkError
    _ended = Signal(object)

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.position = 0.0
        self.playing = False
        self._playback = playback
        self._path: Path | None = None
        self._duration = 0.0
        self._end: float | None = None
        self._tick = QTimer(self, interval=TICK_MS)
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._tick.timeout.connect(self._follow)
        self._settle.timeout.connect(self._start)
        self._ended.connect(self._end_here)
        playback.on_ended = self._ended.emit  # called on the playback's thread: the signal brings it here

    def load(self, path: Path | None, duration: float) -> None:
        """Be at the start of another recording, or of none."""
        self.stop()
        self._path, self._duration = path, duration
        self._move(0.0)

    def toggle(self) -> None:
        """Play from the playhead on, or stop there; at the end, play from the start."""
        if self.playing:
            self.stop()
        elif self._path:
            at_end = self.position >= self._duration - 0.01
            self.play(0.0 if at_end else self.position)

    def play(self, start: float, end: float | None = None) -> None:
        """Play a stretch, or on to the end of the recording."""
        if self._path is None:
            return
        self._end = end
        self._move(start)
        self._start()

    def stop(self) -> None:
        """Stop where it is."""
        self._settle.stop()
        self._playback.stop()
        self._say_playing(False)

    def seek(self, seconds: float) -> None:
        """Move the playhead; what is playing plays on from there."""
        self._move(min(max(seconds, 0.0), self._duration))
        if self.playing:
            self._playback.stop()
            self._end = None
            self._settle.start()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._playback.close()

    def _start(self) -> None:
        if self._path is not None:
            self._playback.play(self._path, start=self.position, end=self._end)
            self._say_playing(True)

    def _follow(self) -> None:
        heard = self._playback.position
        if heard is not None and not self._settle.isActive():
            self._move(min(heard, self._duration))

    def _end_here(self, error: EarmarkError | None) -> None:
        if self._playback.playing:  # another stretch was started meanwhile
            return
        if error is None:
            self._move(self._duration if self._end is None else self._end)
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
