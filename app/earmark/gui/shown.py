"""The recording that is shown: opened, drawn, searched for events, one of which is selected everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from earmark.analysis import Analysis
from earmark.api import EarmarkError
from earmark.audio_file import AudioInfo, shown
from earmark.events import Event
from earmark.gui.analyser import Growth
from earmark.gui.centre import Centre
from earmark.gui.event_finder import EventFinder, Search
from earmark.gui.events_table import EventsTable
from earmark.gui.pixels import Pixels
from earmark.gui.player import Player
from earmark.gui.settings_row import SettingsRow
from earmark.gui.spectrogram_loader import SpectrogramLoader
from earmark.gui.tags import Tags
from earmark.spectrogram import Grid


@dataclass(frozen=True)
class Views:
    """What a recording is shown in."""

    centre: Centre
    tags: Tags
    events: EventsTable
    settings: SettingsRow


class Shown(QObject):
    """Keeps all views of one recording in step."""

    opened = Signal(object)  # Path: it can be heard
    refused = Signal(object, object)  # Path, EarmarkError
    drawn = Signal(object)  # Path: the spectrogram of all of it is there
    changed = Signal()  # what there is: recording, analysis, events, selection

    def __init__(self, views: Views, player: Player) -> None:
        super().__init__()
        self.path: Path | None = None
        self.info: AudioInfo | None = None
        self.analysis: Analysis | None = None
        self.events: Sequence[Event] = ()
        self.selected: int | None = None
        self.scale = "linear"
        self._views, self._player = views, player
        self._search: Search | None = None
        self._here: tuple[Search, int] | None = None  # whose scores the tags show
        self._loader: SpectrogramLoader | None = None
        self._leaving: set[SpectrogramLoader] = set()
        self._finder = EventFinder()
        self._connect()
        self._finder.start()

    def _connect(self) -> None:
        views = self._views
        views.settings.changed.connect(self._search_again)
        self._finder.found.connect(self._show_events)
        self._finder.failed.connect(self._raise)
        for view in (views.events, views.centre.lanes):
            view.picked.connect(self.select)
            view.opened.connect(self.play_event)
        views.centre.sought.connect(self._player.seek)
        views.centre.spectrogram.item.lacked.connect(self._want)
        self._player.moved.connect(self._follow)

    def close(self) -> None:
        """End the threads."""
        self._leave()
        self._finder.stop()
        self._finder.wait()
        for loader in self._leaving:
            loader.wait()

    def show(self, path: Path) -> None:
        """Open a recording and show it as it comes."""
        if path == self.path:
            return
        self._leave()
        self.path, self.info = path, None
        self._views.centre.show_recording(True)
        self._loader = loader = SpectrogramLoader(path)
        loader.opened.connect(lambda info: self._open(loader, info))
        loader.failed.connect(lambda error: self._refuse(loader, error))
        loader.whole_grown.connect(lambda first, columns: self._grow_spectrogram(loader, first, columns))
        loader.tile_ready.connect(lambda *tile: self._add_tile(loader, tile))
        loader.whole_ended.connect(lambda: self.drawn.emit(loader.path))
        loader.finished.connect(lambda: self._forget(loader))
        loader.start()
        self.changed.emit()

    def _leave(self) -> None:
        self._player.load(None, 0.0)
        if self._loader:
            self._leaving.add(self._loader)
            self._loader.stop()
            self._loader = None
        self._views.centre.spectrogram.show_pixels(None)
        self.forget_analysis()

    def _forget(self, loader: SpectrogramLoader) -> None:
        self._leaving.discard(loader)
        if loader is self._loader:
            self._loader = None
        loader.deleteLater()

    def forget_analysis(self) -> None:
        """Show no tags and no events: none are known yet."""
        self.analysis, self._search = None, None
        self.events, self.selected = (), None
        self._views.tags.model.show_tags(())
        self._views.tags.model.show_here({})
        self._views.events.show_events(())
        self._views.centre.lanes.forget()
        self.changed.emit()

    def _open(self, loader: SpectrogramLoader, info: AudioInfo) -> None:
        if loader is not self._loader:
            return
        self.info = info
        pixels = Pixels(Grid(info.sample_rate, info.duration))
        pixels.show_scale(self.scale)
        self._views.centre.span.cover(info.duration)
        self._views.centre.spectrogram.show_pixels(pixels)
        self._player.load(loader.path, info.duration)
        self.changed.emit()
        self.opened.emit(loader.path)

    def _refuse(self, loader: SpectrogramLoader, error: EarmarkError) -> None:
        if loader is self._loader:
            if self.info is None:
                self._views.centre.lanes.say(f"{shown(loader.path)} cannot be shown.")
            self.refused.emit(loader.path, error)

    def _grow_spectrogram(self, loader: SpectrogramLoader, first: int, columns) -> None:
        if loader is self._loader:
            self._views.centre.spectrogram.add_whole(first, columns)

    def _add_tile(self, loader: SpectrogramLoader, tile: tuple) -> None:
        if loader is self._loader:
            self._views.centre.spectrogram.item.add_tile(*tile)

    def _want(self, tiles: list) -> None:
        if self._loader:
            self._loader.want(tiles)

    def show_scale(self, name: str) -> None:
        """Draw the spectrogram on another frequency scale."""
        self.scale = name
        self._views.centre.spectrogram.show_scale(name)

    def show_growth(self, path: Path, growth: Growth) -> None:
        """Show what was heard until now, while the model goes on."""
        if path != self.path or self.analysis:
            return
        order = np.argsort(-growth.highest, kind="stable")
        self._views.tags.model.show_tags([(growth.labels[each], float(growth.highest[each])) for each in order])
        self._look_for(growth.frames, growth.hop, growth.labels, growth.duration)

    def show_analysis(self, path: Path, analysis: Analysis) -> None:
        """Show a result."""
        if path != self.path:
            return
        self.analysis = analysis
        self._views.settings.offer_thresholds(analysis.thresholds)
        self._views.tags.model.show_tags(analysis.tags())
        frames, hop = analysis.timeline()
        self._look_for(frames, hop, analysis.labels, analysis.duration)
        self.changed.emit()

    def _look_for(self, frames, hop: float, labels: tuple[str, ...], duration: float) -> None:
        self._search = Search(frames, hop, labels, duration, self._views.settings.settings())
        self._finder.search(self._search)
        self._show_here()

    def _search_again(self) -> None:
        if self._search:
            old = self._search
            self._look_for(old.frames, old.hop, old.labels, old.duration)

    def _show_events(self, search: Search, events: Sequence[Event]) -> None:
        if self._search is None or search.frames is not self._search.frames:
            return
        kept = same_event(self.events[self.selected], events) if self.selected is not None else None
        self.events, self.selected = events, None
        duration = self.info.duration if self.info else search.duration
        self._views.events.show_events(events)
        self._views.centre.lanes.show_events(events, duration)
        self._views.centre.lanes.say(self._caption(events))
        self.select(kept)

    def _caption(self, events: Sequence[Event]) -> str:
        if self.analysis is None:
            return ""
        if self.analysis.frames is None:
            return f"This model gives one score for {self.analysis.window:g} s: its windows are drawn as steps."
        return "" if events else "No events at this threshold: lower it to see less certain ones."

    def select(self, number: int | None) -> None:
        """Select an event in all views, or none."""
        if number != self.selected and number is not None:
            event = self.events[number]
            self._views.centre.span.reveal_stretch(event.onset, event.offset)
        self.selected = number
        self._views.centre.lanes.select(number)
        self._views.events.select(number)
        self.changed.emit()

    def step(self, count: int) -> None:
        """Select the next or previous event in the table's order, and go there."""
        number = self._views.events.number_beside(count)
        if number is not None:
            self.select(number)
            self._player.seek(self.events[number].onset)

    def play_event(self, number: int | None = None) -> None:
        """Play an event; the selected one where none is named."""
        number = self.selected if number is None else number
        if number is not None:
            self.select(number)
            self._player.play(self.events[number].onset, self.events[number].offset)

    def zoom_to_event(self) -> None:
        """Show the selected event with half its length around it."""
        if self.selected is not None:
            event = self.events[self.selected]
            around = (event.offset - event.onset) / 2
            self._views.centre.span.show(event.onset - around, event.offset + around)

    def given(self) -> set[str]:
        """Return what there is, for what is possible: "recording", "analysis", "events", "event"."""
        there = {
            "recording": self.info is not None,
            "analysis": self.analysis is not None,
            "events": bool(self.events),
            "event": self.selected is not None,
        }
        return {name for name, is_there in there.items() if is_there}

    def _follow(self, seconds: float) -> None:
        self._views.centre.show_playhead(seconds)
        if self.info:
            self._views.centre.span.reveal(seconds)
        self._show_here()

    def _show_here(self) -> None:
        search = self._search
        if search is None:
            return
        step = min(int(self._player.position / search.hop), len(search.frames) - 1)
        if step >= 0 and (search, step) != self._here:
            self._here = (search, step)
            self._views.tags.model.show_here(dict(zip(search.labels, search.frames[step].tolist(), strict=True)))

    @staticmethod
    def _raise(error: Exception) -> None:
        raise error  # a bug: the exception hook shows it


def same_event(event: Event, events: Sequence[Event]) -> int | None:
    """Return the number of the event that overlaps an earlier one of its label the most, or None."""
    shared = {
        number: min(event.offset, each.offset) - max(event.onset, each.onset)
        for number, each in enumerate(events)
        if each.label == event.label
    }
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] > 0 else None
