"""The fourth page of a new model: its name, the recipe and what of it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from earmark.api import EarmarkError, TrainJob
from earmark.counted import counted
from earmark.gui.beside import beside
from earmark.gui.errand import Errands
from earmark.gui.own_keys import BUTTON, PICKER, keep_keys
from earmark.gui.theme import muted
from earmark.gui.training_draft import Draft
from earmark.gui.training_forecast import Forecast
from earmark.training.plan import FIGURES, jobs_folder
from earmark.training.study import Questions

SETTLE_MS = 500  # after a change
CURVE = "Train on a quarter, half and three quarters of the clips, too: the report shows the score over their number"
LEAKY = "Train once more as if each clip were a source of its own: the report shows that score beside the honest one"
NO_CURVE = "There are too few clips to learn from a part of them only"
NO_LEAKY = "Each clip is a source of its own here: no split could be careless"


@dataclass(frozen=True)
class _Outlook:
    """The jobs as they are set now, the model's first; how many clips are on each side; what can be asked of them."""

    jobs: tuple[TrainJob, ...]
    counts: tuple[int, int, int]
    possible: Questions


class SettingsPage(QWizardPage):
    """Asks for little; what is not changed is as the recipe says."""

    estimated = Signal(str)

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._errands = Errands(self, self._refuse)
        self._outlook: _Outlook | None = None
        self._asked = 0  # what was asked last; older answers are not heard
        self.forecast = Forecast(self, self._errands)
        self.name, self.recipe, self.rate = QLineEdit(), QComboBox(), QLineEdit()
        self.load = QPushButton("From a &file…")
        self.epochs, self.batch = QSpinBox(), QSpinBox()
        self.validate, self.test = QSpinBox(), QSpinBox()
        self.curve = QCheckBox("Would more clips &help? Three more runs, on parts of them")
        self.leaky = QCheckBox("What would a careless &split say? One more run")
        self.about, self.shares, self.trouble, self.time = muted(), muted(), QLabel(), muted()
        self._settling = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._build()
        self._lay_out()
        self._connect()

    def _build(self) -> None:
        self.setTitle("Settings")
        self.setSubTitle("They are right for most: a name is all that is needed.")
        for box, least, most in ((self.epochs, 1, 10_000), (self.batch, 1, 4096)):
            box.setRange(least, most)
        for box in (self.validate, self.test):
            box.setRange(5, 45)
            box.setSuffix(" %")
        self.validate.setValue(round(self._draft.validate * 100))
        self.test.setValue(round(self._draft.test * 100))
        numbers = QDoubleValidator(1e-8, 10.0, 10, self.rate)
        numbers.setLocale(QLocale.c())
        self.rate.setValidator(numbers)
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        for label in (self.about, self.shares, self.trouble, self.time):
            label.setWordWrap(True)
        self.load.setAutoDefault(False)
        keep_keys(self.recipe, PICKER)
        keep_keys(self.load, BUTTON)

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        return {
            self.name: ("Name of the new model", "It is offered under this name afterwards"),
            self.recipe: ("Recipe", "Figures that belong together: ours for little data, or those of a paper"),
            self.load: ("Recipe from a file", "Train as another model was trained: choose the report.json of its job"),
            self.epochs: ("Epochs", "How often all clips are gone through"),
            self.batch: ("Batch", "Clips that are learnt from at once; halved by itself where memory is short"),
            self.rate: ("Learning rate", "How large the steps are"),
            self.validate: ("Share to choose by", "Clips by which the best moment of the training is chosen"),
            self.test: ("Share to judge by", "Clips that decide nothing, and say how good the model is"),
            self.curve: ("Would more clips help", CURVE),
            self.leaky: ("What would a careless split say", LEAKY),
        }

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(9)
        rows = (
            ("Na&me", self.name),
            ("&Recipe", beside(self.recipe, self.load)),
            ("", self.about),
            ("&Epochs", self.epochs),
            ("B&atch", self.batch),
            ("&Learning rate", self.rate),
            ("Clips to &choose by", self.validate),
            ("Clips to &judge by", self.test),
            ("", self.shares),
            ("Also find out", self.curve),
            ("", self.leaky),
        )
        for text, widget in rows:
            label = QLabel(text)
            if text:
                label.setBuddy(widget)
            form.addRow(label, widget)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addWidget(self.time)
        layout.addStretch(1)

    def _connect(self) -> None:
        self.recipe.activated.connect(lambda _: self._take_recipe(self.recipe.currentText()))
        self.load.clicked.connect(self._load)
        self.name.textChanged.connect(lambda _: self._take())
        self.rate.textChanged.connect(lambda _: self._take())
        for box in (self.epochs, self.batch, self.validate, self.test):
            box.valueChanged.connect(lambda _: self._take())
        for question in (self.curve, self.leaky):
            question.toggled.connect(lambda _: self._take())
        self.forecast.said.connect(self._say_time)
        self._settling.timeout.connect(self._look)

    def initializePage(self) -> None:  # noqa: N802 - Qt's
        """Start from the recipe that was chosen."""
        self.name.setText(self._draft.name)
        self._offer_recipes(self._draft.preset)

    def isComplete(self) -> bool:  # noqa: N802 - Qt's
        """Say whether the job can be made."""
        return self._outlook is not None and not self._draft.trouble_with_name()

    def cleanupPage(self) -> None:  # noqa: N802 - Qt's
        """Go back: what is measured is asked for no more."""
        self._asked += 1
        self._settling.stop()
        self.forecast.stop()

    def close_down(self) -> None:
        """End what runs."""
        self._settling.stop()
        self.forecast.stop()
        self._errands.close()

    def _offer_recipes(self, chosen: str) -> None:
        self.recipe.clear()
        self.recipe.addItems(list(self._draft.recipes))
        self._take_recipe(chosen)

    def _load(self) -> None:
        """Have a recipe read from a file."""
        name, _ = QFileDialog.getOpenFileName(self, "A recipe", str(jobs_folder()), "Reports and recipes (*.json)")
        if not name:
            return
        try:
            self._offer_recipes(self._draft.load(Path(name)))
        except EarmarkError as error:
            self.trouble.setText(str(error))

    def _take_recipe(self, name: str) -> None:
        """Show a recipe's figures; those are the ones that were not changed."""
        self._draft.preset, self._draft.changes = name, {}
        recipe = self._draft.recipe
        if recipe is None:
            return
        self.recipe.setCurrentText(name)
        self.about.setText(recipe.about)
        self.epochs.setValue(recipe.epochs)
        self.batch.setValue(recipe.batch_size)
        self.rate.setText(f"{recipe.learning_rate:g}")
        self._take()

    def _take(self) -> None:
        """Take what is set, and look in a moment what that comes to."""
        draft, recipe = self._draft, self._draft.recipe
        draft.name = self.name.text().strip()
        draft.validate, draft.test = self.validate.value() / 100, self.test.value() / 100
        draft.has_curve, draft.is_leaky = self.curve.isChecked(), self.leaky.isChecked()
        if recipe and self.rate.hasAcceptableInput():
            figures = (self.epochs.value(), self.batch.value(), float(self.rate.text()))
            set_now = dict(zip(FIGURES, figures, strict=True))
            draft.changes = {name: value for name, value in set_now.items() if value != getattr(recipe, name)}
        self._outlook = None
        self.trouble.setText(self._trouble())
        self.completeChanged.emit()
        self._asked += 1
        self._settling.start()

    def _trouble(self) -> str:
        return self._draft.trouble_with_name() or (
            "" if self.rate.hasAcceptableInput() else "The learning rate is a number."
        )

    def _look(self) -> None:
        """Have the job made on a thread, as it would be."""
        asked = self._asked
        if not self._trouble():
            self._errands.run(lambda: (asked, _outlook(self._draft)), lambda answer: self._show(*answer))

    def _show(self, asked: int, outlook: _Outlook) -> None:
        if asked != self._asked:
            return
        self._outlook = outlook
        train, validate, test = outlook.counts
        own = " What the folder itself holds out is kept so." if self._has_own_split() else ""
        sides = f"{counted(train, 'clip')} to learn from, {validate} to choose by, {test} to judge by."
        self.shares.setText(sides + own)
        self.completeChanged.emit()
        self.forecast.ask(outlook.jobs)
        self._offer_questions(outlook.possible)

    def _offer_questions(self, possible: Questions) -> None:
        """Let only be asked what can be answered."""
        for box, can_be, tips in (
            (self.curve, possible.has_curve, (NO_CURVE, CURVE)),
            (self.leaky, possible.is_leaky, (NO_LEAKY, LEAKY)),
        ):
            box.setEnabled(can_be)
            box.setToolTip(tips[can_be])
            box.setChecked(can_be and box.isChecked())

    def _has_own_split(self) -> bool:
        dataset = self._draft.dataset
        return dataset is not None and any(each.split != "train" for each in dataset.examples)

    def _refuse(self, error: EarmarkError) -> None:
        self.shares.setText("")
        self.trouble.setText(str(error))

    def _say_time(self, words: str) -> None:
        self.time.setText(words)
        self.estimated.emit(words)


def _outlook(draft: Draft) -> _Outlook:
    jobs = tuple(job for _, job in draft.jobs())
    clips = jobs[0].examples
    train, validate, test = (sum(each.split == side for each in clips) for side in ("train", "validate", "test"))
    return _Outlook(jobs, (train, validate, test), Questions(is_leaky=True, has_curve=True).possible(clips))
