"""Errors as lines in a bar: never a box that must be clicked away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from earmark.api import EarmarkError
from earmark.gui.own_keys import BUTTON, keep_keys

SAME_SECONDS = 10.0  # equal notices within this time become one with a count
NEWS_MS = 6_000  # good news go by themselves
MOST = 3  # lines; the oldest goes


Kind = Literal["trouble", "news", "offer"]
MARKS: dict[Kind, str] = {"trouble": "⚠", "news": "✓", "offer": "•"}


class Notice(QFrame):
    """One line: what happened, what to do about it, details where there are any, and a way to close it."""

    closed = Signal(object)  # itself

    def __init__(self, sentence: str, hint: str = "", details: str = "", *, kind: Kind = "trouble") -> None:
        super().__init__()
        self.setObjectName("notice" if kind == "trouble" else "news")
        self._mark = MARKS[kind]
        self.sentence, self.hint, self.count, self.last = sentence, hint, 1, 0.0
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details")
        self.details.setFixedHeight(130)
        self.details.hide()
        self.details_button = _button("Details", "Show or hide the details")
        self.details_button.setVisible(bool(details))
        self.offered = _button("", "")
        self.offered.hide()
        self.close_button = _button("Close", "Close this notice (Esc)")
        self._lay_out()
        self.details_button.clicked.connect(lambda: self.details.setVisible(self.details.isHidden()))
        self.close_button.clicked.connect(lambda: self.closed.emit(self))
        self._write()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self._label, 1)
        line.addWidget(self.offered)
        line.addWidget(self.details_button)
        line.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.addLayout(line)
        layout.addWidget(self.details)

    @property
    def text(self) -> str:
        """Return what the line says."""
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self._mark} {self.sentence} {self.hint}".rstrip() + times

    def offer(self, text: str, do: Callable[[], object]) -> None:
        """Show a button; once it was pressed there is nothing more to say."""
        self.offered.setText(text)
        self.offered.setToolTip(f"{text}. {self.sentence}")
        self.offered.show()
        self.offered.clicked.connect(lambda: (do(), self.closed.emit(self)))

    def again(self) -> None:
        """Count one more of the same."""
        self.count += 1
        self._write()

    def _write(self) -> None:
        self._label.setText(self.text)
        self.setAccessibleName(self.text)


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    keep_keys(button, BUTTON)
    return button


class Notices(QWidget):
    """The notices, newest last."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self.shown: list[Notice] = []
        self.hide()

    def report(self, error: EarmarkError) -> None:
        """Show an expected error."""
        self.say(error.sentence, hint=error.hint)

    def say(self, sentence: str, *, hint: str = "", details: str = "") -> None:
        """Show a line, or count it where the same was said a moment ago."""
        now = self._clock()
        for notice in self.shown:
            if notice.sentence == sentence and now - notice.last <= SAME_SECONDS:
                notice.again()
                notice.last = now
                return
        self._add(Notice(sentence, hint, details), now)

    def tell(self, sentence: str) -> None:
        """Show that something was done."""
        notice = Notice(sentence, kind="news")
        self._add(notice, self._clock())
        QTimer.singleShot(NEWS_MS, notice, lambda: notice.closed.emit(notice))

    def offer(self, sentence: str, text: str, do: Callable[[], object]) -> None:
        """Show a line with a button that does something about it."""
        notice = Notice(sentence, kind="offer")
        notice.offer(text, do)
        self._add(notice, self._clock())

    def close_last(self) -> bool:
        """Close the newest; return whether there was one."""
        if not self.shown:
            return False
        self._close(self.shown[-1])
        return True

    def _add(self, notice: Notice, now: float) -> None:
        notice.last = now
        notice.closed.connect(self._close)
        self.shown.append(notice)
        self._layout.addWidget(notice)
        if len(self.shown) > MOST:
            self._close(self.shown[0])
        self.show()

    def _close(self, notice: Notice) -> None:
        if notice not in self.shown:
            return
        self.shown.remove(notice)
        self._layout.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self.shown))
