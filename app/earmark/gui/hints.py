"""Hints for the first start: each goes when it is closed, or when what it says is done, and does not come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from earmark.gui.own_keys import BUTTON, keep_keys

MARGIN = 14  # pixels from the edges of what it stands in
WIDTH = 330
BETWEEN_MS = 1200  # before the next one comes


@dataclass(frozen=True)
class Hint:
    """Something worth knowing.

    Attributes:
        name: as it is remembered.
        done: emitted when somebody does it.
    """

    name: str
    text: str
    done: SignalInstance


class Card(QFrame):
    """One hint, in a corner of a widget; above all of the window, for pages come to the front under it."""

    closed = Signal()

    def __init__(self, place: QWidget) -> None:
        super().__init__(place.window())
        self.setObjectName("hint")
        self.setFixedWidth(WIDTH)
        self._place = place
        self.text, self.close_button = QLabel(), QToolButton()
        self._row = QHBoxLayout(self)
        self._build()
        self.close_button.clicked.connect(self.closed)
        place.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        self.text.setWordWrap(True)
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Close this hint")
        self.close_button.setToolTip("Close this hint; it does not come back")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        keep_keys(self.close_button, BUTTON)
        self._row.setContentsMargins(12, 8, 6, 8)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def show_text(self, text: str) -> None:
        """Say something."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
        self._stand()
        self.raise_()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Stay in the corner, and above what is raised when docks are moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._stand()
        if event.type() == QEvent.Type.ZOrderChange:
            self.raise_()
        return False

    def _stand(self) -> None:
        self.setFixedHeight(self._row.heightForWidth(WIDTH))
        corner = self._place.mapTo(self._place.window(), self._place.rect().bottomRight())
        self.move(corner.x() - self.width() - MARGIN, corner.y() - self.height() - MARGIN)


class Hints(QObject):
    """Shows one hint after the other, until all of them are known.

    Attributes:
        known: the names of those that need not be shown again.
    """

    def __init__(self, place: QWidget, hints: Sequence[Hint]) -> None:
        super().__init__(place)
        self.card = Card(place)
        self.known: set[str] = set()
        self._hints = hints
        self._shown: Hint | None = None
        self._pause = QTimer(self, interval=BETWEEN_MS, singleShot=True)
        self._pause.timeout.connect(self.begin)
        self.card.closed.connect(lambda: self._shown and self._know(self._shown))
        for hint in hints:
            hint.done.connect(lambda *_, hint=hint: self._know(hint))

    def begin(self) -> None:
        """Show the first that is not known."""
        self._shown = next((hint for hint in self._hints if hint.name not in self.known), None)
        if self._shown:
            self.card.show_text(self._shown.text)

    def forget(self) -> None:
        """Show all of them again, as at the first start."""
        self.known.clear()
        self.begin()

    def _know(self, hint: Hint) -> None:
        self.known.add(hint.name)
        if hint is self._shown:
            self._shown = None
            self.card.hide()
            self._pause.start()
