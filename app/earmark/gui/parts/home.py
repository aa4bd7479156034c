"""At home: keys, help, theme, panels."""

from __future__ import annotations

from PySide6.QtCore import Qt

from earmark.gui.actions import Deed
from earmark.gui.choices import Choices
from earmark.gui.desk import Desk
from earmark.gui.help import about_window, keys_window
from earmark.gui.layout import Tools
from earmark.gui.part import Menus, Part
from earmark.gui.theme import CHOICES

DEEDS = (
    Deed(name="quit", menu="|&File", text="&Quit", keys=("Ctrl+Q",)),
    Deed(name="full_screen", menu="|&View", text="F&ull screen", keys=("F11",)),
    Deed(name="keys", menu="&Help", text="&Keys", keys=("F1",)),
    Deed(name="about", menu="&Help", text="&About Earmark"),
)


class Home:
    """What makes the window a person's own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            menus=self._fill,
            keep=lambda: {"theme": self._desk.appearance.choice},
            escape=self._desk.notices.close_last,
        )

    def equip(self, tools: Tools) -> None:
        """Know the toolbar: it says what the device is."""
        self._tools = tools

    def _doing(self):
        window = self._desk.window
        return {
            "quit": window.close,
            "full_screen": lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
            "keys": lambda: keys_window(window, self._desk.do.deeds).show(),
            "about": lambda: about_window(window, self._tools.device_line).show(),
        }

    def _fill(self, menus: Menus) -> None:
        appearance = self._desk.appearance
        Choices(menus["&View"], "&Theme", CHOICES, appearance.choice, appearance.choose)
