"""Keeps the window of thresholds in step with events, judgements and settings, while it is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from earmark.gui.findings import Findings
from earmark.gui.knowledge import Knowledge
from earmark.gui.settings_row import SettingsRow
from earmark.gui.studying import Studying
from earmark.gui.theme import Theme
from earmark.gui.thresholds_model import Row
from earmark.gui.thresholds_window import ThresholdsWindow


class Thresholds:
    """Model ▸ Thresholds and calibration."""

    def __init__(
        self, window: ThresholdsWindow, findings: Findings, knowledge: Knowledge, settings_row: SettingsRow
    ) -> None:
        self.window, self._findings, self._knowledge, self._row = window, findings, knowledge, settings_row
        self.studying = Studying(window)
        self._connect()

    def _connect(self) -> None:
        window, knowledge = self.window, self._knowledge
        window.study_asked.connect(self._study)
        window.threshold_chosen.connect(self._choose)
        window.reset.connect(self._row.forget_chosen)
        window.panel.marked.connect(knowledge.keep)
        window.panel.unmarked.connect(knowledge.forget)
        self.studying.studied.connect(window.show_study)
        self.studying.failed.connect(_raise)
        for changed in (self._findings.changed, knowledge.changed):
            changed.connect(self._while_open(self.refresh))

    def _choose(self, label: str, threshold: float) -> None:
        self._row.choose_thresholds({label: threshold})

    def _while_open(self, do: Callable[[], None]) -> Callable[[], None]:
        return lambda: do() if self.window.isVisible() else None

    def show(self) -> None:
        """Open the window at the label of the event that is selected."""
        self._knowledge.read_again()
        self.refresh()
        if events := self._findings.selected_events:
            self.window.choose(events[-1].label)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def refresh(self) -> None:
        """Show how things are now."""
        self.window.show_rows(self._rows(), self._knowledge.calibrations)

    def wear(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.window.wear(theme)

    def close(self) -> None:
        """Close the window and end its thread."""
        self.window.close()
        self.studying.close()

    def _rows(self) -> list[Row]:
        findings, knowledge = self._findings, self._knowledge
        labels = findings.search.labels if findings.search else ()
        settings = self._row.settings()
        events = Counter(event.label for event in findings.events if event.status != "rejected")
        judged = Counter((each.label, each.is_right) for each in knowledge.judgements)
        return [
            Row(
                label,
                settings.threshold_of(label),
                events[label],
                judged[label, True],
                judged[label, False],
                label in knowledge.calibrations,
                label in settings.thresholds and label in self._row.chosen,
            )
            for label in labels
        ]

    def _study(self, label: str, wanted: float) -> None:
        self.studying.ask(label, self._knowledge.judgements_of(label), wanted)


def _raise(error: Exception) -> None:
    raise error  # a bug: the exception hook shows it
