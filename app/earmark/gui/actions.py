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
        needs: "recording", "analysis", "events", "event" or nothing: what must be there for it to be possible.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    needs: str = ""


ZOOM_IN = ("Ctrl+=", "Ctrl++", "+")
DEEDS = (
    Deed(name="open", menu="&File", text="&Open…", keys=("Ctrl+O",), icon="open"),
    Deed(name="open_demo", menu="&File", text="Open the &demo recording"),
    Deed(name="export", menu="|&File", text="&Export…", keys=("Ctrl+Shift+E",), needs="analysis"),
    Deed(name="quit", menu="|&File", text="&Quit", keys=("Ctrl+Q",)),
    Deed(name="zoom_in", menu="&View", text="Zoom &in", keys=ZOOM_IN, icon="zoom-in", needs="recording"),
    Deed(name="zoom_out", menu="&View", text="Zoom &out", keys=("Ctrl+-", "-"), icon="zoom-out", needs="recording"),
    Deed(name="fit", menu="&View", text="&Fit the recording", keys=("Ctrl+F",), icon="fit", needs="recording"),
    Deed(name="zoom_event", menu="&View", text="Zoom to the &event", keys=("Ctrl+E",), needs="event"),
    Deed(name="page_back", menu="|&View", text="Page &back", keys=("PgUp",), needs="recording"),
    Deed(name="page_on", menu="&View", text="Page &forward", keys=("PgDown",), needs="recording"),
    Deed(name="next_pane", menu="|&View", text="Next &pane", keys=("F6",)),
    Deed(name="full_screen", menu="&View", text="F&ull screen", keys=("F11",)),
    Deed(name="play", menu="&Play", text="&Play", keys=("Space",), icon="play", needs="recording"),
    Deed(name="to_start", menu="|&Play", text="To the &start", keys=("Home",), icon="start", needs="recording"),
    Deed(name="to_end", menu="&Play", text="To the &end", keys=("End",), icon="end", needs="recording"),
    Deed(name="back", menu="&Play", text="&Back", keys=("Left",), needs="recording"),
    Deed(name="forward", menu="&Play", text="&Forward", keys=("Right",), needs="recording"),
    Deed(name="back_far", menu="&Play", text="Back &far", keys=("Shift+Left",), needs="recording"),
    Deed(name="forward_far", menu="&Play", text="Forward f&ar", keys=("Shift+Right",), needs="recording"),
    Deed(name="previous_event", menu="|&Play", text="P&revious event", keys=("Alt+Left",), needs="events"),
    Deed(name="next_event", menu="&Play", text="&Next event", keys=("Alt+Right",), needs="events"),
    Deed(name="play_event", menu="&Play", text="Play the e&vent", keys=("Ctrl+Return",), needs="event"),
    Deed(name="analyse", menu="&Model", text="&Analyse this recording", keys=("F5",), needs="recording"),
    Deed(name="cancel", menu="&Model", text="&Cancel", keys=("Esc",)),
    Deed(name="keys", menu="&Help", text="&Keys", keys=("F1",)),
    Deed(name="about", menu="&Help", text="&About Earmark"),
)


class Actions(QObject):
    """A QAction for each deed."""

    def __init__(self, window: QWidget, deeds: Sequence[Deed], doing: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(window)
        self._deeds = deeds
        self._actions = {deed.name: self._action(window, deed, doing[deed.name]) for deed in deeds}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def _action(self, window: QWidget, deed: Deed, do: Callable[[], object]) -> QAction:
        action = QAction(deed.text, self)
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.triggered.connect(lambda checked=False: do())
        window.addAction(action)
        self._explain(action, deed)
        return action

    def _explain(self, action: QAction, deed: Deed) -> None:
        plain = action.text().replace("&", "").rstrip("…")
        action.setToolTip(f"{plain} ({deed.keys[0]})" if deed.keys else plain)

    def rename(self, name: str, text: str, icon_name: str, theme: Theme) -> None:
        """Give an action another text and icon: Play, Stop."""
        action = self._actions[name]
        action.setText(text)
        action.setIcon(icon(icon_name, theme))
        self._explain(action, next(deed for deed in self._deeds if deed.name == name))

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Put the actions into menus; return the menus by name."""
        menus: dict[str, QMenu] = {}
        for deed in self._deeds:
            name = deed.menu.removeprefix("|")
            menu = menus.get(name) or menus.setdefault(name, bar.addMenu(name))
            if deed.menu.startswith("|"):
                menu.addSeparator()
            menu.addAction(self._actions[deed.name])
        return menus

    def allow(self, given: set[str]) -> None:
        """Enable what is possible with what is there."""
        for deed in self._deeds:
            self._actions[deed.name].setEnabled(not deed.needs or deed.needs in given)

    def wear(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        for deed in self._deeds:
            if deed.icon:
                self._actions[deed.name].setIcon(icon(deed.icon, theme))
