"""Model ▸ Get weights…: what is published, and the two ways in which it comes here."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from earmark.api import Weights
from earmark.gui.labels_field import LabelsField
from earmark.gui.progress_row import ProgressRow
from earmark.gui.theme import muted
from earmark.weights_source import Page, published_weights, source_of
from earmark.weights_text import facts, size_text

SHOWN = ("Licence", "Source", "Address", "Size", "Reaches")
ASKING, UNKNOWN = "asking the server…", "not known before it is fetched"
KINDS = "Checkpoints (*.safetensors *.pt *.pth *.pyth *.ckpt *.bin);;All files (*)"
WIDTH = 560  # pixels


@dataclass(frozen=True)
class Offer:
    """What can be got: a model's weights, or what training can start from.

    Attributes:
        key: what it is asked for by.
        about: a sentence on what that is, after the name of the weights.
    """

    key: str
    title: str
    published: Sequence[Weights]
    about: str = "its weights are published, but not on this machine."


class WeightsWindow(QDialog):
    """Asks how weights are to come here, and shows how far they are. Nothing waits for it."""

    picked = Signal()  # another is shown
    download_asked = Signal(str)  # key of an offer
    file_given = Signal(str, object, object)  # key, Path of a file or a folder, Path of its list of labels or None
    cancelled = Signal()

    def __init__(self, parent: QWidget, offers: Sequence[Offer], key: str) -> None:
        super().__init__(parent)
        self._offers, self._works = {each.key: each for each in offers}, False
        self.model = QComboBox()
        self.about, self.facts = QLabel(), {name: QLabel() for name in SHOWN}
        self.by_hand, self.labels, self.lacking = muted(), LabelsField(), muted()
        self._given: Path | None = None  # the file whose labels are asked for
        self.download = QPushButton("&Download")
        self.file, self.folder = QPushButton("I have the &file…"), QPushButton("I have the f&older…")
        self.close_button, self.progress = QPushButton("Close"), ProgressRow()
        self._form = QFormLayout()
        self._build(key)
        self._lay_out()
        self._connect()
        self._show_model()

    def _build(self, key: str) -> None:
        self.setWindowTitle("Get weights")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for offer in self._offers.values():
            self.model.addItem(offer.title, offer.key)
        self.model.setCurrentIndex(max(self.model.findData(key), 0))
        for label in (self.about, self.by_hand, self.lacking, *self.facts.values()):
            label.setWordWrap(True)
        for name, label in self.facts.items():
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            label.setOpenExternalLinks(True)
            label.setAccessibleName(name)
        self.download.setDefault(True)
        for button in (self.file, self.folder, self.close_button):
            button.setAutoDefault(False)
        self.progress.cancel.setToolTip("Stop; what has arrived is kept, and gone on with the next time (Esc)")
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        return {
            self.model: ("Model", "What is published and not on this machine"),
            self.download: ("Download", "Fetch it, verify it, and use it at once"),
            self.file: ("I have the file", "Bring in a checkpoint in any published layout; nothing in it is executed"),
            self.folder: ("I have the folder", "Bring in a folder with config.json and the weights"),
            self.close_button: ("Close", "Close this window (Esc)"),
        }

    def _lay_out(self) -> None:
        model = QLabel("&Model")
        model.setBuddy(self.model)
        self._form.addRow(model, self.model)
        self._form.addRow("", self.about)
        for name, label in self.facts.items():
            self._form.addRow(name, label)
        self._form.addRow("", self.by_hand)
        labels = QLabel("&Labels")
        labels.setBuddy(self.labels)
        self._form.addRow(labels, self.labels)
        self._form.addRow("", self.lacking)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        buttons = QHBoxLayout()
        for button in (self.download, self.file, self.folder):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(self._form)
        layout.addStretch(1)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        self.resize(WIDTH, self.sizeHint().height())

    def _connect(self) -> None:
        self.model.currentIndexChanged.connect(lambda _: self._show_model())
        self.model.currentIndexChanged.connect(lambda _: self.picked.emit())
        self.download.clicked.connect(lambda: self.download_asked.emit(self.key))
        self.file.clicked.connect(self._ask_for_file)
        self.folder.clicked.connect(self._ask_for_folder)
        self.labels.chosen.connect(self._give_again)
        self.close_button.clicked.connect(self.reject)
        self.progress.cancelled.connect(self.cancelled)

    @property
    def key(self) -> str:
        """Return the key of the offer that is shown."""
        return self.model.currentData() or ""

    @property
    def weights(self) -> Weights | None:
        """Return the weights that are offered."""
        offer = self._offers.get(self.key)
        found = published_weights(offer.published) if offer else None
        return found[0] if found else None

    @property
    def lacks_size(self) -> bool:
        """Tell whether only the server knows how much it is."""
        return self.facts["Size"].text() == ASKING

    def show_offer(self, key: str) -> None:
        """Show an offer, unless another is being brought here."""
        if not self._works and (row := self.model.findData(key)) >= 0:
            self.model.setCurrentIndex(row)
        self.raise_()
        self.activateWindow()

    def show_size(self, key: str, size: int | None) -> None:
        """Show how much is to be fetched, as the server says."""
        if key == self.key:
            self.facts["Size"].setText(UNKNOWN if size is None else size_text(size))

    def ask_for_labels(self, file: Path, sentence: str) -> None:
        """Ask for the labels of a file that was given and does not name them; with a list it is brought in again."""
        self._given = file
        self.lacking.setText(f"{sentence} Choose a list of them.")
        self._show_labels()
        self.labels.setFocus()

    def begin(self, what: str) -> None:
        """Something comes; nothing else is offered meanwhile."""
        self._offer(works=True)
        self.progress.begin(what)

    def go_on(self, what: str, done: int, total: int | None) -> None:
        """It is so far."""
        if total:
            self.progress.go_on(f"{what}, {size_text(done)} of {size_text(total)},", done, total)
        else:
            self.progress.label.show_text(f"{what}, {size_text(done)}")

    def end(self) -> None:
        """It is here, or it was given up."""
        self._offer(works=False)
        self.progress.end()

    def reject(self) -> None:
        """Close; while something comes, stop that first."""
        if self._works:
            self.cancelled.emit()
        else:
            super().reject()

    def _offer(self, *, works: bool) -> None:
        self._works = works
        for widget in (self.model, self.download, self.file, self.folder, self.labels):
            widget.setEnabled(not works)

    def _show_model(self) -> None:
        weights = self.weights
        if weights is None:
            return
        source, known = source_of(weights.url), dict(facts(weights))
        self.about.setText(f"{weights.name}: {self._offers[self.key].about}")
        is_page = isinstance(source, Page)
        known["Size"] = known["Size"] or ("" if is_page else ASKING)
        for name, label in self.facts.items():
            label.setText(_linked(known[name]))
            self._form.setRowVisible(label, bool(known[name]))
        self.by_hand.setText(_by_hand(source) if is_page else "")
        self._form.setRowVisible(self.by_hand, is_page)
        self.download.setVisible(not is_page)
        self._forget_labels()

    def _ask_for_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, f"Weights of {self.model.currentText()}", "", KINDS)
        self._give(name)

    def _ask_for_folder(self) -> None:
        self._give(QFileDialog.getExistingDirectory(self, f"Weights of {self.model.currentText()}"))

    def _give(self, name: str) -> None:
        if name:
            self._forget_labels()
            self.file_given.emit(self.key, Path(name), None)

    def _give_again(self) -> None:
        if self._given and self.labels.path:
            self.file_given.emit(self.key, self._given, self.labels.path)

    def _forget_labels(self) -> None:
        self._given = None
        self.labels.clear()
        self._show_labels()

    def _show_labels(self) -> None:
        for widget in (self.labels, self.lacking):
            self._form.setRowVisible(widget, self._given is not None)


def _by_hand(page: Page) -> str:
    return (
        f"{page.host} gives nothing to a program: download it in a browser from the address above, then give it here."
    )


def _linked(text: str) -> str:
    """Return an address as a link."""
    plain = html.escape(text)
    return f'<a href="{plain}">{plain}</a>' if text.startswith("https://") else plain
