"""How the spectrogram looks: chosen in the panel, at the decibel bar or by a preset, shown at once, remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from earmark.gui.drawing import Drawing
from earmark.gui.look import AUTOMATIC, Look, as_plain, from_plain
from earmark.gui.spectrogram_view import SpectrogramView
from earmark.loudness import RANGE_DB
from earmark.spectrogram import Grid


class ViewSettings(QObject):
    """The look that is chosen, and the one place that brings it into the view."""

    changed = Signal()

    def __init__(self, view: SpectrogramView, drawing: Drawing) -> None:
        super().__init__(view)
        self.look = Look()
        self.grid: Grid | None = None  # of the recording shown
        self._view, self._drawing = view, drawing
        view.bar.chosen.connect(lambda low, high: self.change(decibels=(low, high)))
        view.bar.reset.connect(lambda: self.change(decibels=AUTOMATIC))
        drawing.begun.connect(self._note_grid)

    @property
    def decibel_range(self) -> tuple[float, float]:
        """Return the decibels that the colours span now, whoever chose them."""
        pixels, chosen = self._view.item.pixels, self.look.decibels
        if isinstance(chosen, tuple):
            return chosen
        return pixels.decibel_range if pixels else (-RANGE_DB, 0.0)

    def state(self) -> dict[str, Any]:
        """Return the look for a preset, as JSON can hold it."""
        return as_plain(self.look)

    def apply(self, state: Mapping[str, Any]) -> None:
        """Take the look of a preset; what it lacks is as by default."""
        self._show(from_plain(state))

    def change(self, **chosen: Any) -> None:
        """Change some of it."""
        self._show(replace(self.look, **chosen))

    def reset(self) -> None:
        """Be as at the first start."""
        self._show(Look())

    def _show(self, look: Look) -> None:
        before, self.look = self.look, look
        if look == before:
            return
        if look.scale != before.scale:
            self._view.show_scale(look.scale)
        if look.colours != before.colours:
            self._view.show_colours(look.colours)
        if look.decibels != before.decibels:
            self._show_decibels(look.decibels)
        if (look.lowest, look.highest) != (before.lowest, before.highest):
            self._view.frequencies.limit(look.lowest, look.highest)
        self._drawing.compute(look.settings, look.channel)
        self.changed.emit()

    def _show_decibels(self, decibels: tuple[float, float] | str) -> None:
        item = self._view.item
        if isinstance(decibels, tuple):
            item.show_range(*decibels)
        else:
            (item.show_auto if decibels == AUTOMATIC else item.show_default)()

    def _note_grid(self, grid: Grid) -> None:
        self.grid = grid
        self.changed.emit()
