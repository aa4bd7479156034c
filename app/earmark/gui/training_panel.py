"""The Training panel: the jobs, and how the one that is chosen gets on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.own_keys import BUTTON, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.queue_model import PART, STATE
from earmark.gui.queue_panel import QueueDelegate
from earmark.gui.theme import Theme
from earmark.gui.training_job import TrainingJob
from earmark.gui.training_view import JobView
from earmark.gui.training_words import state_words

BESIDE = "↳ "
JOB = Qt.ItemDataRole.UserRole + 20
EMPTY = "Nothing was trained yet. A new model learns from a folder of your own sounds."


class TrainingPanel(QWidget):
    """A list of jobs at the left, one of them at the right."""

    new_wanted = Signal()
    chosen = Signal(object)  # TrainingJob or None

    def __init__(self) -> None:
        super().__init__()
        self.list, self.view, self.new = QListWidget(), JobView(), QPushButton("&New model…")
        self._right = QStackedWidget()
        self._items: dict[int, QListWidgetItem] = {}
        self._build()
        self._lay_out()
        self.new.clicked.connect(self.new_wanted)
        self.list.currentItemChanged.connect(lambda *_: self._choose())

    def _build(self) -> None:
        self.list.setAccessibleName("Training jobs")
        self.list.setToolTip("The jobs, the newest first")
        self.list.setItemDelegate(QueueDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.new.setToolTip("Train a model with a folder of your own sounds")
        Placeholder(self.list, EMPTY)
        keep_keys(self.list, TABLE)
        keep_keys(self.new, BUTTON)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addWidget(self.new)
        self._right.addWidget(QWidget())
        self._right.addWidget(self.view)
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.addWidget(left)
        middle.addWidget(self._right)
        middle.setStretchFactor(1, 1)
        middle.setSizes([270, 900])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(middle)

    @property
    def job(self) -> TrainingJob | None:
        """Return the job that is chosen."""
        item = self.list.currentItem()
        return item.data(JOB) if item else None

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.view.wear(theme)

    def show_jobs(self, jobs: Sequence[TrainingJob]) -> None:
        """List these; the one that was chosen stays so, else the first is."""
        before = self.job
        self.list.blockSignals(True)
        self.list.clear()
        self._items = {}
        for job in jobs:
            item = QListWidgetItem(f"{BESIDE}{job.member}" if job.main else job.name)
            item.setData(JOB, job)
            self._items[id(job)] = item
            self.list.addItem(item)
            self._write(job)
        self.list.blockSignals(False)
        self.choose(before if before in jobs else next(iter(jobs), None))

    def show_job(self, job: TrainingJob) -> None:
        """Show how a job gets on."""
        self._write(job)
        shown = self.job
        if shown is not None and (shown is job or shown is job.main):
            self.view.show_job(shown)

    def choose(self, job: TrainingJob | None) -> None:
        """Choose a job."""
        if job and (item := self._items.get(id(job))):
            self.list.setCurrentItem(item)
        self._choose()

    def _choose(self) -> None:
        job = self.job
        self._right.setCurrentIndex(int(job is not None))
        if job:
            self.view.show_job(job)
        self.chosen.emit(job)

    def _write(self, job: TrainingJob) -> None:
        item = self._items.get(id(job))
        if item is None:
            return
        words = state_words(job)
        item.setData(STATE, words)
        item.setData(PART, job.part if job.is_running else None)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{job.name}: {words}")
        item.setToolTip(f"{job.name}\n{words}\n{job.title}\n{job.folder}")
