"""Which scores the strip shows: of the labels selected, else of the label shown before, or of the surest."""

from __future__ import annotations

from collections.abc import Sequence

from earmark.api import Float
from earmark.gui.event_finder import Search
from earmark.gui.findings import Findings
from earmark.gui.score_strip import Curve, ScoreStrip
from earmark.judging import JudgedEvent, answers_of
from earmark.score_line import ScoreLine

MOST = 6  # lines at once


class ScoreCurves:
    """Keeps a strip in step with the findings, while it is to be seen."""

    def __init__(self, findings: Findings, strip: ScoreStrip) -> None:
        self._findings, self._strip = findings, strip
        self._frames: Float | None = None  # whose lines are kept
        self._lines: dict[str, tuple[Float | None, ScoreLine]] = {}  # label → what was smoothed, or None; its line
        self._last = ""  # label
        for signal in (findings.changed, findings.selected_changed, findings.analysis_changed):
            signal.connect(self.show)

    def show(self) -> None:
        """Show the scores of the labels that matter now."""
        search = self._findings.search
        if search is None or self._strip.isHidden() or not len(search.frames):
            self._frames, self._lines = None, {}
            self._strip.show_curves((), "Scores")
            return
        if search.frames is not self._frames:
            self._frames, self._lines = search.frames, {}
        labels = self._labels(search)
        curves = [self._curve(search, label) for label in labels]
        self._strip.show_curves(curves, self._remark(search, labels))

    def choose(self, label: str) -> None:
        """Show the scores of a label; no event is selected any more, for it would show its own."""
        self._last = label
        self._findings.select(())
        self.show()

    def _labels(self, search: Search) -> Sequence[str]:
        """Return whose scores to show; none where the model knows nothing of what is selected."""
        wanted = dict.fromkeys(_known_as(event, search.labels) for event in self._findings.selected_events)
        labels = [label for label in wanted if label in search.labels][:MOST]
        if not wanted:
            labels = [self._last if self._last in search.labels else _surest(search)]
        self._last = labels[-1] if labels else self._last
        return labels

    def _curve(self, search: Search, label: str) -> Curve:
        smoothed = self._findings.smoothed(label)
        if label not in self._lines or self._lines[label][0] is not smoothed:
            scores = search.frames[:, search.labels.index(label)] if smoothed is None else smoothed
            self._lines[label] = smoothed, ScoreLine(scores, search.hop)
        threshold = search.settings.threshold_of(label)
        return Curve(label, self._lines[label][1], threshold, threshold * (1 - search.settings.hysteresis))

    def _remark(self, search: Search, labels: Sequence[str]) -> str:
        if not labels:
            return "No scores"
        if search.settings.smooth and any(self._lines[label][0] is None for label in labels):
            return "raw scores"  # of a label that never comes near its threshold
        return f"from {search.settings.threshold_of(labels[0]):.2f}" if len(labels) == 1 else ""


def _known_as(event: JudgedEvent, labels: Sequence[str]) -> str:
    """Return the label under which a model knows an event: what it called it, where it was given another name."""
    heard = answers_of(event)
    return event.label if heard is None or event.label in labels else heard.label


def _surest(search: Search) -> str:
    return search.labels[int(search.frames.max(0).argmax())]
