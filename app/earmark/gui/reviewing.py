"""The review as a person meets it: its bar, its keys, and each event in the middle of the view, played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from earmark.gui.desk import Desk
from earmark.gui.edits import Edits
from earmark.gui.review import Review
from earmark.judging import JudgedEvent, answers_of
from earmark.review import progress_by_label

CONTEXT = 1.5  # seconds around an event at least, and at least its own length
PLAYS, ORDER = "review_plays", "review_order"  # in settings.window
ARROWS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)  # some systems say that of arrows


class Reviewing(QObject):
    """Connects a review with bar, table, lanes and player."""

    def __init__(self, desk: Desk, edits: Edits) -> None:
        super().__init__(desk)
        self._desk, self._edits = desk, edits
        self.review = Review(desk.findings)
        self._bar = desk.events_panel.review
        self._bar.say("")
        self._keys: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Up: self._accept,
            Qt.Key.Key_Down: self._reject,
            Qt.Key.Key_Left: self.review.back,
            Qt.Key.Key_Right: self.review.skip,
            Qt.Key.Key_Escape: self.review.leave,
        }
        self._connect()

    def _connect(self) -> None:
        review, bar = self.review, self._bar
        bar.begun.connect(self.begin)
        bar.left.connect(review.leave)
        for signal, do in ((bar.accepted, self._accept), (bar.rejected, self._reject)):
            signal.connect(do)
        bar.backed.connect(review.back)
        bar.skipped.connect(review.skip)
        review.moved.connect(self._show)
        review.progressed.connect(self._show_left)
        review.ended.connect(bar.say)
        self._desk.shown.left.connect(review.leave)
        self._desk.findings.changed.connect(self._count)
        self._desk.events_panel.filtered.connect(self._count)
        self._desk.events.installEventFilter(self)

    def toggle(self) -> None:
        """Begin a review, or leave it."""
        if not self.review.leave():
            self.begin(self._bar.order.currentData())

    def begin(self, order: str) -> None:
        """Begin a review of what the table lists; the table has the keys."""
        self._bar.say("")
        self._desk.events.setFocus()
        self.review.begin(order, self._desk.events.events_model.numbers)

    def keep(self) -> dict[str, Any]:
        """Return what is kept for the next start."""
        return {PLAYS: self._bar.plays.isChecked(), ORDER: self._bar.order.currentData()}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take what was kept."""
        self._bar.plays.setChecked(kept.get(PLAYS) is not False)
        self._bar.order.setCurrentIndex(max(self._bar.order.findData(kept.get(ORDER)), 0))

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Let arrows in the table answer, and Esc leave, while there is a review."""
        if not self.review.is_running or not isinstance(event, QKeyEvent) or event.modifiers() not in ARROWS:
            return False
        do = self._keys.get(Qt.Key(event.key()))
        if do and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else left and right would seek
            return True
        if do and event.type() == QEvent.Type.KeyPress:
            do()
            return True
        return False

    def _asked(self) -> list[JudgedEvent]:
        number = self.review.number
        return [] if number is None else [self._desk.findings.events[number]]

    def _accept(self) -> None:
        self._edits.accept(self._asked())

    def _reject(self) -> None:
        self._edits.reject(self._asked())

    def _show(self, number: int) -> None:
        """Put an event into the middle with what is around it, and play it."""
        event = self._desk.findings.events[number]
        around = max(CONTEXT, event.offset - event.onset)
        self._desk.findings.select((number,))
        self._desk.span.show(event.onset - around, event.offset + around)
        if self._bar.plays.isChecked():
            self._desk.player.play(event.onset, event.offset)
        else:
            self._desk.player.seek(event.onset)

    def _show_left(self) -> None:
        labels = progress_by_label(self._desk.findings.events)
        heard = [answers_of(event) for event in self._asked()]
        asked = heard[0].label if heard and heard[0] else ""
        self._bar.show_left(self.review.counts() if self.review.is_running else None, labels, asked=asked)
        self._desk.changed.emit()

    def _count(self) -> None:
        """Offer a review of what is listed; live sound cannot be judged yet."""
        events, listed = self._desk.findings.events, self._desk.events.events_model.numbers
        is_kept = self._desk.shown.path is not None
        self._bar.allow(sum(events[number].status == "unreviewed" for number in listed) if is_kept else 0)
