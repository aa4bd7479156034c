"""One fine-tuning job: how far it is, what can be done with it, its curves and what it said."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.elided import Elided
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.theme import Theme
from earmark.gui.training_curves import Curves
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_words import pace_words, state_words

TIPS = {
    "pause": ("&Pause", "Hold the training, and let it go on later; it keeps its memory"),
    "stop": ("&Stop and keep", "Judge what was learnt so far and keep it; it can be resumed"),
    "cancel": ("&Cancel", "End at once; the last checkpoint stays and can be resumed"),
    "resume": ("&Resume", "Go on from the last checkpoint"),
    "use": ("&Use it now", "Offer the model, and listen with it from now on"),
    "report": ("Re&port…", "How good it is: labels, confusions, mistakes to listen to"),
    "remove": ("Re&move…", "Take this job off the list, and its checkpoints off the disk; models in use stay"),
}
ELSEWHERE = "· another process trains it, and alone can stop it"


class JobView(QWidget):
    """Shows a job, and asks for what its buttons say."""

    asked = Signal(str, object)  # of TIPS, TrainingJob

    def __init__(self) -> None:
        super().__init__()
        self.job: TrainingJob | None = None
        self.state, self.pace, self.bar = QLabel(), Elided(), QProgressBar()
        self.buttons = {name: QPushButton(text) for name, (text, _) in TIPS.items()}
        self.tabs, self.curves, self.log = QTabWidget(), Curves(), QPlainTextEdit()
        self._logged = 0
        self._build()
        self._lay_out()

    def _build(self) -> None:
        self.state.setAccessibleName("State of the training")
        self.state.setWordWrap(True)
        self.pace.setAccessibleName("Device and pace")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("How much of the training is done")
        for name, button in self.buttons.items():
            button.setToolTip(TIPS[name][1])
            button.setObjectName("narrow")
            keep_keys(button, BUTTON)
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name, self.job))
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log")
        self.tabs.addTab(self.curves, "Cur&ves")
        self.tabs.addTab(self.log, "Lo&g")
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("What is shown of the job")
        self.tabs.setToolTip("The curves of the training, and what the trainer said")
        self.tabs.tabBar().setDrawBase(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        for button in self.buttons.values():
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.bar)
        layout.addWidget(self.pace)
        layout.addWidget(self.tabs, 1)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.curves.wear(theme)

    def show_job(self, job: TrainingJob) -> None:
        """Show how a job gets on."""
        if job is not self.job:
            self.job, self._logged = job, 0
            self.log.clear()
        hint = ELSEWHERE if job.is_elsewhere else job.hint
        self.state.setText(" ".join(filter(None, (f"{job.name}: {state_words(job)}", hint))))
        self.pace.show_text(pace_words(job))
        self.bar.setValue(round(job.part * 1000))
        for name, button in self.buttons.items():
            button.setVisible(name in possible(job))
        self.buttons["pause"].setText("C&ontinue" if job.is_paused else TIPS["pause"][0])
        for line in job.log[self._logged :]:
            self.log.appendPlainText(line)
        self._logged = len(job.log)
        self.curves.show_job(job)


def possible(job: TrainingJob) -> set[str]:
    """Return what can be done with a job now."""
    if job.is_elsewhere:
        return set()
    if job.is_ending:
        return {"cancel"}
    if job.is_running:
        return {"pause", "cancel"} | ({"stop"} if job.state in ("training", "evaluating") else set())
    if job.state == "waiting":
        return {"cancel"}
    found = {"resume"} if job.is_resumable else set()
    if job.main:  # it makes no model, and goes with the one that it is about
        return found
    found |= set() if any(each.is_running for each in job.sides) else {"remove"}
    return found | ({"use", "report"} if job.evaluations and job.is_judged else set())
