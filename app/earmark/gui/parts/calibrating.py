"""Scores and what counts: the sliders, the tags, thresholds and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from earmark.gui.actions import Deed
from earmark.gui.desk import Desk
from earmark.gui.event_finder import Search
from earmark.gui.event_words import probability_of
from earmark.gui.knowledge import Knowledge
from earmark.gui.part import Part
from earmark.gui.score_curves import ScoreCurves
from earmark.gui.theme import Theme
from earmark.gui.thresholds import Thresholds
from earmark.gui.thresholds_window import ThresholdsWindow
from earmark.score_peaks import ScorePeaks

DEEDS = (
    Deed(name="scores", menu="&View", text="Sco&res over time", checkable=True),
    Deed(
        name="thresholds",
        menu="|&Model",
        text="&Thresholds and calibration…",
        keys=("Ctrl+Shift+T",),
        needs="analysis",
    ),
)
THRESHOLDS = "thresholds"  # in `settings.window`: model → label → threshold that the person chose
SETTINGS = "event_settings"


class Calibrating:
    """Keeps sliders, tags and thresholds in step with the scores."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._here: tuple[Search, int] | None = None  # whose scores the tags show
        self._chosen = desk.chosen_thresholds
        self._model_id = ""
        self._peaks: ScorePeaks | None = None  # of the scores that were selected in last
        self.knowledge = Knowledge(desk.library, lambda: desk.findings.annotations)
        self._curves = ScoreCurves(desk.findings, desk.centre.scores)
        self._thresholds: Thresholds | None = None  # once it was asked for
        self._connect()

    def _connect(self) -> None:
        desk = self._desk
        desk.settings_row.changed.connect(self._use)
        desk.findings.analysis_changed.connect(self._show_analysis)
        desk.findings.changed.connect(self._show_found)
        desk.centre.lanes.label_clicked.connect(self._curves.choose)
        desk.findings.change_made.connect(self.knowledge.read_again)
        desk.listening.grew.connect(self._show_growth)
        desk.player.moved.connect(lambda seconds: self._show_here())
        desk.tags.picked.connect(self._curves.choose)
        desk.centre.scores.threshold_dragged.connect(self._choose_threshold)
        desk.selection.changed.connect(self._show_selection)
        desk.changed.connect(lambda: desk.settings_row.setEnabled(desk.shown.info is not None))
        self.knowledge.changed.connect(self._show_probabilities)
        self.knowledge.failed.connect(desk.notices.report)

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        desk = self._desk
        return Part(
            deeds=DEEDS,
            doing={"scores": self._show_scores, "thresholds": lambda: self.thresholds.show()},
            given=lambda: {"analysis"} if desk.findings.analysis else set(),
            keep=self._keep,
            restore=self._restore,
            panes=(desk.centre.scores.plot, desk.tags.view, desk.settings_row.threshold.slider),
            wear=self._wear,
            close=self._close,
        )

    def _show_probabilities(self) -> None:
        desk, calibrations = self._desk, self.knowledge.calibrations
        desk.tags.show_probabilities(calibrations)
        analysis = desk.findings.analysis
        if analysis:
            self._show_tags()
        heard_by = (analysis.model_id, analysis.weights) if analysis else ("", "")
        probability = probability_of(calibrations, *heard_by)
        desk.events.events_model.show_probabilities(probability)
        desk.centre.lanes.show_probabilities(probability)

    @property
    def thresholds(self) -> Thresholds:
        """Return the window of thresholds; it is made when it is first asked for."""
        if self._thresholds is None:
            desk = self._desk
            self._thresholds = Thresholds(
                ThresholdsWindow(desk.window), desk.findings, self.knowledge, desk.settings_row
            )
            self._thresholds.wear(desk.appearance.theme)
        return self._thresholds

    def _wear(self, theme: Theme) -> None:
        if self._thresholds:
            self._thresholds.wear(theme)

    def _close(self) -> None:
        if self._thresholds:
            self._thresholds.close()
        self.knowledge.close()

    def _keep(self) -> dict[str, Any]:
        self._remember_chosen()
        chosen = {model: dict(thresholds) for model, thresholds in self._chosen.items() if thresholds}
        row = self._desk.settings_row.kept()
        return {THRESHOLDS: chosen, SETTINGS: row, "scores": not self._desk.centre.scores.isHidden()}

    def _restore(self, kept: Mapping[str, Any]) -> None:
        settings = kept.get(SETTINGS)
        self._desk.settings_row.restore(settings if isinstance(settings, dict) else {})
        written = kept.get(THRESHOLDS)
        models = written.items() if isinstance(written, dict) else ()
        self._chosen.update((model, _numbers(chosen)) for model, chosen in models if isinstance(chosen, dict))
        shown = kept.get("scores") is not False
        self._desk.do["scores"].setChecked(shown)
        self._show_scores(shown)

    def _remember_chosen(self) -> None:
        if self._model_id:
            self._chosen[self._model_id] = self._desk.settings_row.chosen

    def _show_scores(self, shown: bool) -> None:
        self._desk.centre.scores.setVisible(shown)
        self._curves.show()

    def _choose_threshold(self, label: str, threshold: float) -> None:
        self._desk.settings_row.choose_thresholds({label: threshold})

    def _use(self) -> None:
        self._desk.findings.use(self._desk.settings_row.settings())

    def _show_analysis(self) -> None:
        analysis, row = self._desk.findings.analysis, self._desk.settings_row
        if analysis:
            self._remember_chosen()
            self._model_id = analysis.model_id
            row.offer_thresholds(analysis.thresholds, self._chosen.get(analysis.model_id, {}))
            self._desk.findings.settings = row.settings()
            self.knowledge.open(analysis.model_id, analysis.weights)
        else:
            self._desk.tags.model.show_here({})
            self._here = self._peaks = None
        self._show_tags()

    def _show_tags(self) -> None:
        """Show the tags; where probabilities are shown, of the surest moment, since moments are what was judged."""
        findings, known = self._desk.findings, self.knowledge.calibrations
        analysis = findings.analysis
        tags = analysis.tags() if analysis else []
        if analysis and analysis.frames is not None and known:
            highest = dict(zip(analysis.labels, analysis.frames.max(0, initial=0.0).tolist(), strict=True))
            tags = [(label, highest[label] if label in known else score) for label, score in tags]
        self._desk.tags.model.show_tags(tags)

    def _show_found(self) -> None:
        findings, row = self._desk.findings, self._desk.settings_row
        self._show_here()
        self._show_selection()
        if findings.events or findings.search:
            row.show_count(findings.events)
        else:
            row.forget_count()

    def _show_growth(self, path, growth) -> None:
        if path == self._desk.shown.path and self._desk.findings.analysis is None:
            order = np.argsort(-growth.highest, kind="stable")
            self._desk.tags.model.show_tags([(growth.labels[each], float(growth.highest[each])) for each in order])

    def _show_here(self) -> None:
        search = self._desk.findings.search
        if search is None:
            return
        step = min(int(self._desk.player.position / search.hop), len(search.frames) - 1)
        if step >= 0 and (search, step) != self._here:
            self._here = (search, step)
            scores = dict(zip(search.labels, search.frames[step].tolist(), strict=True))
            self._desk.tags.model.show_here(scores)

    def _show_selection(self) -> None:
        stretch, search = self._desk.selection.stretch, self._desk.findings.search
        if stretch is None or search is None:
            self._desk.tags.show_selection(None)
            return
        if self._peaks is None or self._peaks.frames is not search.frames:
            self._peaks = ScorePeaks(search.frames, search.hop, search.labels)
        self._desk.tags.show_selection(self._peaks.between(stretch.start, stretch.end))


def _numbers(chosen: Mapping[Any, Any]) -> dict[str, float]:
    """Return what of a kept mapping can be thresholds."""
    return {
        str(label): float(value)
        for label, value in chosen.items()
        if isinstance(value, int | float) and 0 <= value <= 1
    }
