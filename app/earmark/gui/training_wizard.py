"""Train ▸ New model…: from a folder of sounds to a job, in five pages. The window stays usable beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget, QWizard

from earmark.catalogue import Model
from earmark.gui.training_draft import Draft
from earmark.gui.training_page_folder import FolderPage
from earmark.gui.training_page_found import FoundPage
from earmark.gui.training_page_model import ModelPage
from earmark.gui.training_page_settings import SettingsPage
from earmark.gui.training_page_start import StartPage
from earmark.library import Library

SIZE = (860, 620)
BUTTONS = {
    QWizard.WizardButton.BackButton: ("&Back", "The page before"),
    QWizard.WizardButton.NextButton: ("&Next", "The next page (Enter)"),
    QWizard.WizardButton.FinishButton: ("&Train", "Start training; it goes on in the Training panel (Enter)"),
    QWizard.WizardButton.CancelButton: ("Cancel", "Close, and forget what was chosen (Esc)"),
}


class TrainingWizard(QWizard):
    """Asks for all that a job needs."""

    heard = Signal(object, float, object)  # Path, start, end or None: play a clip
    weights_asked = Signal(str)  # model_id: they are published, but not here
    start_asked = Signal(object, str)  # ModelCard, name: likewise
    wanted = Signal(object)  # Draft: train this

    def __init__(self, parent: QWidget, library: Library | None) -> None:
        super().__init__(parent)
        self.draft = Draft()
        self.folder, self.found = FolderPage(self.draft, library), FoundPage(self.draft)
        self.model, self.settings = ModelPage(self.draft), SettingsPage(self.draft)
        self.begin = StartPage(self.draft)
        self._build()
        self.found.heard.connect(self.heard)
        self.model.weights_asked.connect(self.weights_asked)
        self.model.start_asked.connect(self.start_asked)
        self.settings.estimated.connect(self.begin.show_estimate)
        self.finished.connect(self._end)

    def _build(self) -> None:
        self.currentIdChanged.connect(lambda _: self._name_page())
        self.setModal(False)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.resize(*SIZE)
        for page in (self.folder, self.found, self.model, self.settings, self.begin):
            self.addPage(page)
        for which, (text, tip) in BUTTONS.items():
            self.setButtonText(which, text)
            self.button(which).setToolTip(tip)

    def _name_page(self) -> None:
        page = self.currentPage()
        self.setWindowTitle(f"New model: {page.title()}" if page else "New model")

    def offer(self, models: Sequence[Model], model_id: str) -> None:
        """Offer these models, one of them chosen if it is among them."""
        self.model.offer(models, model_id)

    def choose(self, folder: Path) -> None:
        """Be given a folder."""
        self.folder.choose(folder)

    def close_down(self) -> None:
        """End what the pages do on threads."""
        for page in (self.folder, self.found, self.settings):
            page.close_down()

    def _end(self, result: int) -> None:
        if result == QWizard.DialogCode.Accepted:
            self.wanted.emit(self.draft)
        self.close_down()
