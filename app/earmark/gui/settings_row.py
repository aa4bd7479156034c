"""What counts as an event, in a row of sliders that act while they move, and how many there are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from earmark.events import EventSettings
from earmark.gui.elided import Elided
from earmark.gui.own_keys import BUTTON, keep_keys
from earmark.gui.setting import NARROWEST, NEAR, USUAL, Setting
from earmark.judging import JudgedEvent

DEFAULTS = EventSettings()
OWN = "Use a threshold of its own for each label: the model's, or those chosen in Model ▸ Thresholds (Alt+L)"
THRESHOLD = "The score from which a label counts, for all labels"
HYSTERESIS = "How far the score may fall below the threshold while an event lasts, as a share of it"
GAPS = "Pauses shorter than this belong to the event"
SHORTEST = "Nothing shorter than this counts"
NAMES = ("threshold", "smooth", "hysteresis", "close_gaps", "shortest")  # here and in `EventSettings`
SPACING = 12  # pixels between two settings


class SettingsRow(QWidget):
    """All settings of events, in a row; where it is narrow, all but the threshold leave their sliders out."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._build()
        self._lay_out()
        self.offer_thresholds({})
        self.threshold.changed.connect(self._leave_own)
        self.own.toggled.connect(self._use_own)
        for setting in self._foldable:
            setting.changed.connect(self.changed)

    def _build(self) -> None:
        chosen = DEFAULTS
        self.threshold = Setting("Threshol&d", THRESHOLD, most=1.0, value=chosen.threshold)
        self.own = QCheckBox("Per &label")
        self.smooth = Setting("Sm&ooth", "Median filter over the scores", most=2.0, value=chosen.smooth, unit=" s")
        self.hysteresis = Setting("H&ysteresis", HYSTERESIS, most=1.0, value=chosen.hysteresis)
        self.close_gaps = Setting("&Gaps", GAPS, most=3.0, value=chosen.close_gaps, unit=" s")
        self.shortest = Setting("&Shortest", SHORTEST, most=2.0, value=chosen.shortest, unit=" s")
        self.count = Elided()
        self._models: Mapping[str, float] = {}  # label → threshold that the model brings
        self._chosen: Mapping[str, float] = {}  # label → threshold that the person chose
        self._insisted = False  # on one threshold for all labels

    @property
    def _foldable(self) -> tuple[Setting, ...]:
        return self.smooth, self.hysteresis, self.close_gaps, self.shortest

    def _lay_out(self) -> None:
        self.own.setToolTip(OWN)
        keep_keys(self.own, BUTTON)
        self.count.setAccessibleName("Events found")
        self.count.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in (self.threshold, self.own, *self._foldable):
            row.addWidget(widget)
        row.addWidget(self.count, 1)

    def offer_thresholds(self, thresholds: Mapping[str, float], chosen: Mapping[str, float] | None = None) -> None:
        """Offer a model's own thresholds, and those that the person chose for it; they are used until the slider moves.

        The same ones again change nothing: a person may have moved the slider in the meantime.
        """
        if thresholds and thresholds == self._models and chosen in (None, self._chosen):
            return
        self._models, self._chosen = thresholds, chosen or {}
        self._show_own()

    def insist_on(self, threshold: float) -> None:
        """Use one threshold for all labels, whatever a model brings."""
        self._insisted = True
        self.threshold.set_value(threshold)

    @property
    def chosen(self) -> Mapping[str, float]:
        """Return the thresholds that the person chose, by label."""
        return self._chosen

    def choose_thresholds(self, thresholds: Mapping[str, float]) -> None:
        """Use these for their labels from now on; no other label's threshold moves."""
        if not self.own.isChecked():
            self._chosen = dict.fromkeys(self._models, self.threshold.value)
        self._use_chosen({**self._chosen, **thresholds})

    def forget_chosen(self) -> None:
        """Return to the thresholds that the model brings."""
        self._use_chosen({})

    def _use_chosen(self, thresholds: Mapping[str, float]) -> None:
        self._chosen, self._insisted = thresholds, False
        self._show_own()
        self.changed.emit()

    def _show_own(self) -> None:
        there = bool(self._models or self._chosen)
        with QSignalBlocker(self.own):
            self.own.setVisible(there)
            self.own.setChecked(there and not self._insisted)
        self._fit()

    def _leave_own(self) -> None:
        self._insisted = True
        with QSignalBlocker(self.own):
            self.own.setChecked(False)
        self.changed.emit()

    def _use_own(self, used: bool) -> None:
        self._insisted = not used
        self.changed.emit()

    def settings(self) -> EventSettings:
        """Return what is set."""
        own = {**self._models, **self._chosen} if self.own.isChecked() else {}
        return replace(DEFAULTS, thresholds=own, **{name: getattr(self, name).value for name in NAMES})

    def settings_of(self, thresholds: Mapping[str, float]) -> EventSettings:
        """Return the same for another model, which has these thresholds of its own."""
        return replace(self.settings(), thresholds={} if self._insisted else thresholds)

    def use(self, settings: EventSettings) -> None:
        """Set all of it, as a preset does."""
        for name in NAMES:
            getattr(self, name).set_value(getattr(settings, name))
        self._chosen, self._insisted = settings.thresholds, not settings.thresholds
        self._show_own()
        self.changed.emit()

    def kept(self) -> dict[str, float | bool]:
        """Return what `restore` needs at the next start; thresholds of labels belong to their model."""
        return {name: getattr(self, name).value for name in NAMES} | {"per_label": not self._insisted}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Set what was kept; what cannot be used is left as it is."""
        for name in NAMES:
            if isinstance(kept.get(name), int | float) and math.isfinite(kept[name]):
                getattr(self, name).set_value(kept[name])
        self._insisted = kept.get("per_label") is False

    def show_count(self, events: Sequence[JudgedEvent]) -> None:
        """Say how many events there are, of how many labels."""
        there = [event for event in events if event.status != "rejected"]
        labels = len({event.label for event in there})
        self._say(f"{_counted(len(there), 'event')}, {_counted(labels, 'label')}" if events else "No events")
        accepted = sum(event.status == "accepted" for event in there)
        self.count.setToolTip(f"{accepted} accepted, {len(events) - len(there)} rejected and not counted")

    def forget_count(self) -> None:
        """Say nothing: it is not known yet."""
        self._say("")
        self.count.setToolTip("")

    def _say(self, count: str) -> None:
        self.count.show_text(count)
        if (needed := self.count.sizeHint().width()) != self.count.minimumWidth():
            self.count.setMinimumWidth(needed)  # all of it can be read: sliders give way
            self.updateGeometry()
            self._fit()

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's
        """Fold what does not fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Fold what does not fit, but not under a hand that moves it."""
        if not any(setting.slider.isSliderDown() for setting in self._foldable):
            folded = self.width() < self._width(sliders=5, slider=NARROWEST)
            for setting in self._foldable:
                setting.fold(folded=folded)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the size when folded."""
        return QSize(self._width(sliders=1, slider=NARROWEST), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the size with all sliders, whether they are folded now or not."""
        return QSize(self._width(sliders=5, slider=USUAL), super().sizeHint().height())

    def _width(self, *, sliders: int, slider: int) -> int:
        """Return the pixels that so many sliders of a width need, with all that stands beside them."""
        settings = (self.threshold, *self._foldable)
        named = sum(each.name.sizeHint().width() + each.number.width() + NEAR + SPACING for each in settings)
        beside = sum(each.sizeHint().width() + SPACING for each in (self.own, self.count) if each.isVisibleTo(self))
        return named + beside + sliders * (slider + NEAR) - SPACING


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
