"""The last page of a new model: all that was chosen, and the button that begins."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWizardPage

from earmark.gui.theme import muted
from earmark.gui.training_draft import Draft

CURVE, LEAKY = "whether more clips would help", "what a careless split would say"
ROWS = ("Sounds", "Starts from", "Recipe", "Finds out", "Time", "Becomes")
AFTER = """Train begins at once, or after the jobs that wait already. It goes on in the Training panel while you work: \
it can be held, stopped and resumed there, also after a restart."""


class StartPage(QWizardPage):
    """Says what is going to be done."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self.rows = {name: QLabel() for name in ROWS}
        self.setTitle("Train")
        self.setSubTitle("This is what the new model will be.")
        self.setFinalPage(True)
        self._form = form = QFormLayout()
        form.setVerticalSpacing(12)
        for name, label in self.rows.items():
            label.setWordWrap(True)
            label.setAccessibleName(name)
            form.addRow(name, label)
        after = muted(AFTER)
        after.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(20)
        layout.addLayout(form)
        layout.addWidget(after)
        layout.addStretch(1)

    def initializePage(self) -> None:  # noqa: N802 - Qt's
        """Show what was chosen."""
        draft = self._draft
        if draft.dataset is None or draft.model is None or draft.recipe is None:
            return
        changed = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in draft.changes.items())
        known = {
            "Sounds": draft.sounds,
            "Starts from": draft.beginning,
            "Recipe": " · ".join(filter(None, (draft.recipe.name, changed))),
            "Finds out": _questions(draft),
            "Becomes": draft.model_id,
        }
        for name, text in known.items():
            self.rows[name].setText(text)
        self._form.setRowVisible(self.rows["Finds out"], bool(known["Finds out"]))

    def show_estimate(self, words: str) -> None:
        """Show how long it will take."""
        self.rows["Time"].setText(words)


def _questions(draft: Draft) -> str:
    """Return what is asked beside the model, in words; "" where that is nothing."""
    asked = " and ".join((CURVE,) * draft.has_curve + (LEAKY,) * draft.is_leaky)
    return f"{asked[0].upper()}{asked[1:]}, by more runs after it" if asked else ""
