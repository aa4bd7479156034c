"""Hearing: playing, how fast, how loud, and where the playhead is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from earmark.decibels import amplitude
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.layout import Tools
from earmark.gui.outputs import Outputs
from earmark.gui.part import Menus, Part
from earmark.gui.speed_menu import SpeedMenu
from earmark.gui.theme import Theme
from earmark.gui.transport import SPEEDS, Transport

SHORT, LONG = 1.0, 15.0  # seconds of seeking
LOUDER = 3.0  # dB
DEEDS = (
    Deed(name="play", menu="&Play", text="&Play", keys=("Space", "P"), icon="play", needs="recording"),
    Deed(name="play_selection", menu="&Play", text="Play the &selection", keys=("Shift+Space",), needs="stretch"),
    Deed(name="loop", menu="&Play", text="&Loop", keys=("L",), icon="loop", checkable=True),
    Deed(name="loop_selection", menu="&Play", text="L&oop the selection", keys=("Shift+L",), needs="stretch"),
    Deed(name="to_start", menu="|&Play", text="To the s&tart", keys=("Home",), icon="start", needs="recording"),
    Deed(name="to_end", menu="&Play", text="To the &end", keys=("End",), icon="end", needs="recording"),
    Deed(name="back", menu="&Play", text="&Back", keys=("Left",), needs="recording"),
    Deed(name="forward", menu="&Play", text="&Forward", keys=("Right",), needs="recording"),
    Deed(name="back_far", menu="&Play", text="Ba&ck far", keys=("Shift+Left",), needs="recording"),
    Deed(name="forward_far", menu="&Play", text="Forward f&ar", keys=("Shift+Right",), needs="recording"),
    Deed(name="slower", menu="|&Play", text="Slo&wer", keys=("<",)),
    Deed(name="faster", menu="&Play", text="Faster", keys=(">",)),
    Deed(name="louder", menu="|&Play", text="Lo&uder", keys=("Ctrl+Up",)),
    Deed(name="quieter", menu="&Play", text="&Quieter", keys=("Ctrl+Down",)),
    Deed(name="mute", menu="&Play", text="&Mute", keys=("M",), icon="volume", checkable=True),
    Deed(name="only_band", menu="|&Play", text="Only t&he selected frequencies", keys=("B",), checkable=True),
)


class Hearing:
    """The player, its keys, its clock, and the manner in which it plays."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.transport = Transport(lambda: desk.playback.level)
        self.outputs = Outputs(desk.playback, desk.notices)
        self.sound = self.outputs.check
        self._connect()

    def _connect(self) -> None:
        desk, player, transport = self._desk, self._desk.player, self.transport
        player.failed.connect(desk.notices.report)
        player.moved.connect(lambda seconds: self._show_clock())
        player.playing_changed.connect(self._show_playing)
        player.playing_changed.connect(transport.meter.follow)
        desk.centre.sought.connect(player.seek)
        desk.shown.left.connect(lambda: self._load(None))
        desk.shown.opened.connect(self._load)
        desk.shown.drawing.begun.connect(lambda grid: self._follow_channel())
        desk.selection.changed.connect(self._follow_selection)
        transport.speed.chosen.connect(self._choose_speed)
        transport.volume.chosen.connect(lambda level: self._turn_up())
        self.outputs.changed.connect(self._show_playing)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing=self._playing() | self._manner(),
            menus=self._fill,
            keep=self._keep,
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

    def _playing(self):
        player, span = self._desk.player, self._desk.span
        return {
            "play": player.toggle,
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

    def _manner(self):
        volume = self.transport.volume
        return {
            "slower": lambda: self._step_speed(-1),
            "faster": lambda: self._step_speed(1),
            "louder": lambda: volume.step(LOUDER),
            "quieter": lambda: volume.step(-LOUDER),
            "mute": lambda muted: self._turn_up(),
            "only_band": lambda only: self._follow_selection(),
        }

    def _fill(self, menus: Menus) -> None:
        self._speeds = SpeedMenu(menus["&Play"], before=self._desk.do["louder"])
        self._speeds.chosen.connect(self._choose_speed)
        self.outputs.fill(menus["&Play"])

    def _keep(self) -> Mapping[str, Any]:
        muted = self._desk.do["mute"].isChecked()
        return {"volume": self.transport.volume.value(), "muted": muted, "output": self.outputs.wished}

    def _restore(self, kept: Mapping[str, Any]) -> None:
        volume, output = kept.get("volume"), kept.get("output")
        if isinstance(volume, int):
            self.transport.volume.setValue(volume)
        self._desk.do["mute"].setChecked(kept.get("muted") is True)
        self._turn_up()
        if isinstance(output, str):
            self.outputs.choose(output)

    def _wear(self, theme: Theme) -> None:
        self.transport.wear(theme)
        self._show_playing()
        self._show_muted()

    def _load(self, path: Path | None) -> None:
        info = self._desk.shown.info
        self._desk.player.load(path, info.duration if path and info else 0.0)
        self._follow_channel()
        self._show_clock()

    def _stretch(self) -> tuple[float, float] | None:
        """Return the seconds selected, or else those of the event selected."""
        if selected := self._desk.selection.stretch:
            return selected.start, selected.end
        events = self._desk.findings.selected_events
        return (events[-1].onset, events[-1].offset) if events else None

    def _play_selection(self) -> None:
        if stretch := self._stretch():
            self._desk.player.play(*stretch)

    def _loop_selection(self) -> None:
        self._desk.do["loop"].setChecked(True)
        self._desk.player.repeat(True)
        self._play_selection()

    def _follow_selection(self) -> None:
        selected = self._desk.selection.stretch
        self._desk.player.show_region((selected.start, selected.end) if selected else None)
        band = None
        if selected and self._desk.do["only_band"].isChecked() and (selected.low or selected.high):
            info = self._desk.shown.info
            band = (selected.low or 0.0, selected.high or (info.sample_rate / 2 if info else 1e6))
        self._desk.playback.manner = replace(self._desk.playback.manner, band=band)

    def _follow_channel(self) -> None:
        info, channel = self._desk.shown.info, self._desk.shown.drawing.channel
        there = channel == "mix" or (info is not None and int(channel) <= info.channels)
        self._desk.playback.manner = replace(self._desk.playback.manner, channel=channel if there else "mix")

    def _choose_speed(self, speed: float) -> None:
        self.transport.speed.show_speed(speed)
        self._speeds.show_speed(speed)
        self._desk.playback.manner = replace(self._desk.playback.manner, speed=speed)

    def _step_speed(self, count: int) -> None:
        """Go on to the next slower or faster speed of the list."""
        speed = self._desk.playback.manner.speed
        beyond = [each for each in SPEEDS[::count] if (each - speed) * count > 0]
        if beyond:
            self._choose_speed(beyond[0])

    def _turn_up(self) -> None:
        muted = self._desk.do["mute"].isChecked()
        self._desk.playback.gain = 0.0 if muted else amplitude(self.transport.volume.level)
        self._show_muted()

    def _show_muted(self) -> None:
        muted = self._desk.do["mute"].isChecked()
        self._desk.do.rename("mute", "&Mute", "muted" if muted else "volume", self._desk.appearance.theme)

    def _show_clock(self) -> None:
        info = self._desk.shown.info
        self.transport.clock.show_time(self._desk.player.position, info.duration if info else 0.0)

    def _show_playing(self) -> None:
        name = "stop" if self._desk.player.playing else "play"
        self._desk.do.rename("play", f"&{name.capitalize()}", name, self._desk.appearance.theme)
        if self.outputs.missing:
            action = self._desk.do["play"]
            action.setToolTip(f"{action.toolTip()}. {self.outputs.missing}")
