"""The view follows the playhead while it plays, and never against the hand that moves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from earmark.gui.player import Player
from earmark.gui.time_span import TimeSpan

CHOICES = ("off", "page", "centre")
NEAR = 0.01  # of what is in view: this close to the middle is the middle


class Following(QObject):
    """Turns pages, keeps the playhead in the middle, or lets the view be.

    Whoever moves the view while it plays is left alone until the playhead comes into it again, or it is played anew.
    """

    def __init__(self, span: TimeSpan, player: Player) -> None:
        super().__init__(span)
        self.choice = "page"
        self.is_suspended = False  # the person looks elsewhere
        self._is_held = True  # the playhead is in view, but not in the middle, where it was put by hand
        self._is_moving = False
        self._span, self._player = span, player
        span.moved.connect(self._note_hand)
        player.moved.connect(self._follow)
        player.playing_changed.connect(self._resume)

    def choose(self, choice: str) -> None:
        """Follow in another way: "off", "page" or "centre"."""
        self.choice = choice if choice in CHOICES else "page"
        self._resume()

    def _resume(self) -> None:
        self.is_suspended, self._is_held = False, True

    def _note_hand(self) -> None:
        if self._player.playing and not self._is_moving:
            self.is_suspended = not self._sees(self._player.position)
            self._is_held = True

    def _follow(self, seconds: float) -> None:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return  # something is being dragged, perhaps the playhead itself
        self.is_suspended = self.is_suspended and not self._sees(seconds)
        if not self._player.playing:
            self._move(lambda: self._span.reveal(seconds))  # it was moved on purpose
        elif self.choice == "page" and not self.is_suspended:
            self._move(lambda: self._span.reveal(seconds))
        elif self.choice == "centre" and not self.is_suspended:
            self._keep_in_middle(seconds)

    def _keep_in_middle(self, seconds: float) -> None:
        span = self._span
        from_middle = seconds - (span.start + span.end) / 2
        if self._is_held and self._sees(seconds) and abs(from_middle) > NEAR * span.length:
            return
        self._is_held = False
        self._move(lambda: span.show(span.start + from_middle, span.end + from_middle))

    def _sees(self, seconds: float) -> bool:
        return self._span.start <= seconds <= self._span.end

    def _move(self, move: Callable[[], None]) -> None:
        self._is_moving = True
        try:
            move()
        finally:
            self._is_moving = False
