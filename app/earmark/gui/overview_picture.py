"""What does not move in the overview: the waveform of the whole recording, and its events as ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from earmark.api import Float
from earmark.gui.label_colours import label_colour
from earmark.gui.theme import Theme
from earmark.judging import JudgedEvent
from earmark.waveform import bin_count, joined_peaks

TICK_ROWS, ROW_PIXELS = 4, 3  # labels share these rows under the waveform
NARROWEST = 2  # pixels of an event
TICKS_HEIGHT = TICK_ROWS * ROW_PIXELS + 2
QUIETEST = 0.05  # amplitude: a recording quieter than this is drawn as loud as if it reached it


class Waveform:
    """The peaks of a whole recording, as they come in."""

    def __init__(self, samples: int) -> None:
        self._peaks = np.zeros((bin_count(samples), 2), np.float32)  # [bins, lowest and highest]
        self._known = 0

    def add(self, first: int, peaks: Float) -> None:
        """Note the peaks [bins, 2] from a bin on."""
        room = peaks[: max(len(self._peaks) - first, 0)]
        self._peaks[first : first + len(room)] = room
        self._known = max(self._known, first + len(room))

    def columns(self, pixels: int) -> Float:
        """Return the peaks [up to `pixels`, 2] of the pixels whose sound is known, the loudest reaching 1."""
        known = self._peaks[: self._known]
        count = round(pixels * self._known / len(self._peaks))
        loudest = max(float(np.abs(known).max(initial=0)), QUIETEST)
        return joined_peaks(known, count) / loudest if count else known[:0]


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """Events as arrays, so that many of them are quickly placed.

    Attributes:
        kinds: [events], places in `styles`.
        styles: each label and whether its events were rejected, with the row they stand in; later ones cover earlier.
    """

    onsets: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    offsets: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    kinds: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    styles: Sequence[tuple[str, bool, int]] = ()

    def at(self, seconds: float, slack: float) -> int | None:
        """Return the number of the event at a time, the nearest within `slack` seconds of it, or None."""
        if not len(self.onsets):
            return None
        distances = np.maximum(self.onsets - seconds, seconds - self.offsets)
        nearest = int(distances.argmin())
        return nearest if distances[nearest] <= slack else None

    def colours(self, pixels: int, pixels_per_second: float, *, rejected_colour: int) -> NDArray[np.uint32]:
        """Return 0xAARRGGBB [rows of pixels, pixels]; what was rejected is a thinner line, in one colour."""
        image = np.zeros((TICK_ROWS * ROW_PIXELS, pixels), np.uint32)
        for kind, (label, rejected, row) in enumerate(self.styles):
            first = row * ROW_PIXELS
            height = 1 if rejected else ROW_PIXELS - 1
            colour = rejected_colour if rejected else label_colour(label).rgba()
            image[first : first + height, self._covers(kind, pixels, pixels_per_second)] = colour
        return image

    def _covers(self, kind: int, pixels: int, pixels_per_second: float) -> NDArray[np.bool_]:
        """Return at which pixels there are events of a style; each has some at least."""
        chosen = self.kinds == kind
        lefts = np.floor(self.onsets[chosen] * pixels_per_second).astype(np.intp)
        rights = np.ceil(self.offsets[chosen] * pixels_per_second).astype(np.intp)
        rights = np.maximum(rights, lefts + NARROWEST)
        begun = np.bincount(lefts.clip(0, pixels), minlength=pixels + 1)
        ended = np.bincount(rights.clip(0, pixels), minlength=pixels + 1)
        return np.cumsum(begun - ended)[:pixels] > 0


def ticks_of(events: Sequence[JudgedEvent]) -> Ticks:
    """Return the ticks of these events."""
    rows = {label: row % TICK_ROWS for row, label in enumerate(sorted({event.label for event in events}))}
    styles = [(label, rejected, row) for label, row in rows.items() for rejected in (True, False)]
    places = {(label, rejected): place for place, (label, rejected, _) in enumerate(styles)}
    return Ticks(
        onsets=np.array([event.onset for event in events], np.float64),
        offsets=np.array([event.offset for event in events], np.float64),
        kinds=np.array([places[event.label, event.status == "rejected"] for event in events], np.intp),
        styles=styles,
    )


@dataclass(frozen=True)
class OverviewPicture:
    """Draws waveform and ticks once, to be shown many times."""

    waveform: Waveform | None
    ticks: Ticks
    duration: float
    theme: Theme

    def drawn(self, size: QSize, ratio: float) -> QPixmap:
        """Return the picture, for a device with `ratio` of its pixels in one of ours."""
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(self.theme.plot))
        painter = QPainter(pixmap)
        if self.waveform:
            room = QRectF(0, 0, size.width(), size.height() - TICKS_HEIGHT)
            self._draw_waveform(painter, self.waveform, room, ratio)
        below = QRectF(0, size.height() - TICKS_HEIGHT + 1, size.width(), TICK_ROWS * ROW_PIXELS)
        self._draw_ticks(painter, below, ratio)
        painter.end()
        return pixmap

    def _draw_waveform(self, painter: QPainter, waveform: Waveform, room: QRectF, ratio: float) -> None:
        columns = waveform.columns(round(room.width() * ratio))
        middle, half = room.center().y(), room.height() / 2 - 1
        painter.setPen(QPen(QColor(self.theme.grid), 1))
        painter.drawLine(QLineF(0, middle, room.width(), middle))
        painter.setPen(QPen(QColor(self.theme.muted), 1 / ratio))
        painter.drawLines(
            [
                QLineF((x + 0.5) / ratio, middle - high * half, (x + 0.5) / ratio, middle - low * half)
                for x, (low, high) in enumerate(columns.tolist())
            ]
        )

    def _draw_ticks(self, painter: QPainter, room: QRectF, ratio: float) -> None:
        pixels = max(round(room.width() * ratio), 1)
        grey = QColor(self.theme.muted).rgba()
        colours = self.ticks.colours(pixels, pixels / max(self.duration, 1e-9), rejected_colour=grey)
        height, width = colours.shape
        painter.drawImage(room, QImage(colours.data, width, height, width * 4, QImage.Format.Format_ARGB32))
