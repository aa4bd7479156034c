"""How the spectrogram is computed and drawn, as it is remembered and kept in presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from earmark.frequency_scale import NAMES as SCALES
from earmark.gui import colour_maps
from earmark.spectrogram import FFT_SIZES, OVERLAPS, WINDOWS, Grid, SpectrogramSettings

AUTOMATIC, BELOW_LOUDEST = "automatic", "below loudest"
MOST_CHANNELS = 1024
LARGEST = 1e9  # hertz or decibels: what a field for whole numbers holds


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a person chose.

    Attributes:
        decibels: the range of the colours, or the name of a rule.
        fft_size: samples; None is about 26 ms.
        channel: "mix", or its number from 1.
        lowest, highest: hertz in view; None is all that there is.
    """

    scale: str = "linear"
    colours: str = "viridis"
    decibels: tuple[float, float] | str = BELOW_LOUDEST
    fft_size: int | None = None
    window: str = "hann"
    overlap: float = 0.875
    channel: str | int = "mix"
    lowest: float | None = None
    highest: float | None = None

    @property
    def settings(self) -> SpectrogramSettings:
        """Return how it is computed."""
        return SpectrogramSettings(fft_size=self.fft_size, window=self.window, overlap=self.overlap)


def as_plain(look: Look) -> dict[str, Any]:
    """Return a look as JSON can hold it."""
    return asdict(look)


def from_plain(plain: Mapping[str, Any]) -> Look:
    """Return the look of `as_plain`; what is missing, or cannot be used here, is as by default."""
    wanted = {each.name: plain[each.name] for each in fields(Look) if each.name in plain}
    usable = {name: value for name, value in wanted.items() if _CAN_BE_USED[name](value)}
    if isinstance(usable.get("decibels"), list):
        usable["decibels"] = tuple(usable["decibels"])
    if not _is_range(usable.get("lowest"), usable.get("highest")):
        usable["lowest"] = usable["highest"] = None
    return Look(**usable)


def resolution_text(grid: Grid) -> str:
    """Return how long and how high a point of the spectrogram is: "23 ms × 43 Hz, a column each 2.9 ms"."""
    length, height = grid.fft_size / grid.sample_rate, grid.sample_rate / grid.fft_size
    return f"{_short(length * 1000)} ms × {_short(height)} Hz, a column each {_short(grid.column_seconds(0) * 1000)} ms"


def channel_names(channels: int) -> dict[str | int, str]:
    """Return what can be shown of a recording: all channels mixed, or one of them."""
    if channels == 2:
        return {"mix": "Both mixed", 1: "Left", 2: "Right"}
    numbered: dict[str | int, str] = {number: f"Channel {number}" for number in range(1, channels + 1)}
    return {"mix": "All mixed" if channels > 1 else "Mono"} | (numbered if channels > 1 else {})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_decibels(value: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) == 2 and all(map(_is_number, value)) and value[0] < value[1]
    return value in (AUTOMATIC, BELOW_LOUDEST)


def _is_channel(value: object) -> bool:
    return value == "mix" or (_is_number(value) and value in range(1, MOST_CHANNELS + 1))


def _is_hertz(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and _is_number(value) and value >= 0)


def _is_range(lowest: float | None, highest: float | None) -> bool:
    return lowest is None or highest is None or lowest < highest


_CAN_BE_USED = {
    "scale": lambda value: value in SCALES,
    "colours": lambda value: value in colour_maps.NAMES,
    "decibels": _is_decibels,
    "fft_size": lambda value: value is None or value in FFT_SIZES,
    "window": lambda value: isinstance(value, str) and value in WINDOWS,
    "overlap": lambda value: value in OVERLAPS,
    "channel": _is_channel,
    "lowest": _is_hertz,
    "highest": _is_hertz,
}


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
