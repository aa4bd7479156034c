"""The spectrogram of the recording shown: computed on a thread, and again when it is to be computed otherwise."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from earmark.audio_file import AudioInfo
from earmark.gui.pixels import Pixels
from earmark.gui.spectrogram_item import SpectrogramItem
from earmark.gui.spectrogram_loader import SpectrogramLoader
from earmark.gui.spectrogram_view import SpectrogramView
from earmark.spectrogram import Grid, SpectrogramSettings
from earmark.tile_cache import TileCache


class Drawing(QObject):
    """Brings what a loader computes into the view, whatever loader that is.

    While a recording is computed in another way, it is shown as it was until there is something to show.
    """

    opened = Signal(object)  # AudioInfo, of a recording that was not shown
    begun = Signal(object)  # Grid: of the recording, or when it is computed in another way
    ended = Signal()  # all of it is there
    failed = Signal(object)  # EarmarkError
    peaks_grown = Signal(int, object)  # first bin, peaks [bins, 2] of the waveform; from bin 0 on again after `begun`

    def __init__(self, view: SpectrogramView, cache: TileCache | None = None) -> None:
        super().__init__()
        self.settings = SpectrogramSettings()
        self.channel: str | int = "mix"
        self._view, self.cache = view, cache or TileCache()
        self._loader: SpectrogramLoader | None = None
        self._leaving: set[SpectrogramLoader] = set()
        self._next: Pixels | None = None  # of the loader; they are the item's once there is something in them
        self._is_shown = False  # the loader's pixels are the item's
        self._path: Path | None = None  # of what is drawn
        view.item.lacked.connect(self._want)

    def draw(self, path: Path) -> None:
        """Draw another recording."""
        self.leave()
        self._begin(path)

    def compute(self, settings: SpectrogramSettings, channel: str | int = "mix") -> None:
        """Draw with other settings, or another channel, from now on; the stretch in view stays."""
        if (settings, channel) == (self.settings, self.channel):
            return
        self.settings, self.channel = settings, channel
        if self._loader:
            self._begin(self._stop())

    def leave(self) -> None:
        """Draw nothing."""
        if self._loader:
            self._stop()
        self._path, self._next = None, None
        self._view.show_pixels(None)

    def close(self) -> None:
        """End the threads."""
        self.leave()
        for loader in self._leaving:
            loader.wait()

    def _begin(self, path: Path) -> None:
        self._next, self._is_shown = None, False
        self._loader = loader = SpectrogramLoader(path, self.cache, settings=self.settings, channel=self.channel)
        self._connect(loader, loader.opened, self._open)
        self._connect(loader, loader.sampled, lambda columns: self._filled().add_sampled(columns))
        self._connect(loader, loader.whole_grown, lambda *columns: self._filled().add_whole(*columns))
        self._connect(loader, loader.tile_ready, lambda *tile: self._filled().add_tile(*tile))
        self._connect(loader, loader.peaks_grown, self.peaks_grown.emit)
        self._connect(loader, loader.whole_ended, self.ended.emit)
        self._connect(loader, loader.failed, self.failed.emit)
        loader.finished.connect(partial(self._forget, loader))
        loader.start()

    def _connect(self, loader: SpectrogramLoader, signal: SignalInstance, then) -> None:
        """Call on as long as the loader is the one that is shown."""

        def pass_on(*what) -> None:
            if loader is self._loader:
                then(*what)

        signal.connect(pass_on)

    def _stop(self) -> Path:
        loader = self._loader
        if loader is None:
            raise ValueError("nothing is drawn")
        self._leaving.add(loader)
        self._loader = None
        loader.stop()
        return loader.path

    def _forget(self, loader: SpectrogramLoader) -> None:
        self._leaving.discard(loader)
        if loader is self._loader:
            self._loader = None
        loader.deleteLater()

    def _open(self, info: AudioInfo, grid: Grid) -> None:
        self._next = Pixels(grid, self._view.item.style)
        if self._path is None:
            self._path = info.path
            self.opened.emit(info)
            self._filled()
        self.begun.emit(grid)

    def _filled(self) -> SpectrogramItem:
        """Return the view, showing what is computed now."""
        if self._next:
            self._view.show_pixels(self._next)
            self._next, self._is_shown = None, True
        return self._view.item

    def _want(self, tiles: list) -> None:
        if self._loader and self._is_shown:  # else the tiles are of another grid
            self._loader.want(tiles)
