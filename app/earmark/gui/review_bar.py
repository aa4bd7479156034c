"""How far the review is, and buttons for those who do not use the keys."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.icons import icon
from earmark.gui.label_colours import label_text
from earmark.gui.own_keys import BUTTON, PICKER, keep_keys
from earmark.gui.theme import Theme, muted

ORDERS = {
    "uncertain": ("Uncertain first", "Those first whose score is nearest to the threshold: they teach the most"),
    "spread": ("Spread over the scores", "Thirty from the lowest to the highest score: what probabilities are made of"),
    "time": ("In order of time", "As they follow each other in the recording"),
}
STEPS = (  # signal, icon, text, key
    ("backed", "", "←", "Back: take the last answer back", "Left"),
    ("rejected", "rejected", "Reject", "Say that it is not there", "Down"),
    ("accepted", "accepted", "Accept", "Say that it is there", "Up"),
    ("skipped", "", "→", "Skip: leave it for later", "Right"),
)


class ReviewBar(QWidget):
    """A button that begins a review; while there is one, what is left of it."""

    begun = Signal(str)  # one of ORDERS
    left = Signal()
    accepted = Signal()
    rejected = Signal()
    backed = Signal()
    skipped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.begin, self.order = QPushButton("&Review"), QComboBox()
        self.words, self.part, self.of_label, self.sentence = QLabel(), QProgressBar(), muted(), muted()
        self.plays, self.leave = QCheckBox("Play each"), QPushButton("Leave")
        self.steps: dict[str, QToolButton] = {}
        self._idle, self._busy = QWidget(), QWidget()
        self._lay_out()
        self._connect()
        self.show_left(None)

    def _lay_out(self) -> None:
        self.begin.setToolTip("Go through the unreviewed events that are listed (Ctrl+R)")
        self.order.setAccessibleName("Order of the review")
        self.order.setToolTip("Which events come first in the review")
        for name, (text, meaning) in ORDERS.items():
            self.order.addItem(text, name)
            self.order.setItemData(self.order.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.part.setTextVisible(False)
        self.part.setFixedHeight(6)
        self.part.setAccessibleName("Reviewed")
        self.plays.setChecked(True)
        self.plays.setToolTip("Play every event as it comes")
        self.leave.setToolTip("Leave the review (Esc)")
        self.sentence.setWordWrap(True)
        self._lay_out_idle(self._idle)
        self._lay_out_busy(self._busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.sentence, self._idle, self._busy):
            layout.addWidget(widget)

    def _lay_out_idle(self, page: QWidget) -> None:
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.begin)
        row.addWidget(self.order, 1)

    def _lay_out_busy(self, page: QWidget) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.words, 1)
        above.addWidget(self.plays)
        for name, _, text, meaning, key in STEPS:
            self.steps[name] = button = QToolButton()
            button.setText(text)
            button.setToolTip(f"{meaning} ({key} in the table)")
            button.setAccessibleName(meaning)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the table
            below.addWidget(button)
        below.addStretch(1)
        below.addWidget(self.leave)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(above)
        layout.addWidget(self.part)
        layout.addWidget(self.of_label)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.begin.clicked.connect(lambda: self.begun.emit(self.order.currentData()))
        self.leave.clicked.connect(self.left)
        for name, button in self.steps.items():
            button.clicked.connect(getattr(self, name))
        for widget in (self.begin, self.leave, self.plays, *self.steps.values()):
            keep_keys(widget, BUTTON)
        keep_keys(self.order, PICKER)

    def wear(self, theme: Theme) -> None:
        """Draw the icons in a theme's colours."""
        self.begin.setIcon(icon("review", theme))
        for name, picture, *_ in STEPS:
            if picture:
                self.steps[name].setIcon(icon(picture, theme))
                self.steps[name].setIconSize(QSize(14, 14))

    def show_left(
        self, progress: tuple[int, int] | None, labels: Mapping[str, tuple[int, int]] | None = None, *, asked: str = ""
    ) -> None:
        """Show how many are reviewed and how many there are; None: no review is going on.

        Args:
            labels: the same of each label in the recording; `asked` is the one that is asked about.
        """
        self._idle.setVisible(progress is None)
        self._busy.setVisible(progress is not None)
        if progress is None:
            return
        reviewed, count = progress
        self.words.setText(f"{reviewed} of {count} reviewed · {count - reviewed} left")
        self.part.setMaximum(max(count, 1))
        self.part.setValue(reviewed)
        each = {name: f"{label_text(name)}: {done} of {of}" for name, (done, of) in (labels or {}).items()}
        self.of_label.setText(each.get(asked, ""))
        for widget in (self.words, self.part, self.of_label):
            widget.setToolTip("\n".join(each.values()))

    def say(self, sentence: str) -> None:
        """Say what there is to do next; "" says nothing."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def allow(self, count: int) -> None:
        """Let a review begin where there are events to review."""
        self.begin.setEnabled(count > 0)
        text = f"&Review {count}" if count else "&Review"
        if text != self.begin.text():  # else the window is laid out anew for nothing
            self.begin.setText(text)
