"""The report of a job as a window: figures, confusions, and the clips behind them to listen to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from earmark.gui.beside import beside
from earmark.gui.label_colours import label_text
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.reliability_plot import ReliabilityPlot
from earmark.gui.theme import Theme, muted
from earmark.gui.training_more import MoreClips
from earmark.gui.training_outcome import Clip, Outcome
from earmark.gui.training_sounds import ClipList
from earmark.gui.training_tables import ConfusionTable, LabelFigures
from earmark.model_file import SUFFIX
from earmark.training.report import HTML, WANTED

SIZE = (980, 600)
ALL = "All labels together: how often each score was right. Choose a label to see its own."
NO_MISTAKE = "The model made no mistake on these clips."
TIPS = {
    "use": ("&Use it now", "Offer the model, and listen with it from now on"),
    "export": ("&Export…", "Write the model as one file, to be given to somebody else"),
    "page": ("&Open the whole report", "The report as a page, with curves, thresholds and how it was trained"),
    "worst": ("&Worst mistakes", "List the clips of which the model was surest to say something else"),
    "shut": ("Close", "Close this window (Esc)"),
}


class ReportWindow(QDialog):
    """Shows what came of a job."""

    heard = Signal(object, float, object)  # Path, start, end or None
    use_asked = Signal(object)  # Path of the job's folder
    export_asked = Signal(object, object)  # Path of the job's folder, Path of the file

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._outcome: Outcome | None = None
        self.headline, self.beside = QLabel(), muted()
        self.tabs, self.figures, self.confusion = QTabWidget(), LabelFigures(), ConfusionTable()
        self.trust, self.trusted, self.wanted = ReliabilityPlot(), muted(), QSpinBox()
        self.more = MoreClips()
        self._label: int | None = None  # the place of the one that is chosen
        self.clips = ClipList("Worst mistakes")
        self.buttons = {name: QPushButton(text) for name, (text, _) in TIPS.items()}
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.setWindowTitle("Report")
        self.resize(*SIZE)
        self.headline.setObjectName("headline")
        self.headline.setWordWrap(True)
        self.beside.setWordWrap(True)
        self.tabs.addTab(self.figures, "&Labels")
        self.tabs.addTab(self.confusion, "&Confusions")
        self.tabs.addTab(self._trust_page(), "&Trust")
        self.tabs.addTab(self.more, "&More clips?")
        self.tabs.setCornerWidget(self._wanted_row())
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("Figures of the report")
        self.tabs.setToolTip("How well each label is told, and which are taken for which")
        for name, button in self.buttons.items():
            button.setToolTip(TIPS[name][1])
            button.setAutoDefault(False)
            keep_keys(button, BUTTON)

    def _trust_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        self.trusted.setWordWrap(True)
        column.addWidget(self.trusted)
        column.addWidget(self.trust, 1)
        return page

    def _wanted_row(self) -> QWidget:
        self.wanted.setRange(50, 99)
        self.wanted.setSuffix(" %")
        self.wanted.setValue(round(100 * WANTED))
        self.wanted.setAccessibleName("Precision that is wanted")
        self.wanted.setToolTip("How often a label is to be right: the last column says from which score it is")
        label = QLabel("&Right at least")
        label.setBuddy(self.wanted)
        return beside(label, self.wanted)

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.clips, 1)
        column.addWidget(self.buttons["worst"])
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.addWidget(self.tabs)
        middle.addWidget(right)
        middle.setSizes([600, 380])
        row = QHBoxLayout()
        for name in ("use", "export", "page"):
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        row.addWidget(self.buttons["shut"])
        layout = QVBoxLayout(self)
        layout.addWidget(self.headline)
        layout.addWidget(self.beside)
        layout.addWidget(middle, 1)
        layout.addLayout(row)

    def _connect(self) -> None:
        self.clips.heard.connect(self.heard)
        self.figures.chosen.connect(self._show_label)
        self.confusion.chosen.connect(self._show_cell)
        self.wanted.valueChanged.connect(lambda _: self._show_figures())
        doing: dict[str, Callable[[], object]] = {
            "use": lambda: self._outcome and self.use_asked.emit(self._outcome.job.folder),
            "export": self._export,
            "page": self._open_page,
            "worst": self._show_mistakes,
            "shut": self.close,
        }
        for name, do in doing.items():
            self.buttons[name].clicked.connect(lambda _=False, do=do: do())

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.confusion.wear(theme)
        self.trust.wear(theme)
        self.more.wear(theme)
        if self._outcome:
            self.show_outcome(self._outcome)

    @property
    def folder(self) -> Path | None:
        """The folder of the job that is shown."""
        return self._outcome.job.folder if self._outcome else None

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what came of a job."""
        self._outcome = outcome
        labels, told = outcome.job.labels, outcome.told
        self.setWindowTitle(f"Report: {outcome.report['name']}")
        self.headline.setText(outcome.headline())
        self.beside.setText("\n".join(filter(None, (outcome.start(), outcome.leaky()))))
        self.beside.setVisible(bool(self.beside.text()))
        self.more.show_curve(outcome.more(), outcome.report.get("learning_curve"))
        self._label = None
        self._show_figures()
        self.tabs.setTabVisible(1, told["confusion"] is not None)
        self.confusion.show_confusion(labels, told["confusion"] or ())
        self._show_mistakes()

    def _show_mistakes(self) -> None:
        if self._outcome:
            found = self._outcome.mistakes()
            self._list("Worst mistakes" if found else NO_MISTAKE, found)

    def _show_figures(self) -> None:
        """Show the figures of each label, and how far scores can be trusted; what is chosen stays."""
        if self._outcome:
            limits = self._outcome.limits(self.wanted.value() / 100)
            with QSignalBlocker(self.figures):
                self.figures.show_figures(self._outcome.job.labels, self._outcome.told, limits)
            self._show_trust(limits)

    def _show_trust(self, limits: Mapping[str, Any]) -> None:
        if self._outcome is None:
            return
        label = None if self._label is None else self._outcome.job.labels[self._label]
        self.trusted.setText(f"{label_text(label)}: how often it was right" if label else ALL)
        threshold = limits["labels"][label]["threshold"] if label else None
        self.trust.show_study(self._outcome.trust(self._label), threshold)

    def _show_label(self, place: int) -> None:
        if self._outcome:
            self._label = place
            self._show_trust(self._outcome.limits(self.wanted.value() / 100))
            self._list(label_text(self._outcome.job.labels[place]), self._outcome.of_label(place))

    def _show_cell(self, true: int, told: int) -> None:
        if self._outcome:
            names = [label_text(label) for label in self._outcome.job.labels]
            title = f"Is {names[true]}, said {names[told]}"
            self._list(title, self._outcome.of_cell(true, told))

    def _list(self, title: str, clips: Sequence[Clip]) -> None:
        self.clips.show_clips(title, clips)

    def _export(self) -> None:
        if self._outcome is None:
            return
        offered = f"{self._outcome.report['name']}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self, "Export the model", offered, f"Models (*{SUFFIX})")
        if name:
            path = Path(name)
            self.export_asked.emit(self._outcome.job.folder, path if path.suffix else path.with_suffix(SUFFIX))

    def _open_page(self) -> None:
        if self._outcome:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._outcome.job.folder / HTML)))
