"""One setting: its name, a slider and its number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

from earmark.gui.own_keys import SLIDER, keep_keys

STEPS = 100  # of every slider
NARROWEST, USUAL, WIDEST = 36, 84, 140  # pixels of a slider
NEAR = 5  # pixels between what belongs together


class Setting(QWidget):
    """A name, a slider and its number; the slider acts while it moves, a number typed acts on Return."""

    changed = Signal()

    def __init__(self, name: str, tip: str, *, most: float, value: float, unit: str = "") -> None:
        super().__init__()
        self._most = most
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.number = QDoubleSpinBox(maximum=most, decimals=2, singleStep=most / STEPS, suffix=unit)
        self.name = QLabel(name)
        self._shape(unit)
        self._explain(name, tip)
        self._lay_out()
        self.set_value(value)
        self.slider.valueChanged.connect(self._slide)
        self.number.valueChanged.connect(self._type)
        self.number.lineEdit().returnPressed.connect(self.number.clearFocus)  # the window's keys act again
        self.number.lineEdit().installEventFilter(self)

    def _shape(self, unit: str) -> None:
        self.slider.setMaximum(STEPS)
        self.slider.setMinimumWidth(NARROWEST)
        self.slider.setMaximumWidth(WIDEST)
        self.number.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(58 if unit else 44)

    def _explain(self, name: str, tip: str) -> None:
        plain, key = name.replace("&", ""), name.partition("&")[2][:1].upper()
        keep_keys(self.slider, SLIDER)
        for widget in (self.name, self.slider, self.number):
            widget.setToolTip(f"{tip} (Alt+{key} to type it)")
        self.name.setBuddy(self.number)
        self.slider.setAccessibleName(plain)
        self.number.setAccessibleName(f"{plain}, as a number")
        self.setAccessibleName(plain)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(NEAR)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)

    @property
    def value(self) -> float:
        """Return the number."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Show a number without saying so."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.setValue(value)  # held to what it can be
            self.slider.setValue(round(self.value / self._most * STEPS))

    def fold(self, *, folded: bool) -> None:
        """Leave only name and number, or bring the slider back."""
        self.slider.setVisible(not folded)

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's
        """Select the whole number on a double click, so that typing replaces it."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.number.selectAll()
            return True
        return False

    def _slide(self, step: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(step / STEPS * self._most)
        self.changed.emit()

    def _type(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / self._most * STEPS))
        self.changed.emit()
