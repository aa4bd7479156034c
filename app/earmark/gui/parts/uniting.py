"""Putting models together: several that are offered as one, and listen at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from earmark.analysis import Heading
from earmark.ensembles import Ensemble, is_ensemble, put_together
from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.errand import Errands
from earmark.gui.layout import Tools
from earmark.gui.part import Part
from earmark.gui.together_window import TogetherWindow

DEEDS = (Deed(name="put_together", menu="&Model", text="Put models toget&her…", needs="members"),)


class Uniting(QObject):
    """The window in which models are put together, and what is done from it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._errands = Errands(desk, desk.notices.report)
        self.window: TogetherWindow | None = None  # while it is open

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        return Part(
            deeds=DEEDS,
            doing={"put_together": self.open},
            given=lambda: {"members"} if self._members() else set(),
            close=self._close,
        )

    def equip(self, tools: Tools) -> None:
        """Know the toolbar's list of models, which has another one then."""
        self._tools = tools

    def open(self) -> None:
        """Ask which models are to be one."""
        if self.window is None:
            self.window = TogetherWindow(self._desk.window, self._members())
            self.window.wanted.connect(self._put)
            self.window.finished.connect(lambda _: self._forget())
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _forget(self) -> None:
        self.window = None

    def _members(self) -> list[Heading]:
        """Return the models that can be members: they are here, and name sounds."""
        headings = self._desk.listening.headings
        return [each for each in headings if each.has_weights and each.labels and not is_ensemble(each.model_id)]

    def _put(self, ensemble: Ensemble, labels: Sequence[tuple[str, ...]]) -> None:
        engines = self._desk.engines

        def work() -> list[Heading]:
            put_together(ensemble, labels)
            return engines.headings()

        self._errands.run(work, lambda headings: self._use(ensemble.model_id, headings))

    def _use(self, model_id: str, headings: list[Heading]) -> None:
        self._desk.listening.learn(headings)
        self._tools.model.choose(model_id)
        self._desk.notices.tell(f"{model_id} listens from now on.")
        if self.window:
            self.window.accept()

    def _close(self) -> None:
        if self.window:
            self.window.hide()
        self._errands.close()
