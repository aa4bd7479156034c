"""Several models on the recording shown: which, what each heard, and where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from earmark.analysis import Analysis, Heading
from earmark.comparing import MOST
from earmark.disagreements import Disagreement, Side, disagreements
from earmark.events import EventSettings
from earmark.gui.companion import UNKNOWING, Companion, side_of
from earmark.gui.desk import Desk

SETTLE_MS = 15  # while a slider moves each model finds its events on a thread of its own: they are compared together


class Comparison(QObject):
    """Keeps the other models in step with the recording, the settings, and the model that is judged.

    Attributes:
        wished: ids of the models to compare, in the order in which they are shown; nothing where none are compared.
        companions: by id, all of them but the one that is judged.
        sides, disagreements: of `models`, in that order.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.wished: list[str] = []
        self.companions: dict[str, Companion] = {}
        self.sides: Sequence[Side] = ()
        self.disagreements: Sequence[Disagreement] = ()
        self._desk = desk
        self._judged = desk.listening.model_id
        self._settling = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settling.timeout.connect(self._compare)
        self._connect()

    def _connect(self) -> None:
        desk, listening, findings = self._desk, self._desk.listening, self._desk.findings
        desk.shown.left.connect(self._leave_recording)
        desk.shown.opened.connect(lambda path: self._ask())
        desk.settings_row.changed.connect(self._use)
        for signal in (findings.changed, findings.analysis_changed):
            signal.connect(self._change)
        listening.headings_known.connect(lambda headings: self._follow())
        listening.chosen.connect(self._judge)
        listening.heard_beside.connect(self._hear)
        listening.gave_up.connect(self._give_up)
        listening.worked.connect(self._go_on)

    @property
    def usable(self) -> list[Heading]:
        """Return the models that can be used here and say what they hear."""
        return [each for each in self._desk.listening.headings if each.has_weights and not each.only_embeds]

    @property
    def models(self) -> list[Heading]:
        """Return the models that are compared; none where that would be fewer than two."""
        known = {each.model_id: each for each in self.usable}
        found = [known[model_id] for model_id in self.wished if model_id in known]
        is_judged = any(each.model_id == self._judged for each in found)
        return found if is_judged and len(found) > 1 else []

    @property
    def judged(self) -> str:
        """Return the id of the model that is judged."""
        return self._judged

    def choose(self, model_ids: Sequence[str]) -> None:
        """Compare these, and the model that is judged; fewer than two are no comparison."""
        wished = dict.fromkeys(model_ids)
        self.wished = list(wished if self._judged in wished else {self._judged: None, **wished})[:MOST]
        if len(self.wished) < 2:
            self.wished = []
        self._follow()

    def analysis_of(self, model_id: str) -> Analysis | None:
        """Return what a model heard, once it has."""
        if model_id == self._judged:
            return self._desk.findings.analysis
        companion = self.companions.get(model_id)
        return companion.analysis if companion else None

    def close(self) -> None:
        """End the threads."""
        self._settling.stop()
        for companion in self.companions.values():
            companion.close()

    def _follow(self) -> None:
        """Have a companion for each model but the one that is judged, and each of them heard."""
        if self._desk.listening.headings:
            self._judged = self._desk.listening.model_id
            if self.wished and self._judged not in self.wished:  # what was remembered cannot be used any more
                self.wished = [self._judged, *self.wished][:MOST]
            others = [each.model_id for each in self.models if each.model_id != self._judged]
            for model_id in self.companions.keys() - set(others):
                self.companions.pop(model_id).close()
            for model_id in others:
                if model_id not in self.companions:
                    self._add(model_id)
            self._ask()
        self._change()

    def _add(self, model_id: str) -> Companion:
        companion = self.companions[model_id] = Companion()
        companion.changed.connect(self._change)
        companion.failed.connect(_raise)
        return companion

    def _judge(self, model_id: str) -> None:
        """Follow the choice of another model: one that is compared swaps parts, another takes the old one's place."""
        before, self._judged = self._judged, model_id
        if not self.wished:
            return
        analysis, found = self._desk.findings.analysis, self._desk.findings.found
        if model_id not in self.wished:
            self.wished = [model_id if each == before else each for each in self.wished]
        elif analysis and analysis.model_id == before:
            self._add(before).show_analysis(analysis, self._settings_of(analysis), found)
        self._follow()

    def _ask(self) -> None:
        shown = self._desk.shown
        if shown.path and shown.info:
            for model_id, companion in self.companions.items():
                if companion.analysis is None and not companion.trouble:
                    self._desk.listening.listen_beside(shown.path, model_id)

    def _hear(self, path: Path, analysis: Analysis) -> None:
        companion = self.companions.get(analysis.model_id)
        if companion and path == self._desk.shown.path:
            companion.show_analysis(analysis, self._settings_of(analysis))

    def _go_on(self, path: Path, model_id: str, part: float) -> None:
        if model_id in self.companions and path == self._desk.shown.path:
            self.companions[model_id].go_on(part)

    def _give_up(self, path: Path, model_id: str, sentence: str) -> None:
        if model_id in self.companions and path == self._desk.shown.path:
            self.companions[model_id].give_up(sentence)

    def _use(self) -> None:
        for companion in self.companions.values():
            if companion.analysis:
                companion.use(self._settings_of(companion.analysis))

    def _settings_of(self, analysis: Analysis) -> EventSettings:
        own = {**analysis.thresholds, **self._desk.chosen_thresholds.get(analysis.model_id, {})}
        return self._desk.settings_row.settings_of(own)

    def _leave_recording(self) -> None:
        for companion in self.companions.values():
            companion.forget()
        self._desk.listening.forget_beside()
        self._change()

    def _change(self) -> None:
        is_on = bool(self.wished or self.sides)
        if is_on and not self._settling.isActive():
            self._settling.start()

    def _compare(self) -> None:
        self.sides = [self._side(each.model_id) for each in self.models]
        self.disagreements = disagreements(self.sides)
        self.changed.emit()

    def _side(self, model_id: str) -> Side:
        findings = self._desk.findings
        if model_id != self._judged:
            return self.companions[model_id].side
        is_whole = findings.search is not None and findings.analysis is not None
        return side_of(findings.search, findings.found) if is_whole and findings.search else UNKNOWING


def _raise(error: Exception) -> None:
    raise error  # a bug: the exception hook shows it
