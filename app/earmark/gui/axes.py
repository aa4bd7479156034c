"""Axes: time as h:mm:ss.mmm in steps of the clock, frequency in hertz whatever the scale, lanes by name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from earmark.frequency_scale import FrequencyScale, hertz_text
from earmark.gui.label_colours import label_text

LEFT = 116  # pixels: wide enough for "Crackling fire"; the same beside spectrogram and lanes, so that their times agree
RIGHT = 62  # pixels: the decibel bar, and the lanes' scroll bar
STEPS = (
    *(digit * 10.0**power for power in (-4, -3, -2, -1) for digit in (1, 2, 5)),
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200),
)
TICK_PIXELS = 96  # between labelled ticks at least
ROOM_BELOW = 8  # pixels under a frequency's tick for its text
RULER = 24  # pixels


def time_text(seconds: float, decimals: int = 3) -> str:
    """Return "1:23.456", or "1:02:03.456" from an hour on."""
    units = round(max(seconds, 0.0) * 10**decimals)
    whole, part = divmod(units, 10**decimals)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"{clock}.{part:0{decimals}}" if decimals else clock


def time_step(span: float, pixels: float) -> float:
    """Return the seconds between labelled ticks."""
    wanted = span / max(pixels / TICK_PIXELS, 1)
    return next((step for step in STEPS if step >= wanted), 86_400.0)


class TimeAxis(pg.AxisItem):
    """The ruler above the spectrogram."""

    def __init__(self) -> None:
        super().__init__("top", maxTickLength=-6)
        self.enableAutoSIPrefix(False)
        self.setHeight(RULER)

    def tickSpacing(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return labelled ticks and four or five unlabelled ones between them."""
        step = time_step(maxVal - minVal, size)
        return [(step, 0), (step / (5 if f"{step:.0e}"[0] in "15" else 4), 0)]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return times with as many decimals as the step needs."""
        labelled = time_step(self.range[1] - self.range[0], self.width())
        if spacing < labelled * 0.999:
            return [""] * len(values)
        decimals = max(0, -math.floor(math.log10(spacing))) if spacing < 1 else 0
        return [time_text(value, decimals) for value in values]


class FrequencyAxis(pg.AxisItem):
    """Hertz beside the spectrogram, whose own coordinate is the height in 0..1."""

    def __init__(self) -> None:
        super().__init__("left", maxTickLength=-5)
        self.enableAutoSIPrefix(False)
        self.setWidth(LEFT)
        self.scale_shown = FrequencyScale("linear", 22_050.0)

    def show_scale(self, scale: FrequencyScale) -> None:
        """Draw the ticks of another scale."""
        self.scale_shown = scale
        self.picture = None
        self.update()

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return the heights of the ticks, about one in 44 pixels."""
        ticks = self.scale_shown.ticks(max(2, int(size / 44)))
        heights = [float(self.scale_shown.height(hertz)) for hertz in ticks]
        return [(0.1, [height for height in heights if height * size >= ROOM_BELOW])]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return "500", "2k"; the unit stands above."""
        return [hertz_text(round(float(self.scale_shown.hertz(value)), 3)) for value in values]


class LaneAxis(pg.AxisItem):
    """The lanes' names, elided where they do not fit."""

    def __init__(self) -> None:
        super().__init__("left", maxTickLength=0)
        self.setWidth(LEFT)
        self.setStyle(tickTextOffset=6)
        self._labels: Sequence[str] = ()

    def show_labels(self, labels: Sequence[str]) -> None:
        """Name the lanes, from the top down."""
        self._labels = labels
        self.picture = None
        self.update()

    def tickValues(self, minVal, maxVal, size):  # noqa: N802, N803 - pyqtgraph's
        """Return the middles of the lanes in view."""
        top, bottom = sorted((minVal, maxVal))  # the lanes count downwards
        middles = [index + 0.5 for index in range(len(self._labels))]
        return [(1, [middle for middle in middles if top <= middle <= bottom])]

    def tickStrings(self, values, scale, spacing):  # noqa: N802 - pyqtgraph's
        """Return the names."""
        metrics = QFontMetricsF(self.font())
        names = [label_text(self._labels[int(value)]) for value in values]
        return [metrics.elidedText(name, pg.QtCore.Qt.TextElideMode.ElideRight, LEFT - 14) for name in names]
