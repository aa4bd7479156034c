"""What the doctor says of a data set: a list, and a button that does what each finding advises."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from earmark.gui.lines_delegate import LINES, LinesDelegate
from earmark.gui.own_keys import BUTTON, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.training.doctor import Finding, Severity, beyond_question

ROLE = Qt.ItemDataRole.UserRole
MARKS = {Severity.ERROR: "✗", Severity.WARNING: "⚠", Severity.NOTE: "•"}
DONE, UNDO, NOTHING = "✓", "&Undo", "Nothing to do here"


class FindingsList(QWidget):
    """The findings, the worst first; those that were acted on are ticked."""

    chosen = Signal(object)  # Finding
    decided = Signal(list)  # findings that are to be done

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Finding] = []
        self.title, self.view = QLabel("Findings"), QListWidget()
        self.act, self.all = QPushButton(NOTHING), QPushButton("Do &all that is certain")
        self.empty = Placeholder(self.view, "The sounds are being checked.")
        self._build()
        self.view.currentItemChanged.connect(lambda *_: self._choose())
        self.act.clicked.connect(self._toggle)
        self.all.clicked.connect(self._do_all)
        self._offer()

    def _build(self) -> None:
        self.view.setAccessibleName("Findings")
        self.view.setToolTip("What may be wrong with these sounds; choose one to listen to its clips")
        self.view.setItemDelegate(LinesDelegate(self.view, under=1))
        keep_keys(self.view, TABLE)
        self.all.setToolTip("Do what all findings advise of which there is no doubt")
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        for button in (self.all, self.act):
            button.setObjectName("narrow")
            button.setAutoDefault(False)
            keep_keys(button, BUTTON)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """List these; what cannot be heard is left out unasked, nothing else was acted on yet."""
        self.view.clear()
        for finding in findings:
            item = QListWidgetItem()
            item.setData(ROLE, finding)
            self.view.addItem(item)
        self.title.setText(f"Findings: {len(findings)}")
        self.empty.say("Nothing is wrong with these sounds, as far as can be heard.")
        self.done = list(beyond_question(findings))
        self._write()
        if self.done:
            self.decided.emit(self.done)

    def say(self, sentence: str) -> None:
        """Say why there are no findings."""
        self.title.setText("Findings")
        self.empty.say(sentence)

    @property
    def findings(self) -> list[Finding]:
        """Return all findings."""
        return [self.view.item(row).data(ROLE) for row in range(self.view.count())]

    @property
    def finding(self) -> Finding | None:
        """Return the one that is chosen."""
        item = self.view.currentItem()
        return item.data(ROLE) if item else None

    def _choose(self) -> None:
        self._offer()
        if self.finding:
            self.chosen.emit(self.finding)

    def _toggle(self) -> None:
        if self.finding:
            is_done = self.finding in self.done
            self._decide([each for each in self.done if each != self.finding] + [self.finding] * (not is_done))

    def _do_all(self) -> None:
        self._decide(self._certain())

    def _certain(self) -> list[Finding]:
        sure = (each for each in self.findings if each.action and each.certainty == 1)
        return [each for each in sure if each.severity != Severity.NOTE]

    def _decide(self, done: list[Finding]) -> None:
        self.done = done
        self._write()
        self.decided.emit(done)

    def _write(self) -> None:
        for row in range(self.view.count()):
            item, finding = self.view.item(row), self.view.item(row).data(ROLE)
            is_done = finding in self.done
            item.setText(f"{DONE if is_done else MARKS[finding.severity]} {finding.sentence}")
            advice = f"Done: {finding.action}" if is_done else finding.advice
            item.setData(LINES, [advice])
            item.setToolTip(f"{finding.sentence}\n{advice}")
            words = f"{finding.severity}: {finding.sentence} {advice}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self._offer()

    def _offer(self) -> None:
        action = self.finding.action if self.finding else None
        is_done = self.finding in self.done if self.finding else False
        text = UNDO if is_done else str(action).capitalize() if action else NOTHING
        self.act.setText(text)
        self.act.setToolTip(self.finding.advice if self.finding else "Choose a finding")
        self.act.setEnabled(action is not None)
        self.act.setVisible(bool(self.view.count()))
        self.all.setVisible(any(each not in self.done for each in self._certain()))
