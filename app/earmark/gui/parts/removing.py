"""Removing models of a person's own: imported, trained, ensembles."""

from __future__ import annotations

from PySide6.QtCore import QObject

from earmark.analysis import Heading
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.layout import Tools
from earmark.gui.models_window import ModelsWindow
from earmark.gui.part import Part
from earmark.own_models import OwnModel, own_models, remove

DEEDS = (Deed(name="remove_model", menu="&Model", text="Re&move a model…", needs="own_models"),)


class Removing(QObject):
    """Knows which models are the person's own, and is rid of those that they do not want any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._errands = Errands(desk, desk.notices.report)
        self._own: list[OwnModel] = []
        self.window: ModelsWindow | None = None  # while it is open
        desk.listening.headings_known.connect(lambda _: self._errands.run(own_models, self._know))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={"remove_model": self.open},
            given=lambda: {"own_models"} if self._own else set(),
            close=self._close,
        )

    def equip(self, tools: Tools) -> None:
        """Be asked by the toolbar's list of models."""
        self._tools = tools
        tools.model.removal_asked.connect(self.open)

    def open(self) -> None:
        """List what can be removed."""
        if self.window is None:
            self.window = ModelsWindow(self._desk.window)
            self.window.removed.connect(self._remove)
            self.window.finished.connect(lambda _: self._forget())
        self._show()
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _forget(self) -> None:
        self.window = None

    def _know(self, own: list[OwnModel]) -> None:
        self._own = own
        self._tools.model.offer_removal(bool(own))
        self._desk.changed.emit()
        self._show()

    def _show(self) -> None:
        if self.window:
            titles = {each.model_id: each.title for each in self._desk.listening.headings}
            self.window.show_models(self._own, titles)

    def _remove(self, model_id: str) -> None:
        engines = self._desk.engines

        def work() -> tuple[str, list[Heading]]:
            remove(model_id)
            return model_id, engines.headings()

        self._errands.run(work, lambda answer: self._go_on_without(*answer))

    def _go_on_without(self, model_id: str, headings: list[Heading]) -> None:
        """Offer what is left; where the one that listened is gone, another listens."""
        listening = self._desk.listening
        before = listening.model_id
        listening.learn(headings)
        if listening.model_id != before:
            self._tools.model.choose(listening.model_id)
        self._desk.notices.tell(f"{model_id} was removed.")

    def _close(self) -> None:
        if self.window:
            self.window.hide()
        self._errands.close()
