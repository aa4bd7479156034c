"""Is there a device to play on? Asked once, on a thread, so that it is said before anybody presses Play."""

from __future__ import annotations

from PySide6.QtCore import QThread, Signal

from earmark.api import AudioDeviceError
from earmark.playback import Playback


class SoundCheck(QThread):
    """Asks, and ends."""

    failed = Signal(object)  # AudioDeviceError

    def __init__(self, playback: Playback) -> None:
        super().__init__()
        self._playback = playback

    def run(self) -> None:
        """Ask."""
        try:
            self._playback.check()
        except AudioDeviceError as error:
            self.failed.emit(error)
