"""The recording that is shown: opened, and its spectrogram computed on a thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from earmark.api import EarmarkError
from earmark.audio_file import AudioInfo
from earmark.audio_file import shown as readable
from earmark.gui.centre import Centre
from earmark.gui.drawing import Drawing


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
        self.drawing = Drawing(centre.spectrogram)
        self._centre = centre
        self._connect()

    def _connect(self) -> None:
        self.drawing.opened.connect(self._open)
        self.drawing.failed.connect(self._refuse)
        self.drawing.ended.connect(lambda: self.drawn.emit(self.path))

    def close(self) -> None:
        """End the threads."""
        self._leave()
        self.drawing.close()

    def show(self, path: Path) -> None:
        """Open a recording and show it as it comes."""
        if path == self.path:
            return
        self._leave()
        self.path, self.info = path, None
        self._centre.show_recording(True)
        self._centre.spectrogram.wait_for(f"Opening {readable(path)}…")
        self.drawing.draw(path)

    def leave(self) -> None:
        """Show no recording."""
        self._leave()
        self.path = None

    def _leave(self) -> None:
        self.info = None
        self.drawing.leave()
        self.left.emit()

    def _open(self, info: AudioInfo) -> None:
        self.info = info
        self._centre.span.cover(info.duration)
        self.opened.emit(info.path)

    def _refuse(self, error: EarmarkError) -> None:
        if self.path and self.info is None:
            self._centre.lanes.say("")  # the spectrogram says why
        self.refused.emit(self.path, error)
