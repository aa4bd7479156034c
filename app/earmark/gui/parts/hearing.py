"""Hearing: playing, where the playhead is, and on which device."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from earmark.gui import playing_manner
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.layout import Tools
from earmark.gui.outputs import Outputs
from earmark.gui.part import Menus, Part
from earmark.gui.playing_manner import PlayingManner
from earmark.gui.theme import Theme
from earmark.gui.transport import Transport
from earmark.route import Stretch

SHORT, LONG = 1.0, 15.0  # seconds of seeking
DEEDS = (
    Deed(name="play", menu="&Play", text="&Play", keys=("Space", "P"), icon="play", needs="sound"),
    Deed(name="play_selection", menu="&Play", text="Play the &selection", keys=("Shift+Space",), needs="stretch"),
    Deed(name="loop", menu="&Play", text="&Loop", keys=("L",), icon="loop", checkable=True),
    Deed(name="loop_selection", menu="&Play", text="L&oop the selection", keys=("Shift+L",), needs="stretch"),
    Deed(name="to_start", menu="|&Play", text="To the s&tart", keys=("Home",), icon="start", needs="recording"),
    Deed(name="to_end", menu="&Play", text="To the &end", keys=("End",), icon="end", needs="recording"),
    Deed(name="back", menu="&Play", text="&Back 1 s", keys=("Left",), needs="recording"),
    Deed(name="forward", menu="&Play", text="&Forward 1 s", keys=("Right",), needs="recording"),
    Deed(name="back_far", menu="&Play", text="Ba&ck 15 s", keys=("Shift+Left",), needs="recording"),
    Deed(name="forward_far", menu="&Play", text="Forw&ard 15 s", keys=("Shift+Right",), needs="recording"),
    *playing_manner.DEEDS,
)


class Hearing:
    """The player, its keys and its clock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.transport = Transport(lambda: desk.playback.level)
        self.outputs = Outputs(desk.playback, desk.notices)
        self.manner = PlayingManner(desk, self.transport)
        self.sound = self.outputs.check
        self._connect()

    def _connect(self) -> None:
        desk, player = self._desk, self._desk.player
        player.failed.connect(desk.notices.report)
        player.moved.connect(lambda seconds: self._show_clock())
        player.playing_changed.connect(self._show_playing)
        player.playing_changed.connect(self.transport.meter.follow)
        desk.centre.sought.connect(player.seek)
        desk.shown.left.connect(lambda: self._load(None))
        desk.shown.opened.connect(self._load)
        desk.selection.changed.connect(self._follow_selection)
        self.outputs.changed.connect(self._show_playing)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._doing() | self.manner.doing(),
            given=lambda: {"sound"} if self._desk.shown.info else set(),
            menus=self._fill,
            keep=lambda: {**self.manner.keep(), "output": self.outputs.wished},
            restore=self._restore,
            wear=self._wear,
            close=self.sound.close,
        )

    def equip(self, tools: Tools) -> None:
        """Show the clock in the toolbar."""
        self._show_clock()

    def start(self) -> None:
        """Look for a sound device."""
        self.sound.start()

    def _doing(self):
        player, span = self._desk.player, self._desk.span
        return {
            "play": self._toggle,
            "play_selection": self._play_selection,
            "loop": player.repeat,
            "loop_selection": self._loop_selection,
            "to_start": lambda: player.seek(0.0),
            "to_end": lambda: player.seek(span.duration),
            "back": lambda: player.seek(player.position - SHORT),
            "forward": lambda: player.seek(player.position + SHORT),
            "back_far": lambda: player.seek(player.position - LONG),
            "forward_far": lambda: player.seek(player.position + LONG),
        }

    def _fill(self, menus: Menus) -> None:
        play = menus["&Play"]
        self.manner.fill(play)
        self.outputs.fill(play, before=self._desk.do["only_band"])

    def _restore(self, kept: Mapping[str, Any]) -> None:
        self.manner.restore(kept)
        output = kept.get("output")
        if isinstance(output, str):
            self.outputs.choose(output)

    def _wear(self, theme: Theme) -> None:
        self.transport.wear(theme)
        self._show_playing()
        self.manner.show_muted()

    def _load(self, path: Path | None) -> None:
        info = self._desk.shown.info
        self._desk.player.load(path, info.duration if path and info else 0.0)
        self._show_clock()

    def _selected(self) -> Stretch | None:
        """Return the seconds selected, or else those of the event selected."""
        if selected := self._desk.selection.stretch:
            return selected.start, selected.end
        events = self._desk.findings.selected_events
        return (events[-1].onset, events[-1].offset) if events else None

    def _toggle(self) -> None:
        if not (self._desk.replay and self._desk.replay()):
            self._desk.player.toggle()

    def _play_selection(self) -> None:
        if selected := self._selected():
            self._desk.player.play(*selected)

    def _loop_selection(self) -> None:
        self._desk.do["loop"].setChecked(True)
        self._desk.player.repeat(True)
        self._play_selection()

    def _follow_selection(self) -> None:
        selected = self._desk.selection.stretch
        self._desk.player.show_region((selected.start, selected.end) if selected else None)

    def _show_clock(self) -> None:
        info = self._desk.shown.info
        self.transport.clock.show_time(self._desk.player.position, info.duration if info else 0.0)

    def _show_playing(self) -> None:
        name = "stop" if self._desk.player.playing else "play"
        self._desk.do.rename("play", f"&{name.capitalize()}", name, self._desk.appearance.theme)
        if self.outputs.missing:
            action = self._desk.do["play"]
            action.setToolTip(f"{action.toolTip()}. {self.outputs.missing}")
