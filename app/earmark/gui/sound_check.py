"""Is there a device to play on? Asked once, on a thread, so that it is said before anybody presses Play."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from earmark.api import AudioDeviceError
from earmark.playback import Playback
from earmark.sound import let_the_process_end

PATIENCE = 1.0  # seconds; a frozen sound server never answers


class SoundCheck(QObject):
    """Asks, and ends."""

    failed = Signal(object)  # AudioDeviceError

    def __init__(self, playback: Playback) -> None:
        super().__init__()
        self._playback = playback
        self._thread = threading.Thread(target=self._ask, name="sound check", daemon=True)

    def start(self) -> None:
        """Ask, and return at once."""
        self._thread.start()

    def close(self) -> None:
        """Wait for the answer, but not for ever."""
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        if self._thread.is_alive():
            let_the_process_end()

    def _ask(self) -> None:
        try:
            self._playback.check()
        except AudioDeviceError as error:
            self.failed.emit(error)
