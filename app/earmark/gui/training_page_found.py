"""The second page of a new model: what was found in the folder, to look at and to listen to, and what to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWizardPage

from earmark.api import AudioFileError, Cancelled, EarmarkError, Example
from earmark.audio_file import probe
from earmark.counted import counted
from earmark.dataset import Dataset
from earmark.gui.errand import Errands
from earmark.gui.label_colours import label_text
from earmark.gui.progress_row import ProgressRow
from earmark.gui.theme import muted
from earmark.gui.training_draft import Draft
from earmark.gui.training_findings import FindingsList
from earmark.gui.training_sounds import NONE, ClipList, LabelTable, by_label, length_of
from earmark.times import time_text
from earmark.training.doctor import Diagnosis, Finding, check

SKIPPED = "The check was skipped: copies of one sound may be on both sides of the split."


class FoundPage(QWizardPage):
    """Shows labels, counts, lengths and findings; any clip can be heard."""

    heard = Signal(object, float, object)  # Path, start, end or None
    _went_on = Signal(int, int, str)

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._errands = Errands(self, self._refuse)
        self._checked: Dataset | None = None  # what was checked, or is
        self.is_checked = self._is_skipped = self._is_over = False
        self.summary, self.warnings, self.progress = QLabel(), muted(), ProgressRow()
        self.labels, self.clips, self.findings = LabelTable(), ClipList("Clips"), FindingsList()
        self.setTitle("What was found")
        self.setSubTitle("Look through the labels, and listen to some clips: a model learns wrong labels, too.")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        above, middle = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        above.addWidget(self.labels)
        above.addWidget(self.clips)
        above.setSizes([400, 400])
        middle.addWidget(above)
        middle.addWidget(self.findings)
        middle.setSizes([260, 180])
        for label in (self.summary, self.warnings):
            label.setWordWrap(True)
        self.progress.cancel.setText("&Skip the check")
        self.progress.cancel.setToolTip("Go on without knowing what may be wrong with the sounds")
        layout = QVBoxLayout(self)
        layout.addWidget(self.summary)
        layout.addWidget(middle, 1)
        layout.addWidget(self.warnings)
        layout.addWidget(self.progress)

    def _connect(self) -> None:
        self.labels.chosen.connect(self._show_label)
        self.findings.chosen.connect(self._show_finding)
        self.findings.decided.connect(self._mend)
        self.clips.heard.connect(self.heard)
        self.progress.cancelled.connect(self._skip)
        self._went_on.connect(lambda done, total, what: self.progress.go_on(what, done, total))

    def initializePage(self) -> None:  # noqa: N802 - Qt's
        """Show the data set, and have its recordings measured and checked."""
        read = self._draft.read
        if read is None or read is self._checked:
            return
        self._show()
        self._checked, self.is_checked, self._is_skipped = read, False, False
        self.findings.show_findings(())
        self.findings.say("The sounds are being checked.")
        self.progress.begin("Listening")
        paths = sorted({each.path for each in read.examples} - self._draft.durations.keys())
        self._errands.run(lambda: self._measured(paths), self._know)
        self._errands.run(lambda: self._diagnosis(read), self._show_diagnosis, ended=lambda: self._end_check(read))

    def isComplete(self) -> bool:  # noqa: N802 - Qt's
        """Say whether the check has ended, and clips are left."""
        return self.is_checked and self._draft.dataset is not None and bool(self._draft.dataset.examples)

    def close_down(self) -> None:
        """End what runs."""
        self._is_over = True
        self._errands.close()

    def _measured(self, paths: Sequence[Path]) -> dict[Path, float]:
        return measured(paths, lambda: self._is_over)

    def _know(self, durations: dict[Path, float]) -> None:
        self._draft.durations = {**self._draft.durations, **durations}
        self._show()

    def _diagnosis(self, read: Dataset) -> Diagnosis | None:
        """Return what the doctor says, on a thread; None where it is not wanted any more."""
        try:
            return check(read, told=self._went_on.emit, cancelled=lambda: self._is_unwanted(read))
        except Cancelled:
            return None

    def _is_unwanted(self, read: Dataset) -> bool:
        return self._is_over or self._is_skipped or read is not self._checked

    def _show_diagnosis(self, diagnosis: Diagnosis | None) -> None:
        if diagnosis and diagnosis.folder == (self._checked and self._checked.folder):
            self._draft.diagnosis = diagnosis
            self.findings.show_findings(diagnosis.findings)
            self.warnings.setText("\n".join(diagnosis.notes))
        elif self._is_skipped:
            self.findings.say(SKIPPED)

    def _end_check(self, read: Dataset) -> None:
        if read is self._checked:
            self.is_checked = True
            self.progress.end()
            self.completeChanged.emit()

    def _skip(self) -> None:
        self._is_skipped = True

    def _mend(self, done: list[Finding]) -> None:
        """Have done what was decided, on a thread."""
        self._errands.run(lambda: self._draft.mended(done), self._take)

    def _take(self, dataset: Dataset) -> None:
        self._draft.dataset = dataset
        self._show()
        self.completeChanged.emit()

    def _refuse(self, error: EarmarkError) -> None:
        self.warnings.setText(str(error))
        self.warnings.setVisible(True)

    def _show(self) -> None:
        dataset = self._draft.dataset
        if dataset is None:
            return
        row = self.labels.currentIndex().row()
        self.labels.show_dataset(dataset, self._draft.durations)
        self.labels.selectRow(max(row, 0))
        self.summary.setText(lengths(dataset, self._draft))
        self.warnings.setText("\n".join(dataset.warnings))
        self.warnings.setVisible(bool(self.warnings.text()))

    def _show_label(self, label: str) -> None:
        dataset = self._draft.dataset
        clips = by_label(dataset).get(label, []) if dataset else []
        self._list(f"Clips: {label_text(label) or NONE}", clips)

    def _show_finding(self, finding: Finding) -> None:
        read = self._draft.read
        keys = {place.key for place in finding.places}
        clips = [each for each in read.examples if (each.path, each.start, each.end) in keys] if read else []
        self._list(f"Clips: {finding.kind}", clips)

    def _list(self, title: str, clips: Iterable[Example]) -> None:
        told = [(each, _told(each, length_of(each, self._draft.durations))) for each in clips]
        self.clips.show_clips(title, told)


def _told(example: Example, seconds: float | None) -> str:
    labels = ", ".join(map(label_text, example.labels)) or NONE
    return labels if seconds is None else f"{labels}, {seconds:.1f} s"


def measured(paths: Sequence[Path], is_over: Callable[[], bool]) -> dict[Path, float]:
    """Return the seconds of each recording; 0 of those that cannot be read, which the doctor names."""
    known: dict[Path, float] = {}
    for path in paths:
        if is_over():
            break
        try:
            known[path] = probe(path).duration
        except AudioFileError:
            known[path] = 0.0
    return known


def lengths(dataset: Dataset, draft: Draft) -> str:
    """Return how much there is: "30 clips of 1.0 to 4.0 s, 1:12 in all; one label a clip"."""
    known = [length_of(each, draft.durations) for each in dataset.examples]
    found = [seconds for seconds in known if seconds]
    kind = "one label a clip" if dataset.is_single_label else "clips may have several labels"
    number = counted(len(known), "clip")
    if not found:
        return f"{number}; {kind}."
    span = f"{min(found):.1f} s" if min(found) == max(found) else f"{min(found):.1f} to {max(found):.1f} s"
    return f"{number} of {span}, {time_text(sum(found), 0)} in all; {kind}."
