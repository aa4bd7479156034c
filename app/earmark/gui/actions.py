"""Everything the window can do, by name: the menus, the toolbar and the list of keys are made of this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from earmark.gui.icons import icon
from earmark.gui.theme import Theme


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing the window can do.

    Attributes:
        name: as code knows it.
        menu: the menu that it stands in; a leading "|" puts a line above it.
        keys: all keys that do it; the first is shown.
        icon: of `earmark_resources/icons`, where it has one.
        needs: what must be there for it to be possible: "recording", "events", …; nothing is always there.
        checkable: it is on or off; it is done with its new state.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    needs: str = ""
    checkable: bool = False


MENUS = ("&File", "&Edit", "&View", "&Play", "&Model", "T&rain", "&Tools", "&Help")


class Actions(QObject):
    """A QAction for each deed."""

    def __init__(self, window: QWidget, deeds: Sequence[Deed], doing: Mapping[str, Callable[..., object]]) -> None:
        super().__init__(window)
        self.deeds = deeds
        self._actions = {deed.name: self._action(window, deed, doing[deed.name]) for deed in deeds}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def _action(self, window: QWidget, deed: Deed, do: Callable[..., object]) -> QAction:
        action = QAction(deed.text, self)
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.setCheckable(deed.checkable)
        action.triggered.connect(do if deed.checkable else lambda checked=False: do())
        window.addAction(action)
        self._explain(action, deed)
        return action

    def _explain(self, action: QAction, deed: Deed) -> None:
        plain = action.text().replace("&", "").rstrip("…")
        action.setToolTip(f"{plain} ({deed.keys[0]})" if deed.keys else plain)

    def rename(self, name: str, text: str, icon_name: str, theme: Theme) -> None:
        """Give an action another text and icon: Play, Stop."""
        self.retitle(name, text)
        self._actions[name].setIcon(icon(icon_name, theme))

    def retitle(self, name: str, text: str) -> None:
        """Give an action another text: Undo Accept Dog bark."""
        self._actions[name].setText(text)
        self._explain(self._actions[name], next(deed for deed in self.deeds if deed.name == name))

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Put the actions into menus; return the menus by name."""
        menus = {name: bar.addMenu(name) for name in MENUS}
        for deed in self.deeds:
            menu = menus[deed.menu.removeprefix("|")]
            if deed.menu.startswith("|"):
                menu.addSeparator()
            menu.addAction(self._actions[deed.name])
        return menus

    def allow(self, given: set[str]) -> None:
        """Enable what is possible with what is there."""
        for deed in self.deeds:
            self._actions[deed.name].setEnabled(not deed.needs or deed.needs in given)

    def wear(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for deed in self.deeds:
            if deed.icon:
                self._actions[deed.name].setIcon(icon(deed.icon, theme))
