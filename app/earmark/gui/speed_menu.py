"""The menu of speeds."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QInputDialog, QMenu

from earmark.gui.transport import SPEEDS, speed_text
from earmark.time_stretch import FASTEST, SLOWEST


class SpeedMenu(QObject):
    """Offers the usual speeds, and any other."""

    chosen = Signal(float)

    def __init__(self, menu: QMenu, *, before: QAction) -> None:
        super().__init__(menu)
        self.menu = QMenu("Spee&d", menu)
        menu.insertMenu(before, self.menu)
        self._speed = 1.0
        self._group = QActionGroup(self)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)  # a typed speed checks none
        for speed in SPEEDS:
            self._offer(speed)
        self.menu.addSeparator()
        self.menu.addAction("&Other…", self._ask)
        self._group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self.show_speed(1.0)

    def show_speed(self, speed: float) -> None:
        """Check a speed."""
        self._speed = speed
        for action in self._group.actions():
            action.setChecked(action.data() == speed)

    def _offer(self, speed: float) -> None:
        action = self.menu.addAction(speed_text(speed))
        action.setData(speed)
        action.setCheckable(True)
        self._group.addAction(action)

    def _ask(self) -> None:
        speed, is_given = QInputDialog.getDouble(
            self.menu, "Speed", "Times the recording's own speed:", self._speed, SLOWEST, FASTEST, 2
        )
        if is_given:
            self.chosen.emit(speed)
