"""One label: how far its scores can be relied on, the threshold for a wanted precision, and probabilities."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from earmark.calibration import Calibration
from earmark.gui.label_colours import label_text
from earmark.gui.reliability_plot import ReliabilityPlot
from earmark.gui.theme import Theme, muted
from earmark.reliability import Study

USUAL = 90.0  # per cent
WANTED = "How many of the events that are left are to be right, in per cent"
LINES = 4  # of the longest sentence: nothing jumps when another label is chosen
SPREAD = "Judge over all scores (review: Spread over the scores), or the curve holds for what you looked at only."


class StudyPanel(QWidget):
    """What the judgements of a label say."""

    precision_changed = Signal()
    threshold_chosen = Signal(str, float)  # label, threshold
    marked = Signal(object)  # Calibration
    unmarked = Signal(str)  # label

    def __init__(self) -> None:
        super().__init__()
        self._study: Study | None = None
        self._kept: Calibration | None = None
        self.headline, self.words = QLabel(), muted()
        self.plot = ReliabilityPlot()
        self.precision = QDoubleSpinBox(minimum=50.0, maximum=99.9, decimals=1, singleStep=1.0, suffix=" %")
        self.aim = QLabel()
        self.use = QPushButton("&Use this threshold")
        self.mark = QPushButton("&Mark scores as probabilities")
        self._explain()
        self._lay_out()
        self._connect()
        self.clear()

    def _explain(self) -> None:
        self.headline.setObjectName("headline")
        self.precision.setValue(USUAL)
        self.precision.setKeyboardTracking(False)
        self.precision.setAccessibleName("Wanted precision")
        self.precision.setToolTip(f"{WANTED} (Alt+W)")
        self.use.setToolTip("Let this label count from the threshold that gives the wanted precision (Alt+U)")
        for each in (self.words, self.aim):
            each.setWordWrap(True)
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            each.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            each.setMinimumHeight(LINES * each.fontMetrics().height())

    def _lay_out(self) -> None:
        name = QLabel("&Wanted precision")
        name.setBuddy(self.precision)
        row = QHBoxLayout()
        for widget in (name, self.precision):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.use)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.headline)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.words)
        layout.addLayout(row)
        layout.addWidget(self.aim)
        layout.addLayout(last)

    def _connect(self) -> None:
        self.precision.valueChanged.connect(self.precision_changed)
        self.use.clicked.connect(self._use)
        self.mark.clicked.connect(self._mark)

    @property
    def wanted(self) -> float:
        """Return the wanted precision, 0..1."""
        return self.precision.value() / 100

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.plot.wear(theme)

    def clear(self) -> None:
        """Show nothing: no label is chosen."""
        self._study = self._kept = None
        self.plot.show_study(None, None)
        for label in (self.headline, self.words, self.aim):
            label.clear()
        for button in (self.use, self.mark):
            button.setEnabled(False)

    def show_study(self, study: Study, threshold: float, kept: Calibration | None) -> None:
        """Show what is known of a label, its threshold, and the calibration that its scores are shown with."""
        self._study, self._kept = study, kept
        self.headline.setText(label_text(study.label))
        self.plot.show_study(study, threshold)
        self.words.setText(_words(study))
        self.aim.setText(study.aim.sentence if study.aim else "")
        self.use.setEnabled(study.aim is not None and study.aim.threshold is not None)
        self._show_mark(study)

    def _show_mark(self, study: Study) -> None:
        if self._is_marked(study):
            text, tip = "Call them &scores again", "Show the numbers of this label as plain scores"
        elif self._kept:
            text, tip = "&Mark anew", "There are other judgements than those that the probabilities were made from"
        else:
            text, tip = "&Mark scores as probabilities", "Show the scores of this label as probabilities, marked ◆"
        self.mark.setText(text)
        self.mark.setToolTip(tip)
        self.mark.setEnabled(self._kept is not None or study.calibration is not None)

    def _is_marked(self, study: Study) -> bool:
        """Return whether the scores are probabilities already, made from the judgements there are."""
        if self._kept is None or study.calibration is None:
            return self._kept is not None
        same = ("judged", "right", "slope", "intercept")
        return all(getattr(self._kept, name) == getattr(study.calibration, name) for name in same)

    def _use(self) -> None:
        if self._study and self._study.aim and self._study.aim.threshold is not None:
            self.threshold_chosen.emit(self._study.label, self._study.aim.threshold)

    def _mark(self) -> None:
        if self._study and self._is_marked(self._study):
            self.unmarked.emit(self._study.label)
        elif self._study and self._study.calibration:
            self.marked.emit(self._study.calibration)


def _words(study: Study) -> str:
    if study.why_not:
        return f"{study.why_not} {SPREAD}"
    counted = f"{study.judged} judged: {study.right} right, {study.judged - study.right} wrong."
    error = f"Mean squared error: {study.before:.3f} of the scores, {study.after:.3f} of the probabilities."
    return " ".join(filter(None, (counted, error, study.caution, SPREAD)))
