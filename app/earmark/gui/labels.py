"""The labels at hand: which there are, which have a number key, and asking for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from earmark.gui.findings import Findings
from earmark.gui.label_chooser import LabelChooser
from earmark.label_book import LabelBook

KEPT = "labels"  # in settings.window


class Labels(QObject):
    """The book of labels, kept in step with what is shown."""

    changed = Signal()  # number keys

    def __init__(self, window: QWidget, findings: Findings) -> None:
        super().__init__(window)
        self.book = LabelBook()
        self._window, self._findings = window, findings
        self._chooser: LabelChooser | None = None  # made when it is asked for first

    @property
    def of_model(self) -> tuple[str, ...]:
        """Return the labels that the model knows; none where nothing was heard yet."""
        return self._findings.analysis.labels if self._findings.analysis else ()

    @property
    def chooser(self) -> LabelChooser:
        """Return the popup that asks."""
        if self._chooser is None:
            self._chooser = LabelChooser(self._window)
        return self._chooser

    def ask(self, title: str, do: Callable[[str], object], *, by_mouse: bool = False) -> None:
        """Ask for a label, at the pointer or in the middle of the window, and do something with it."""
        chooser = self.chooser
        chooser.offer(self.book, self.of_model, self._strange())
        middle = self._window.mapToGlobal(self._window.rect().center())
        at = QCursor.pos() if by_mouse else middle - QPoint(chooser.width() // 2, chooser.height() // 2)
        chooser.ask(title, at, lambda label: do(self._use(label)))

    def _strange(self) -> list[str]:
        """Return labels of events that neither the book nor the model knows: another model's, another person's."""
        known = {*self.book.own, *self.of_model}
        return sorted({event.label for event in self._findings.events} - known)

    def _use(self, label: str) -> str:
        meant = self.book.use(label, (*self.of_model, *self._strange()))
        self.changed.emit()
        return meant

    def follow(self, labels: list[str]) -> None:
        """Give the free number keys to the lanes, from the top down."""
        before = self.book.numbered()
        self.book.follow(labels)
        if self.book.numbered() != before:
            self.changed.emit()

    def restart(self) -> None:
        """Begin with another recording."""
        self.book.restart()
        self.changed.emit()

    def pin(self, number: int, label: str) -> None:
        """Give a label a number key."""
        self.book.pin(number, label)
        self.changed.emit()

    def keep(self) -> dict[str, Any]:
        """Return what is kept for the next start."""
        return {KEPT: self.book.as_plain()}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take what was kept."""
        self.book = LabelBook.from_plain(kept.get(KEPT))
        self.changed.emit()
