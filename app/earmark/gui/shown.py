"""The recording that is shown: opened, and its spectrogram computed on a thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from earmark.api import EarmarkError
from earmark.audio_file import AudioInfo
from earmark.audio_file import shown as readable
from earmark.gui.centre import Centre
from earmark.gui.pixels import Pixels
from earmark.gui.spectrogram_loader import SpectrogramLoader
from earmark.spectrogram import Grid


class Shown(QObject):
    """Opens one recording at a time and draws it as it comes."""

    left = Signal()  # the recording that was shown before
    opened = Signal(object)  # Path: `info` is known; it can be heard
    refused = Signal(object, object)  # Path, EarmarkError
    drawn = Signal(object)  # Path: the spectrogram of all of it is there

    def __init__(self, centre: Centre) -> None:
        super().__init__()
        self.path: Path | None = None
        self.info: AudioInfo | None = None
        self.scale = "linear"
        self._centre = centre
        self._loader: SpectrogramLoader | None = None
        self._leaving: set[SpectrogramLoader] = set()
        centre.spectrogram.item.lacked.connect(self._want)

    def close(self) -> None:
        """End the threads."""
        self._leave()
        for loader in self._leaving:
            loader.wait()

    def show(self, path: Path) -> None:
        """Open a recording and show it as it comes."""
        if path == self.path:
            return
        self._leave()
        self.path, self.info = path, None
        self._centre.show_recording(True)
        self._loader = loader = SpectrogramLoader(path)
        loader.opened.connect(lambda info: self._open(loader, info))
        loader.failed.connect(lambda error: self._refuse(loader, error))
        loader.whole_grown.connect(lambda first, columns: self._grow(loader, first, columns))
        loader.tile_ready.connect(lambda *tile: self._add_tile(loader, tile))
        loader.whole_ended.connect(lambda: self.drawn.emit(loader.path))
        loader.finished.connect(lambda: self._forget(loader))
        loader.start()

    def _leave(self) -> None:
        if self._loader:
            self._leaving.add(self._loader)
            self._loader.stop()
            self._loader = None
        self._centre.spectrogram.show_pixels(None)
        self.left.emit()

    def _forget(self, loader: SpectrogramLoader) -> None:
        self._leaving.discard(loader)
        if loader is self._loader:
            self._loader = None
        loader.deleteLater()

    def _open(self, loader: SpectrogramLoader, info: AudioInfo) -> None:
        if loader is not self._loader:
            return
        self.info = info
        pixels = Pixels(Grid(info.sample_rate, info.duration))
        pixels.show_scale(self.scale)
        self._centre.span.cover(info.duration)
        self._centre.spectrogram.show_pixels(pixels)
        self.opened.emit(loader.path)

    def _refuse(self, loader: SpectrogramLoader, error: EarmarkError) -> None:
        if loader is self._loader:
            if self.info is None:
                self._centre.lanes.say(f"{readable(loader.path)} cannot be shown.")
            self.refused.emit(loader.path, error)

    def _grow(self, loader: SpectrogramLoader, first: int, columns) -> None:
        if loader is self._loader:
            self._centre.spectrogram.add_whole(first, columns)

    def _add_tile(self, loader: SpectrogramLoader, tile: tuple) -> None:
        if loader is self._loader:
            self._centre.spectrogram.item.add_tile(*tile)

    def _want(self, tiles: list) -> None:
        if self._loader:
            self._loader.want(tiles)

    def show_scale(self, name: str) -> None:
        """Draw the spectrogram on another frequency scale."""
        self.scale = name
        self._centre.spectrogram.show_scale(name)
