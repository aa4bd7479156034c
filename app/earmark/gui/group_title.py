"""The line over a model's lanes: which model, what it heard, how fast; and what can be done with its group."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from earmark.gui.elided import Elided
from earmark.gui.own_keys import BUTTON, keep_keys

JUDGED = "judged here"


class GroupTitle(QWidget):
    """A model's letter and title, its state in words, and two buttons."""

    judge_asked = Signal()
    leave_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.state = QLabel(), Elided()
        self.judge, self.leave = QToolButton(), QToolButton()
        self.judge.setText("Judge")
        self.leave.setText("✕")
        for button in (self.judge, self.leave):
            button.setAutoRaise(True)
            keep_keys(button, BUTTON)
        self._lay_out()
        self.judge.clicked.connect(self.judge_asked)
        self.leave.clicked.connect(self.leave_asked)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 1, 4, 1)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.state, 1)
        row.addWidget(self.judge)
        row.addWidget(self.leave)

    def show_group(self, letter: str, title: str, state: str, *, is_judged: bool) -> None:
        """Show a model."""
        self.name.setText(f"<b>{letter}</b>&nbsp; {title}" if not is_judged else f"<b>{letter}&nbsp; {title}</b>")
        self.state.show_text(" · ".join(filter(None, (JUDGED if is_judged else "", state))))
        self.judge.setVisible(not is_judged)
        self.judge.setToolTip(f"Judge the events of {title}; a click into its lanes does the same")
        self.judge.setAccessibleName(f"Judge the events of {title}")
        self.leave.setToolTip(f"Compare without {title}")
        self.leave.setAccessibleName(f"Compare without {title}")
