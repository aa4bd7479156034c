"""Menus in which one of several names is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu


class Choices(QActionGroup):
    """A submenu of names, one of them checked."""

    def __init__(
        self, menu: QMenu, title: str, names: Sequence[str], chosen: str, choose: Callable[[str], None]
    ) -> None:
        super().__init__(menu)
        submenu = menu.addMenu(title)
        for name in names:
            action = submenu.addAction(name.capitalize())
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == chosen)
            self.addAction(action)
        self.triggered.connect(lambda action: choose(action.data()))

    def pick(self, name: object) -> None:
        """Choose a name, if there is such a one."""
        for action in self.actions():
            if action.data() == name:
                action.trigger()
