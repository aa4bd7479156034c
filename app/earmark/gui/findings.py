"""What was found in the recording shown: by a model, by a person, and which of it is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from earmark.analysis import Analysis
from earmark.annotations import Annotation, Change
from earmark.api import Float
from earmark.audio_file import AudioInfo
from earmark.errors import LibraryError
from earmark.events import Event, EventSettings
from earmark.gui.analyser import Growth
from earmark.gui.event_finder import EventFinder, Search
from earmark.journal import Journal, Keeper
from earmark.judging import JudgedEvent, judged
from earmark.label_names import name_read
from earmark.same_events import same_events


class Findings(QObject):
    """The events of one recording, kept in step with scores, settings and judgements."""

    changed = Signal()  # the events
    selected_changed = Signal()
    analysis_changed = Signal()
    change_made = Signal(object)  # Change, done or undone
    failed = Signal(object)  # LibraryError
    _loaded = Signal(object)  # Journal
    _stepped = Signal(object, object)  # Journal, Change | None: an undo that had to wait

    def __init__(self, keeper: Keeper) -> None:
        super().__init__()
        self.analysis: Analysis | None = None
        self.search: Search | None = None  # the scores that events are found in, and how
        self.settings = EventSettings()
        self.events: Sequence[JudgedEvent] = ()
        self.selected: tuple[int, ...] = ()  # numbers into `events`, the one selected last at the end
        self._found: Sequence[Event] = ()
        self._keeper = keeper
        self._journal: Journal | None = None
        self._journals = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._finder = EventFinder()
        self._finder.found.connect(self._take)
        self._finder.failed.connect(_raise)
        self._loaded.connect(self._merge_loaded)
        self._stepped.connect(self._show_step)
        self._finder.start()

    @property
    def found(self) -> Sequence[Event]:
        """Return the model's own events, whatever persons say about them."""
        return self._found

    @property
    def annotations(self) -> Sequence[Annotation]:
        """Return what persons said about this recording."""
        return self._journal.annotations if self._journal else ()

    @property
    def selected_events(self) -> list[JudgedEvent]:
        """Return the events that are selected."""
        return [self.events[number] for number in self.selected]

    def open(self, path: Path, info: AudioInfo) -> None:
        """Begin with a recording: what was said about it before is read on a thread."""
        self.forget()
        journal = Journal(self._keeper, path, info, thread=self._journals, on_failed=self.failed.emit)
        self._journal = journal
        journal.load(lambda: self._loaded.emit(journal))

    def forget(self) -> None:
        """Leave the recording; what was said about it is written on."""
        self._journal = None
        self.forget_analysis()

    def forget_analysis(self) -> None:
        """Forget what the model heard; what persons said stays."""
        self.analysis, self.search = None, None
        self._found = ()
        self._finder.forget()
        self.analysis_changed.emit()
        self._merge()

    def close(self) -> None:
        """Wait until everything is on disk, and end the threads."""
        self._journals.shutdown()
        self._finder.stop()
        self._finder.wait()

    def show_live(self, events: Sequence[Event]) -> None:
        """Show events of live sound, which nobody can judge yet."""
        self._found = events
        self._merge()

    def show_growth(self, growth: Growth) -> None:
        """Show what was heard until now, while the model goes on."""
        if self.analysis is None:
            self._look_for(Search(growth.frames, growth.hop, growth.labels, growth.duration, self.settings))

    def show_analysis(self, analysis: Analysis) -> None:
        """Show a result."""
        self.analysis = analysis
        frames, hop = analysis.timeline()
        self.analysis_changed.emit()
        self._look_for(Search(frames, hop, analysis.labels, analysis.duration, self.settings))

    def adopt(self, events: Sequence[Event]) -> None:
        """Show these events of the model until they are found anew: another view has found them already."""
        self._found = events
        self._merge()

    def use(self, settings: EventSettings) -> None:
        """Find events by other settings, soon."""
        self.settings = settings
        if self.search:
            old = self.search
            self._look_for(Search(old.frames, old.hop, old.labels, old.duration, settings))

    def apply(self, change: Change) -> None:
        """Make a change to the annotations; it can be undone, now and after a restart."""
        if (journal := self._free_journal()) and (change.before or change.after):
            journal.apply(change)
            self._show_change(change)

    def undo(self) -> None:
        """Take the last change back."""
        if journal := self._free_journal():
            self._follow(journal, journal.undo())

    def redo(self) -> None:
        """Make again what was taken back last."""
        if journal := self._free_journal():
            self._follow(journal, journal.redo())

    def undo_names(self) -> tuple[str, str]:
        """Return what undo and redo would do, "" where nothing."""
        return self._journal.names if self._journal else ("", "")

    def smoothed(self, label: str) -> Float | None:
        """Return a label's scores [frames] as events were found in them; None where they are not smoothed."""
        labels = self.search.labels if self.search else ()
        return self._finder.smoothed(labels.index(label)) if label in labels else None

    def label_read(self, name: str) -> str:
        """Return the model's label that is known by a name; "" where it knows none."""
        labels = self.search.labels if self.search else ()
        return next((label for label in labels if name_read(label) == name), "")

    def select(self, numbers: Iterable[int]) -> None:
        """Select these events in all views; none where there are no numbers."""
        chosen = tuple(dict.fromkeys(number for number in numbers if 0 <= number < len(self.events)))
        if chosen != self.selected:
            self.selected = chosen
            self.selected_changed.emit()

    def _look_for(self, search: Search) -> None:
        self.search = search
        self._finder.search(search)

    def _take(self, search: Search, events: Sequence[Event]) -> None:
        if self.search is not None and search.frames is self.search.frames:
            self._found = events
            self._merge()

    def _free_journal(self) -> Journal | None:
        """Return the journal, if it can be written into now."""
        if self._journal and self._journal.is_stepping:
            self.failed.emit(LibraryError("The library is busy with something else.", hint="Try again in a moment."))
            return None
        return self._journal

    def _follow(self, journal: Journal, step: Future[Change | None]) -> None:
        """Show an undo or redo: now, or when the library is free again."""
        if step.done():
            self._show_step(journal, step.result())
        else:
            step.add_done_callback(lambda done: self._stepped.emit(journal, done.result()))

    def _show_step(self, journal: Journal, change: Change | None) -> None:
        if change and journal is self._journal:
            self._show_change(change)

    def _merge_loaded(self, journal: Journal) -> None:
        if journal is self._journal:
            self._merge()

    def _merge(self, wanted: Callable[[JudgedEvent], bool] | None = None) -> None:
        """Put both together; what was selected stays selected, or what a change has put there is."""
        before = self.selected_events
        analysis = self.analysis
        model_id, weights = (analysis.model_id, analysis.weights) if analysis else ("", "")
        self.events = judged(self._found, self.annotations, model_id=model_id, weights=weights)
        if wanted:
            self.selected = tuple(number for number, event in enumerate(self.events) if wanted(event))
        else:
            self.selected = same_events(before, self.events)
        self.changed.emit()
        self.selected_changed.emit()

    def _show_change(self, change: Change) -> None:
        made = {each.annotation_id for each in change.after}
        self._merge((lambda event: bool(event.annotation and event.annotation.annotation_id in made)) if made else None)
        self.change_made.emit(change)


def _raise(error: Exception) -> None:
    raise error  # a bug: the exception hook shows it
