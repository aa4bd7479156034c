"""How the recording is played: how fast, how loud, which of its frequencies and channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QMenu

from earmark.decibels import amplitude
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.speed_menu import SpeedMenu
from earmark.gui.transport import SPEEDS, Transport

LOUDER = 3.0  # dB
DEEDS = (
    Deed(name="slower", menu="|&Play", text="Slo&wer", keys=("<",)),
    Deed(name="faster", menu="&Play", text="Faster", keys=(">",)),
    Deed(name="louder", menu="|&Play", text="Lo&uder", keys=("Ctrl+Up",)),
    Deed(name="quieter", menu="&Play", text="&Quieter", keys=("Ctrl+Down",)),
    Deed(name="mute", menu="&Play", text="&Mute", keys=("M",), icon="volume", checkable=True),
    Deed(name="only_band", menu="|&Play", text="Only t&he selected frequencies", keys=("B",), checkable=True),
)


class PlayingManner:
    """Keeps toolbar, menu and playback in step; volume and mute are remembered."""

    def __init__(self, desk: Desk, transport: Transport) -> None:
        self._desk, self._playback = desk, desk.playback
        self._speed, self._volume = transport.speed, transport.volume
        self._speed.chosen.connect(self.choose_speed)
        self._volume.chosen.connect(lambda level: self._turn_up())
        desk.selection.changed.connect(self._follow_selection)
        desk.shown.opened.connect(lambda path: self._follow_channel())
        desk.shown.drawing.begun.connect(lambda grid: self._follow_channel())

    def doing(self) -> dict[str, Callable[..., object]]:
        """Return what its deeds do."""
        return {
            "slower": lambda: self._step_speed(-1),
            "faster": lambda: self._step_speed(1),
            "louder": lambda: self._volume.step(LOUDER),
            "quieter": lambda: self._volume.step(-LOUDER),
            "mute": lambda muted: self._turn_up(),
            "only_band": lambda only: self._follow_selection(),
        }

    def fill(self, menu: QMenu) -> None:
        """Put the speeds into the menu."""
        self._speeds = SpeedMenu(menu, before=self._desk.do["louder"])
        self._speeds.chosen.connect(self.choose_speed)

    def keep(self) -> Mapping[str, Any]:
        """Return what is remembered."""
        return {"volume": self._volume.value(), "muted": self._is_muted}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Be as loud as the last time."""
        volume = kept.get("volume")
        if isinstance(volume, int):
            self._volume.setValue(volume)
        self._desk.do["mute"].setChecked(kept.get("muted") is True)
        self._turn_up()

    def choose_speed(self, speed: float) -> None:
        """Play at this speed from now on."""
        self._speed.show_speed(speed)
        self._speeds.show_speed(speed)
        self._playback.manner = replace(self._playback.manner, speed=speed)

    def show_muted(self) -> None:
        """Draw in the theme's colours whether it is muted."""
        icon = "muted" if self._is_muted else "volume"
        self._desk.do.rename("mute", "&Mute", icon, self._desk.appearance.theme)

    @property
    def _is_muted(self) -> bool:
        return self._desk.do["mute"].isChecked()

    def _step_speed(self, count: int) -> None:
        """Go on to the next slower or faster speed of the list."""
        speed = self._playback.manner.speed
        beyond = [each for each in SPEEDS[::count] if (each - speed) * count > 0]
        if beyond:
            self.choose_speed(beyond[0])

    def _turn_up(self) -> None:
        self._playback.gain = 0.0 if self._is_muted else amplitude(self._volume.level)
        self.show_muted()

    def _follow_selection(self) -> None:
        selected, info = self._desk.selection.stretch, self._desk.shown.info
        is_wished = self._desk.do["only_band"].isChecked()
        band = None
        if is_wished and info and selected and (selected.low or selected.high):
            band = (selected.low or 0.0, selected.high or info.sample_rate / 2)
        self._playback.manner = replace(self._playback.manner, band=band)

    def _follow_channel(self) -> None:
        """Play the channel that is drawn; where the recording has no such one, all are drawn mixed."""
        info, channel = self._desk.shown.info, self._desk.shown.drawing.channel
        is_there = channel == "mix" or (info is not None and int(channel) <= info.channels)
        self._playback.manner = replace(self._playback.manner, channel=channel if is_there else "mix")
