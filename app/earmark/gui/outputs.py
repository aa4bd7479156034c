"""Which device plays: found at the start, chosen by a person, remembered by its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from earmark.api import AudioDeviceError
from earmark.gui.notices import Notices
from earmark.gui.output_menu import OutputMenu
from earmark.gui.sound_check import SoundCheck
from earmark.playback import Playback


class Outputs(QObject):
    """Keeps the menu, the playback and what was said about devices in step.

    Attributes:
        wished: the device that a person chose, there or not; empty is the system's choice.
        names: the devices that were found.
        missing: why nothing can be played, in a sentence; empty where something can.
    """

    changed = Signal()  # whether there is a device

    def __init__(self, playback: Playback, notices: Notices) -> None:
        super().__init__()
        self.wished = self.missing = ""
        self._playback, self._notices = playback, notices
        self.names: Sequence[str] = ()
        self._menu: OutputMenu | None = None
        self._is_asked = False
        self.check = SoundCheck(playback)
        self.check.found.connect(self._take)
        self.check.failed.connect(self._miss)

    def fill(self, menu: QMenu, *, before: QAction) -> None:
        """Put the devices into a menu."""
        self._menu = OutputMenu(menu, before=before)
        self._menu.chosen.connect(self.choose)
        self._menu.asked_again.connect(self.look_again)

    def choose(self, name: str) -> None:
        """Play on this device; what is playing goes on there."""
        self.wished = name
        self._use()

    def look_again(self) -> None:
        """List the devices anew, and say what was found."""
        self._is_asked = True
        self.check.look_again()

    def _take(self, names: Sequence[str]) -> None:
        self.names, self.missing = names, ""
        if self._is_asked:
            self._notices.tell(f"Sound devices found: {len(names)}.")
        self._is_asked = False
        self._use()
        self.changed.emit()

    def _miss(self, error: AudioDeviceError) -> None:
        self.names, self.missing, self._is_asked = (), error.sentence, False
        self._notices.report(error)
        self._show()
        self.changed.emit()

    def _use(self) -> None:
        there = not self.names or self.wished in self.names
        self._playback.device = self.wished if there else ""
        if not there and self.wished:
            self._notices.say(
                f"The sound device “{self.wished}” is not there; the system's choice plays instead.",
                hint="Connect it, then choose Play ▸ Output device ▸ Look again.",
            )
        self._show()

    def _show(self) -> None:
        if self._menu:
            self._menu.show_devices(self.names, self.wished)
