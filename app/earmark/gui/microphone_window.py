"""Microphone…: which device, how it is heard and recorded, and what is to happen when something is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from earmark.analysis import Heading
from earmark.api import EarmarkError
from earmark.gui.alerts_table import AlertsTable
from earmark.gui.beside import beside
from earmark.gui.live_session import LiveWishes
from earmark.gui.theme import muted
from earmark.live.devices import Change, DeviceWatch, listed

RATES = (0, 8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 250_000, 384_000)
AT_ONCE = 0.3  # seconds that closing may wait
SYSTEM = "What the system has chosen"
MODEL = Qt.ItemDataRole.UserRole


class MicrophoneWindow(QDialog):
    """Shows wishes and returns them as they were changed; they act when the microphone is turned on the next time."""

    chosen = Signal(object)  # LiveWishes
    _found = Signal(list, str)  # names of microphones, or why there are none
    _changed = Signal(object)  # Change

    def __init__(
        self,
        parent: QWidget,
        wishes: LiveWishes,
        headings: Sequence[Heading],
        *,
        watch: Callable[[Callable[[Change], None]], DeviceWatch] = DeviceWatch,
    ) -> None:
        super().__init__(parent)
        self._watch = watch(self._pass_on)
        self._wishes = wishes
        self.device, self.rate, self.channels = QComboBox(), QComboBox(), QSpinBox(minimum=1, maximum=32)
        self.again, self.rehearsal = QPushButton("&Look again"), QPushButton("Rehearse with a &recording…")
        self.models, self.alerts = QListWidget(), AlertsTable(_labels(headings))
        self.hop = QDoubleSpinBox(minimum=0.1, maximum=10.0, decimals=2, singleStep=0.1, suffix=" s")
        self.folder, self.browse = QLineEdit(), QPushButton("&Browse…")
        self.split = QDoubleSpinBox(maximum=1440, decimals=0, suffix=" min")
        self.pre_roll = QDoubleSpinBox(maximum=55, decimals=1, suffix=" s")
        self.history = QDoubleSpinBox(minimum=1, maximum=240, decimals=0, suffix=" min")
        self.trouble = muted()
        self._build(headings)
        self._lay_out()
        self._connect()
        self.look()

    def _build(self, headings: Sequence[Heading]) -> None:
        wishes = self._wishes
        self.setWindowTitle("Microphone")
        self.device.addItem(SYSTEM, "")
        for rate in RATES:
            self.rate.addItem(f"{rate / 1000:g} kHz" if rate else "The device's own", rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(wishes.rate)))
        self.channels.setValue(wishes.channels)
        for box, value in ((self.hop, wishes.hop), (self.split, wishes.split_minutes)):
            box.setValue(value)
        self.split.setSpecialValueText("never")
        self.pre_roll.setValue(wishes.pre_roll)
        self.history.setValue(wishes.history_minutes)
        self.folder.setText(str(wishes.folder))
        self._show_models(headings)
        self.alerts.show_alerts(wishes.alerts)
        for widget, (name, tip) in self._names().items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _show_models(self, headings: Sequence[Heading]) -> None:
        self.models.setFixedHeight(76)
        for heading in headings:
            item = QListWidgetItem(heading.title)
            item.setData(MODEL, heading.model_id)
            checked = heading.model_id in self._wishes.models
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            self.models.addItem(item)

    def _names(self) -> dict[QWidget, tuple[str, str]]:
        return {
            self.device: ("Microphone", "The device that is listened to"),
            self.again: ("Look for microphones again", "After one was connected"),
            self.rehearsal: ("Rehearse with a recording", "Hear a recording as if it came in now"),
            self.rate: ("Sample rate", "Ultrasound needs a device that can do it"),
            self.channels: ("Channels", "All are recorded; models hear their mean"),
            self.models: ("Models that listen", "None marked: the one chosen in the toolbar"),
            self.hop: ("Time between two answers", "A model that cannot keep up takes longer, and says so"),
            self.folder: ("Folder for recordings", "Names tell when a recording was begun"),
            self.browse: ("Choose a folder", "Where recordings go"),
            self.split: ("New file every", "No sample is lost between two files"),
            self.pre_roll: ("Begin earlier", "A recording begins so long before R was pressed"),
            self.history: ("Look back", "What can be scrolled back to, and kept afterwards"),
        }

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Microphone", beside(self.device, self.again))
        form.addRow("", self.rehearsal)
        form.addRow("", self.trouble)
        form.addRow("&Sample rate", self.rate)
        form.addRow("&Channels", self.channels)
        form.addRow("Models that &listen", self.models)
        form.addRow("", muted("Where none is marked, the one chosen in the toolbar listens."))
        form.addRow("&Answer every", self.hop)
        form.addRow("&Folder", beside(self.folder, self.browse))
        form.addRow("&New file every", self.split)
        form.addRow("Begin &earlier by", self.pre_roll)
        form.addRow("Look &back", self.history)
        form.addRow("When it hears", self.alerts)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        layout = QVBoxLayout(self)
        layout.addLayout(form, 1)
        layout.addWidget(self.buttons)
        self.resize(700, 680)

    def _connect(self) -> None:
        self._found.connect(self._show_devices)
        self._found.connect(self._begin_to_watch)
        self._changed.connect(lambda change: self._show_devices(change.names, change.sentence))
        self.finished.connect(lambda: self._watch.stop(AT_ONCE))
        self.again.clicked.connect(self.look)
        self.browse.clicked.connect(self._choose_folder)
        self.rehearsal.clicked.connect(self._choose_rehearsal)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)

    def look(self) -> None:
        """List the microphones, soon: a sound server may take its time."""
        self.trouble.setText("Looking for microphones…")
        threading.Thread(target=self._ask, name="microphones", daemon=True).start()

    def _ask(self) -> None:
        try:
            names, trouble = listed(), ""
        except EarmarkError as error:
            names, trouble = [], str(error)
        none = "" if names else "No microphone was found. Connect one, then look again."
        with suppress(RuntimeError):  # the window has gone meanwhile
            self._found.emit(names, trouble or none)

    def _begin_to_watch(self, names: Sequence[str]) -> None:
        if self.isVisible() and not self._watch.is_running:
            self._watch.start(names)

    def _pass_on(self, change: Change) -> None:
        """Bring what the watch tells on its thread to the window's."""
        with suppress(RuntimeError):  # the window has gone meanwhile
            self._changed.emit(change)

    def _show_devices(self, names: Sequence[str], trouble: str) -> None:
        chosen = self.device.currentData() or self._wishes.device
        self.device.clear()
        self.device.addItem(SYSTEM, "")
        for name in names:
            self.device.addItem(name, name)
        if chosen and chosen not in names:
            self.device.addItem(f"{chosen} (not there now)", chosen)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))
        self.trouble.setText(trouble or self._rehearsing())

    def _rehearsing(self) -> str:
        return f"Rehearsing with {self._wishes.rehearsal.name}." if self._wishes.rehearsal else ""

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for recordings", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _choose_rehearsal(self) -> None:
        """A recording instead of the microphone; none chosen is the microphone again."""
        name, _ = QFileDialog.getOpenFileName(self, "Rehearse with a recording")
        self._wishes = replace(self._wishes, rehearsal=Path(name) if name else None)
        self.trouble.setText(self._rehearsing())

    def wishes(self) -> LiveWishes:
        """Return what is wished for now."""
        items = [self.models.item(row) for row in range(self.models.count())]
        return replace(
            self._wishes,
            device=self.device.currentData() or "",
            rate=self.rate.currentData(),
            channels=self.channels.value(),
            models=tuple(item.data(MODEL) for item in items if item.checkState() == Qt.CheckState.Checked),
            hop=self.hop.value(),
            folder=Path(self.folder.text()).expanduser(),
            split_minutes=self.split.value(),
            pre_roll=self.pre_roll.value(),
            history_minutes=self.history.value(),
            alerts=self.alerts.alerts(),
        )

    def _accept(self) -> None:
        self.chosen.emit(self.wishes())
        self.accept()


def _labels(headings: Sequence[Heading]) -> list[str]:
    return sorted({label for heading in headings for label in heading.labels})
