"""The menu of devices to play on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

SYSTEM = "&The system's choice"
NOT_THERE = " (not there)"


class OutputMenu(QObject):
    """Offers the devices that were found; the one that was chosen stays in the list when it is gone."""

    chosen = Signal(str)  # the device's name; empty is the system's choice
    asked_again = Signal()

    def __init__(self, menu: QMenu, *, before: QAction) -> None:
        super().__init__(menu)
        self.menu = QMenu("Output dev&ice", menu)
        menu.insertMenu(before, self.menu)
        self._group = QActionGroup(self)
        self._group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self.show_devices((), "")

    def show_devices(self, names: Sequence[str], chosen: str) -> None:
        """Offer these, one of them chosen."""
        self.menu.clear()
        self._offer(SYSTEM, "", chosen)
        self.menu.addSeparator()
        for name in names:
            self._offer(name.replace("&", "&&"), name, chosen)
        if chosen and chosen not in names:
            self._offer(chosen.replace("&", "&&") + NOT_THERE, chosen, chosen)
        self.menu.addSeparator()
        self.menu.addAction("&Look again", self.asked_again.emit)

    def _offer(self, text: str, name: str, chosen: str) -> None:
        action = self.menu.addAction(text)
        action.setData(name)
        action.setCheckable(True)
        action.setChecked(name == chosen)
        self._group.addAction(action)
