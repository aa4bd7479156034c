"""Scores and what counts: the sliders, the tags, thresholds and probabilities."""

from __future__ import annotations

import numpy as np

from earmark.gui.desk import Desk
from earmark.gui.event_finder import Search
from earmark.gui.part import Part


class Calibrating:
    """Keeps sliders and tags in step with the scores."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._here: tuple[Search, int] | None = None  # whose scores the tags show
        desk.settings_row.changed.connect(self._use)
        desk.findings.analysis_changed.connect(self._show_analysis)
        desk.listening.grew.connect(self._show_growth)
        desk.player.moved.connect(lambda seconds: self._show_here())
        desk.changed.connect(lambda: desk.settings_row.setEnabled(desk.shown.info is not None))

    @property
    def part(self) -> Part:
        """Return what this adds to the window."""
        desk = self._desk
        return Part(
            given=lambda: {"analysis"} if desk.findings.analysis else set(),
            panes=(desk.tags.view, desk.settings_row.threshold.slider),
        )

    def _use(self) -> None:
        self._desk.findings.use(self._desk.settings_row.settings())

    def _show_analysis(self) -> None:
        analysis = self._desk.findings.analysis
        if analysis:
            self._desk.settings_row.offer_thresholds(analysis.thresholds)
            self._desk.findings.settings = self._desk.settings_row.settings()
        else:
            self._desk.tags.model.show_here({})
        self._desk.tags.model.show_tags(analysis.tags() if analysis else ())

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
