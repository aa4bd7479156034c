"""Hearing: playing, and where the playhead is."""

from __future__ import annotations

from pathlib import Path

from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.layout import Tools
from earmark.gui.part import Part
from earmark.gui.sound_check import SoundCheck

SHORT, LONG = 1.0, 15.0  # seconds of seeking
DEEDS = (
    Deed(name="play", menu="&Play", text="&Play", keys=("Space",), icon="play", needs="recording"),
    Deed(name="to_start", menu="|&Play", text="To the &start", keys=("Home",), icon="start", needs="recording"),
    Deed(name="to_end", menu="&Play", text="To the &end", keys=("End",), icon="end", needs="recording"),
    Deed(name="back", menu="&Play", text="&Back", keys=("Left",), needs="recording"),
    Deed(name="forward", menu="&Play", text="&Forward", keys=("Right",), needs="recording"),
    Deed(name="back_far", menu="&Play", text="Back &far", keys=("Shift+Left",), needs="recording"),
    Deed(name="forward_far", menu="&Play", text="Forward f&ar", keys=("Shift+Right",), needs="recording"),
)


class Hearing:
    """The player, its keys and its clock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.tools: Tools | None = None
        self.sound = SoundCheck(desk.playback)
        self.sound.failed.connect(desk.notices.report)
        desk.player.failed.connect(desk.notices.report)
        desk.player.moved.connect(lambda seconds: self._show_clock())
        desk.player.playing_changed.connect(lambda playing: self._show_playing())
        desk.centre.sought.connect(desk.player.seek)
        desk.shown.left.connect(lambda: self._load(None))
        desk.shown.opened.connect(self._load)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._doing(),
            wear=lambda theme: self._show_playing(),
            close=self.sound.close,
        )

    def equip(self, tools: Tools) -> None:
        """Show the clock in the toolbar."""
        self.tools = tools
        self._show_clock()

    def start(self) -> None:
        """Look for a sound device."""
        self.sound.start()

    def _doing(self):
        player, span = self._desk.player, self._desk.span
        return {
            "play": player.toggle,
            "to_start": lambda: player.seek(0.0),
            "to_end": lambda: player.seek(span.duration),
            "back": lambda: player.seek(player.position - SHORT),
            "forward": lambda: player.seek(player.position + SHORT),
            "back_far": lambda: player.seek(player.position - LONG),
            "forward_far": lambda: player.seek(player.position + LONG),
        }

    def _load(self, path: Path | None) -> None:
        info = self._desk.shown.info
        self._desk.player.load(path, info.duration if path and info else 0.0)
        self._show_clock()

    def _show_clock(self) -> None:
        info = self._desk.shown.info
        if self.tools:
            self.tools.show_clock(self._desk.player.position, info.duration if info else 0.0)

    def _show_playing(self) -> None:
        name = "stop" if self._desk.player.playing else "play"
        self._desk.do.rename("play", f"&{name.capitalize()}", name, self._desk.appearance.theme)
