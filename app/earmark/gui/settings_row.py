"""The sliders that say what counts as an event; they act while they move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

from earmark.events import EventSettings
from earmark.gui.own_keys import BUTTON, SLIDER, keep_keys

DEFAULTS = EventSettings()
STEPS = 100  # of every slider


class Setting(QWidget):
    """A name, a slider and its number, which can be typed too."""

    changed = Signal()

    def __init__(self, name: str, tip: str, *, most: float, value: float, unit: str = "") -> None:
        super().__init__()
        self._most = most
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMaximum(STEPS)
        self.number = QDoubleSpinBox(maximum=most, decimals=2, singleStep=most / STEPS, suffix=unit)
        self.number.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(58 if unit else 44)
        self.slider.setMinimumWidth(50)
        self.slider.setMaximumWidth(140)
        self._label = QLabel(name)
        self._label.setBuddy(self.number)
        self._name(name.replace("&", ""), tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for widget in (self._label, self.slider, self.number):
            row.addWidget(widget)
        self._default = value
        self.set_value(value)
        self.slider.valueChanged.connect(self._slide)
        self.number.valueChanged.connect(self._type)
        self.number.lineEdit().returnPressed.connect(self.number.clearFocus)  # the window's keys act again

    def _name(self, name: str, tip: str) -> None:
        keep_keys(self.slider, SLIDER)
        for widget in (self._label, self.slider, self.number):
            widget.setToolTip(tip)
        self.slider.setAccessibleName(name)
        self.number.setAccessibleName(f"{name}, as a number")
        self.setAccessibleName(name)

    @property
    def value(self) -> float:
        """Return the number."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Show a number without saying so."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(value / self._most * STEPS))
            self.number.setValue(value)

    def _slide(self, step: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(step / STEPS * self._most)
        self.changed.emit()

    def _type(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / self._most * STEPS))
        self.changed.emit()


class SettingsRow(QWidget):
    """All settings of events, in a row."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.threshold = Setting(
            "&Threshold", "The score from which a label counts, for all labels", most=1.0, value=DEFAULTS.threshold
        )
        self.own = QCheckBox("&Per label")
        self.own.setToolTip("Use the thresholds that the model brings for each of its labels")
        keep_keys(self.own, BUTTON)
        self.smooth = Setting("S&mooth", "Median filter over the scores", most=2.0, value=DEFAULTS.smooth, unit=" s")
        self.close_gaps = Setting(
            "&Gaps", "Pauses shorter than this belong to the event", most=3.0, value=DEFAULTS.close_gaps, unit=" s"
        )
        self.shortest = Setting(
            "S&hortest", "Nothing shorter than this counts", most=2.0, value=DEFAULTS.shortest, unit=" s"
        )
        self._thresholds: Mapping[str, float] = {}
        self._insisted = False
        self._lay_out()
        self.offer_thresholds({})
        self.threshold.changed.connect(self._leave_own)
        self.own.toggled.connect(self.changed)
        for setting in (self.smooth, self.close_gaps, self.shortest):
            setting.changed.connect(self.changed)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for widget in (self.threshold, self.own, self.smooth, self.close_gaps, self.shortest):
            row.addWidget(widget)

    def offer_thresholds(self, thresholds: Mapping[str, float]) -> None:
        """Offer a model's own thresholds; where it has some they are used until the slider is moved."""
        if thresholds == self._thresholds and self._thresholds:
            return
        self._thresholds = thresholds
        with QSignalBlocker(self.own):
            self.own.setVisible(bool(thresholds))
            self.own.setChecked(bool(thresholds) and not self._insisted)

    def insist_on(self, threshold: float) -> None:
        """Use one threshold for all labels, whatever a model brings."""
        self._insisted = True
        self.threshold.set_value(threshold)

    def settings(self) -> EventSettings:
        """Return what is set."""
        own = self._thresholds if self.own.isChecked() else {}
        return replace(
            DEFAULTS,
            threshold=self.threshold.value,
            thresholds=own,
            smooth=self.smooth.value,
            close_gaps=self.close_gaps.value,
            shortest=self.shortest.value,
        )

    def _leave_own(self) -> None:
        with QSignalBlocker(self.own):
            self.own.setChecked(False)
        self.changed.emit()
