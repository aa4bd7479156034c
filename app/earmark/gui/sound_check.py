"""Which devices are there to play on? Asked on a thread, so that it is said before anybody presses Play."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from earmark.api import AudioDeviceError
from earmark.playback import Playback
from earmark.sound import let_the_process_end

PATIENCE = 1.0  # seconds; a frozen sound server never answers


class SoundCheck(QObject):
    """Asks at the start, and whenever it is told to look again."""

    found = Signal(list)  # names of the devices that can play
    failed = Signal(object)  # AudioDeviceError

    def __init__(self, playback: Playback) -> None:
        super().__init__()
        self._playback = playback
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Ask, and return at once."""
        self._ask(self._playback.check)

    def look_again(self) -> None:
        """Have the system list its devices anew; what is playing is stopped by that."""
        self._ask(self._playback.look_again)

    def close(self) -> None:
        """Wait for the answer, but not for ever."""
        if self._thread and self._thread.is_alive():
            self._thread.join(PATIENCE)
            if self._thread.is_alive():
                let_the_process_end()

    def _ask(self, names: Callable[[], list[str]]) -> None:
        if self._thread and self._thread.is_alive():  # it is looking already, or hangs
            return
        self._thread = threading.Thread(target=self._tell, args=(names,), name="sound check", daemon=True)
        self._thread.start()

    def _tell(self, names: Callable[[], list[str]]) -> None:
        try:
            self.found.emit(names())
        except AudioDeviceError as error:
            self.failed.emit(error)
