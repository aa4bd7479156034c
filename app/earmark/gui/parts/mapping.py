"""The map of sounds: windows of recordings on a plane, to look at and to hear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from earmark.analysis import Heading
from earmark.api import Cancelled
from earmark.dataset import open_dataset
from earmark.errors import EarmarkError
from earmark.evaluation.embeddings import MapPoint
from earmark.evaluation.sound_map import MapSource, SoundMap, sound_map
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.map_window import FOLDER, LIBRARY, MapWindow
from earmark.gui.part import Part
from earmark.gui.theme import Theme

DEEDS = (Deed(name="sound_map", menu="&Tools", text="&Map of sounds…", needs="embedding_model"),)


class Mapping(QObject):
    """Has a map made, on a thread, and plays what is clicked on it."""

    _went_on = Signal(str, float)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window: MapWindow | None = None  # once it was asked for
        self._is_cancelled = False
        self._errands = Errands(desk, desk.notices.report)
        self._to_play: MapPoint | None = None  # once its recording is open
        desk.shown.opened.connect(self._play_opened)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={"sound_map": self.show},
            given=lambda: {"embedding_model"} if self._models() else set(),
            wear=self._wear,
            close=self._close,
        )

    @property
    def window(self) -> MapWindow:
        """Return the window of the map; it is made when it is first asked for."""
        if self._window is None:
            self._window = MapWindow(self._desk.window)
            self._window.wear(self._desk.appearance.theme)
            self._window.asked.connect(self.draw)
            self._window.cancelled.connect(self._cancel)
            self._window.plot.played.connect(self.play)
            self._window.plot.opened.connect(self.open)
            self._went_on.connect(lambda what, part: self.window.progress.go_on(what, part, 1.0))
        return self._window

    def show(self) -> None:
        """Show the window, with the models that can compare sounds."""
        self.window.offer(self._models(), self._desk.listening.model_id)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def draw(self, source: str, model_id: str) -> None:
        """Have a map made of some recordings."""
        gather = self._gather(source)
        heading = next((each for each in self._models() if each.model_id == model_id), None)
        if gather and heading:
            self._is_cancelled = False
            self.window.work(is_on=True)
            self._errands.run(lambda: self._make(heading, gather), self._show_map, ended=self._end)

    def play(self, point: MapPoint) -> None:
        """Play a window; without opening its recording, unless that is the one shown."""
        self._desk.play(point.path, point.start, point.end)

    def open(self, point: MapPoint) -> None:
        """Open the recording of a window there."""
        if point.path == self._desk.shown.path:
            self._desk.player.seek(point.start)
        else:
            self._to_play = point
            self._desk.open([point.path])

    def _play_opened(self, path: Path) -> None:
        point, self._to_play = self._to_play, None
        if point and point.path == path:
            self._desk.player.seek(point.start)

    def _models(self) -> list[Heading]:
        return [each for each in self._desk.listening.headings if each.has_weights and each.embeds]

    def _gather(self, source: str) -> Callable[[], Sequence[MapSource]] | None:
        """Return what lists the recordings, which takes a moment; None where the person names no folder."""
        library = self._desk.library
        if source == FOLDER:
            folder = QFileDialog.getExistingDirectory(self.window, "A labelled folder")
            return (lambda: _labelled(Path(folder))) if folder else None
        if source == LIBRARY:
            return lambda: [MapSource(path=each.path) for each in library.recordings()] if library else []
        paths = self._desk.recordings.paths()
        return lambda: [MapSource(path=path) for path in paths]

    def _make(self, heading: Heading, gather: Callable[[], Sequence[MapSource]]) -> SoundMap | None:
        """Make it, on a thread; None where the person changed their mind."""
        sources = gather()
        if not sources:
            raise EarmarkError("There is no recording to put on the map.", hint="Open some first.")
        try:
            return sound_map(
                self._desk.engines,
                heading,
                sources,
                on_progress=self._went_on.emit,
                cancelled=lambda: self._is_cancelled,
            )
        except Cancelled:
            return None

    def _show_map(self, found: SoundMap | None) -> None:
        if found:
            self.window.show_map(found)

    def _end(self) -> None:
        self.window.work(is_on=False)

    def _cancel(self) -> None:
        self._is_cancelled = True

    def _wear(self, theme: Theme) -> None:
        if self._window:
            self._window.wear(theme)

    def _close(self) -> None:
        self._is_cancelled = True
        if self._window:
            self._window.close()
        self._errands.close()


def _labelled(folder: Path) -> list[MapSource]:
    """Return the recordings of a labelled folder with their labels."""
    return [
        MapSource(path=each.path, start=each.start, end=each.end, label=", ".join(each.labels))
        for each in open_dataset(folder).examples
    ]
