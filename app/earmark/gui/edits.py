"""What a person does to events, each as one change that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from earmark import judging
from earmark.annotations import Change
from earmark.errors import EarmarkError
from earmark.gui.desk import Desk
from earmark.gui.label_colours import label_text
from earmark.gui.labels import Labels
from earmark.judging import JudgedEvent, answers_of
from earmark.times import stretch_of

JUST_HEARD = 1.0  # seconds that a label given while playing covers: one presses after what one hears


class Edits:
    """Edits of the events that are selected, or named."""

    def __init__(self, desk: Desk, labels: Labels) -> None:
        self._desk, self._labels = desk, labels

    @property
    def _selected(self) -> list[JudgedEvent]:
        return self._desk.findings.selected_events

    def _make(self, edit: Callable[[], Change]) -> None:
        """Make a change, or say why it cannot be made."""
        try:
            change = edit()
        except EarmarkError as error:
            self._desk.notices.report(error)
        else:
            self._desk.findings.apply(change)

    def accept(self, events: Sequence[JudgedEvent] | None = None) -> None:
        """Say that events are there."""
        chosen = self._selected if events is None else events
        self._make(lambda: judging.accept(chosen, self._desk.author))

    def reject(self, events: Sequence[JudgedEvent] | None = None) -> None:
        """Say that events are not there; what a person drew, and no model heard, is taken away."""
        chosen = self._selected if events is None else events
        all_heard = all(answers_of(event) for event in chosen)
        self._make(lambda: (judging.reject if all_heard else judging.delete)(chosen, self._desk.author))

    def take_back(self) -> None:
        """Make events unreviewed again."""
        self._make(lambda: judging.unjudge(self._selected))

    def relabel(self, label: str) -> None:
        """Say that the selected events are something else."""
        self._make(lambda: judging.relabel(self._selected, label, self._desk.author))

    def ask_and_relabel(self, *, by_mouse: bool = False) -> None:
        """Ask what the selected events are."""
        events = self._selected
        if events:
            called = label_text(events[0].label) if len(events) == 1 else f"{len(events)} events"
            self._labels.ask(f"{called} is really…", self.relabel, by_mouse=by_mouse)

    def assign(self, number: int) -> None:
        """Give the label of a number key to the selected events, or to the stretch that is selected."""
        label = self._labels.book.numbered().get(number)
        if label is None:
            hint = "Right-click a lane's name and choose Number key."
            self._desk.notices.say(f"No label has the key {number}.", hint=hint)
        elif self._selected:
            self.relabel(label)
        elif self._desk.selection.stretch:
            self.draw_selection(label)

    def draw(self, label: str, onset: float, offset: float) -> None:
        """Say that something is there; ask what where no label is given."""
        if not label:
            self._labels.ask("What is it?", lambda named: self.draw(named, onset, offset), by_mouse=True)
            return
        self._make(lambda: judging.draw(label, onset, offset, self._desk.author, duration=self._desk.span.duration))

    def draw_selection(self, label: str) -> None:
        """Give a label to the selected stretch, and to its frequencies."""
        if stretch := self._desk.selection.stretch:
            self._make(
                lambda: judging.draw(
                    label,
                    stretch.start,
                    stretch.end,
                    self._desk.author,
                    low=stretch.low,
                    high=stretch.high,
                    duration=self._desk.span.duration,
                )
            )

    def ask_and_draw_selection(self) -> None:
        """Ask what is in the selected stretch."""
        if self._desk.selection.stretch:
            self._labels.ask("What is in the selection?", self.draw_selection)

    def ask_and_draw_here(self) -> None:
        """Ask what was heard just now; while one types, it plays on."""
        here = self._desk.player.position
        onset, offset = max(here - JUST_HEARD, 0.0), max(here, JUST_HEARD)
        self._labels.ask("What was just heard?", lambda label: self.draw(label, onset, offset))

    def drag(self, event: JudgedEvent, label: str, onset: float, offset: float) -> None:
        """Move an event, or its edges; in another lane it gets that label."""
        if label in ("", event.label):
            self.move(event, onset, offset)
            return

        def moved() -> Change:
            change = judging.relabel([event], label, self._desk.author)
            return replace(change, after=tuple(replace(each, onset=onset, offset=offset) for each in change.after))

        self._make(moved)

    def move(self, event: JudgedEvent, onset: float, offset: float) -> None:
        """Say that an event is at these times."""
        duration = self._desk.span.duration
        if (onset, offset) != (event.onset, event.offset):
            self._make(lambda: judging.move(event, onset, offset, self._desk.author, duration=duration))

    def retime(self, event: JudgedEvent, onset: float, offset: float) -> None:
        """Move an event to times that were typed."""
        try:
            times = stretch_of(onset, offset, duration=self._desk.span.duration)
        except EarmarkError as error:
            self._desk.notices.report(error)
        else:
            self.move(event, *times)

    def merge(self) -> None:
        """Make one of the selected events."""
        self._make(lambda: judging.merge(self._selected, self._desk.author))

    def split(self, at: float | None = None) -> None:
        """Make two of a selected event: at a time, or at the playhead."""
        at = self._desk.player.position if at is None else at
        events = self._selected
        inside = next((event for event in events if event.onset < at < event.offset), events[-1] if events else None)
        if inside:
            self._make(lambda: judging.split(inside, at, self._desk.author))

    def unreviewed(self, label: str) -> list[JudgedEvent]:
        """Return the events of a label that nobody has answered."""
        events = self._desk.findings.events
        return [event for event in events if event.label == label and event.status == "unreviewed"]

    def select_label(self, label: str) -> None:
        """Select all events of a label."""
        events = self._desk.findings.events
        self._desk.findings.select(number for number, event in enumerate(events) if event.label == label)
