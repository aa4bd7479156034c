"""The third page of a new model: which one it starts from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWizardPage,
)

from earmark.api import ModelCard
from earmark.catalogue import Model
from earmark.counted import counted
from earmark.gui.lines_delegate import LINES, LinesDelegate
from earmark.gui.own_keys import BUTTON, PICKER, TABLE, keep_keys
from earmark.gui.placeholder import Placeholder
from earmark.gui.theme import muted
from earmark.gui.training_draft import Draft, recipes
from earmark.training.plan import SCRATCH
from earmark.weights_source import published_weights

INDENT = 24  # pixels, below a radio button
ROLE = Qt.ItemDataRole.UserRole
SHORT = {
    "pad": "filled with silence",
    "repeat": "repeated",
    "repeat_pad": "repeated as often as it fits",
    "stretch": "stretched",
    "leave": "filled with silence",
}


class ModelPage(QWizardPage):
    """Asks for the network, and whether it starts from what it knows."""

    weights_asked = Signal(str)  # model_id
    start_asked = Signal(object, str)  # ModelCard, name: what training is to begin with, and is not here

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self.models = QListWidget()
        self.trained, self.scratch = QRadioButton("Go &on from what it knows"), QRadioButton("Start from &scratch")
        self.image, self.starts = QRadioButton("Start from an &image network"), QComboBox()
        self.get, self.get_start = QPushButton("&Get its weights…"), QPushButton("Get i&t…")
        self.heading, self.facts, self.advice = QLabel(), QLabel(), muted()
        self._build()
        self._lay_out()
        self.models.currentItemChanged.connect(lambda *_: self._show())
        for changed in (self.trained.toggled, self.image.toggled, self.starts.currentIndexChanged):
            changed.connect(lambda _: self._take())
        self.get.clicked.connect(lambda: self._draft.model and self.weights_asked.emit(self._draft.model.model_id))
        self.get_start.clicked.connect(self._ask_for_start)

    def _build(self) -> None:
        self.setTitle("Model and start")
        self.setSubTitle("A model that knows sounds already needs the fewest of yours.")
        self.models.setAccessibleName("Models that can be trained")
        self.models.setToolTip("The models that can be trained")
        self.trained.setToolTip("Few clips suffice, a few dozen a label")
        self.scratch.setToolTip("A small network that knows nothing yet: for some hundreds of clips")
        self.image.setToolTip("The whole network of the paper, from one that saw pictures: for many clips and a GPU")
        self.starts.setAccessibleName("Image network")
        self.starts.setToolTip("Image networks that are published for this one")
        self.get.setToolTip("Download what is published for this model, or give a file")
        self.get_start.setToolTip("Download the image network, or give its file")
        for button in (self.get, self.get_start):
            button.setAutoDefault(False)
        self.heading.setObjectName("headline")
        for label in (self.heading, self.facts, self.advice):
            label.setWordWrap(True)
        self.models.setItemDelegate(LinesDelegate(self.models, under=1))
        Placeholder(self.models, "Asking which models can be trained…")
        keep_keys(self.models, TABLE)
        for button in (self.trained, self.scratch, self.image, self.get, self.get_start):
            keep_keys(button, BUTTON)
        keep_keys(self.starts, PICKER)

    def _lay_out(self) -> None:
        images = QHBoxLayout()
        images.setContentsMargins(INDENT, 0, 0, 0)
        images.addWidget(self.starts, 1)
        images.addWidget(self.get_start)
        start = QFormLayout()
        start.addRow(self.trained)
        start.addRow(self.image)
        start.addRow(images)
        start.addRow(self.scratch)
        start.addRow(self.get)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.heading)
        right.addWidget(self.facts)
        right.addLayout(start)
        right.addWidget(self.advice)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setSpacing(16)
        row.addWidget(self.models, 2)
        row.addLayout(right, 3)

    def offer(self, models: Sequence[Model], model_id: str) -> None:
        """Offer these models, one of them chosen if it is among them; what was chosen before stays."""
        before = self._draft.model.model_id if self._draft.model else model_id
        self.models.clear()
        models = sorted(models, key=readiness)
        for model in models:
            item = QListWidgetItem(model.card.title if model.card else model.model_id)
            item.setData(ROLE, model)
            item.setData(LINES, [origin(model)])
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}: {origin(model)}")
            self.models.addItem(item)
        wanted = [row for row, model in enumerate(models) if model.model_id == before]
        self.models.setCurrentRow(wanted[0] if wanted else 0)

    def isComplete(self) -> bool:  # noqa: N802 - Qt's
        """Say whether something can be trained."""
        return self._draft.model is not None and bool(self._draft.preset)

    def _show(self) -> None:
        item = self.models.currentItem()
        model: Model | None = item.data(ROLE) if item else None
        self._draft.model = model
        if model is None or model.card is None:
            return
        known = recipes(model)
        self._offer_starts(model.card)
        self.heading.setText(model.card.title)
        self.facts.setText(facts(model.card))
        self.trained.setEnabled(any(name != SCRATCH for name in known))
        self.scratch.setEnabled(SCRATCH in known)
        self.get.setVisible(model.checkpoint is None and published_weights(model.card.weights) is not None)
        (self.trained if self.trained.isEnabled() else self.scratch).setChecked(True)
        self._take()

    def _offer_starts(self, card: ModelCard) -> None:
        """Offer what is published for a card's network to begin with."""
        with QSignalBlocker(self.starts):
            self.starts.clear()
            for name, start in card.starts.items():
                self.starts.addItem(start.name, name)
        for widget in (self.image, self.starts):
            widget.setVisible(bool(card.starts))

    def take_start(self) -> None:
        """Look again at what is here: something came."""
        self._take()

    def _ask_for_start(self) -> None:
        if self._draft.model and self._draft.model.card:
            self.start_asked.emit(self._draft.model.card, self._draft.start)

    def _take(self) -> None:
        """Take the first recipe that fits the start."""
        draft, begins = self._draft, self.image.isChecked()
        draft.start = self.starts.currentData() or "" if begins else ""
        self.starts.setEnabled(begins)
        self.get_start.setVisible(bool(draft.start))
        self.get_start.setText("Ano&ther…" if draft.start_path else "Get i&t…")
        fitting = [name for name in draft.recipes if (name == SCRATCH) == self.scratch.isChecked()]
        draft.preset, draft.changes = next(iter(fitting), ""), {}
        self.advice.setText(self._advice())
        self.completeChanged.emit()

    def _advice(self) -> str:
        recipe = self._draft.recipe
        if recipe is None and self._draft.start:
            return "The image network is not on this machine yet: get it first."
        if recipe is None:
            return "This model cannot be trained here: it has neither weights nor a recipe without them."
        return f"The usual recipe is “{recipe.name}”: {recipe.about}"


def readiness(model: Model) -> int:
    """Return where a model stands among those that can be trained: what can be gone on from is first."""
    if model.checkpoint is not None:
        return 0
    return 1 if recipes(model) else 2


def origin(model: Model) -> str:
    """Return where a model's weights are from."""
    card = model.card
    if card is None or model.checkpoint is None:
        published = published_weights(card.weights) if card else None
        return "Published, not on this machine" if published else "Without weights"
    if any(each.url.startswith("bundled:") for each in card.weights):
        return "Comes with Earmark"
    return "Your own" if model.checkpoint.trained_on else "Published, on this machine"


def facts(card: ModelCard) -> str:
    """Return what a model expects and knows, in sentences."""
    window = f"Hears {card.window_seconds:g} s at {card.sample_rate / 1000:g} kHz at a time; "
    short = f"shorter clips are {SHORT[card.short]}."
    knows = f"Knows {counted(len(card.labels), 'label')}, yours take their place." if card.labels else ""
    draws = "Says when a sound is heard." if card.draws_timeline else "Says what is heard in each window, not when."
    return "\n".join(filter(None, (window + short, knows, draws, card.paper)))
